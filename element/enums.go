package element

import (
	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/element/overlay"
)

// mode is the property of that name.
type mode int32

const (
	modeLive    mode = iota // frames pass at once with the newest finished heat
	modeAligned             // each frame waits for the heat of the window centred on it
)

// state is the property of that name.
type state int32

const (
	stateIdle     state = iota // not started
	stateLoading               // the model is being loaded
	stateRunning               // inference works
	stateDegraded              // the last inference failed: video without heat
	stateFailed                // the model cannot be loaded
)

// drawing is the property overlay: what is drawn of the heat.
type drawing int32

const (
	drawNone drawing = iota
	drawHeat
)

// kind gives overlay's name; it is without meaning for drawNone.
func (d drawing) kind() overlay.Kind {
	return [...]overlay.Kind{0, overlay.KindHeat, overlay.KindContour, overlay.KindBox, overlay.KindPoint, overlay.KindAll}[d]
}

// colormaps are the nicks of the property colormap. overlay knows them by these names; to it the first is none of its own.
func colormaps() []string { return []string{"prompt", "turbo", "viridis", "magma", "jet"} }

// enums are the enumerations that the properties use.
type enums struct{ mode, state, overlay, colormap gstshim.EnumType }

// registerEnums makes them known to GLib; once a process.
func registerEnums() *enums {
	return &enums{
		mode:     gstshim.RegisterEnum("GstVideogemMode", []string{"live", "aligned"}),
		state:    gstshim.RegisterEnum("GstVideogemState", []string{"idle", "loading", "running", "degraded", "failed"}),
		overlay:  gstshim.RegisterEnum("GstVideogemOverlay", []string{"none", "heat", "contour", "box", "point", "all"}),
		colormap: gstshim.RegisterEnum("GstVideogemColormap", colormaps()),
	}
}
