package boxes

import (
	"sync"

	"github.com/go-gst/go-glib/pkg/gobject/v2"
	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/element/overlay"
)

// The properties' ids: their places in properties().
const (
	propOverlay = iota
	propColormap
	propOpacity
	propHeatFloor
	propLabel
)

// enums are the enumerations that the properties use. Their first values are overlay's zero kind and no colour map.
type enums struct{ overlay, colormap gstshim.EnumType }

func kinds() []overlay.Kind {
	return []overlay.Kind{0, overlay.KindHeat, overlay.KindContour, overlay.KindBox, overlay.KindPoint, overlay.KindAll}
}

func colormaps() []string { return []string{"prompt", "turbo", "viridis", "magma", "jet"} }

func registerEnums() enums {
	return enums{
		overlay:  gstshim.RegisterEnum("GstVideogemOverlayKind", []string{"none", "heat", "contour", "box", "point", "all"}),
		colormap: gstshim.RegisterEnum("GstVideogemOverlayColormap", colormaps()),
	}
}

// settings guards the values: any thread may set properties. Its lock is a leaf: nothing else is locked under it.
type settings struct {
	mu sync.Mutex
	values
}

type values struct {
	kind, colormap int32 // places in kinds and colormaps
	opacity, floor float64
	label          bool
}

func defaults() values {
	return values{kind: int32(len(kinds()) - 1), opacity: .6, floor: .6, label: true}
}

func properties(e enums) []*gobject.ParamSpec {
	rw, d := gobject.ParamReadable|gobject.ParamWritable|gst.ParamMutablePlaying, defaults()
	return []*gobject.ParamSpec{
		gobject.ParamSpecEnum("overlay", "Overlay", "What is drawn of the meta", e.overlay.Type(), d.kind, rw),
		gobject.ParamSpecEnum("colormap", "Colormap", "Colours of the heat; prompt: each label has a colour of its own", e.colormap.Type(), d.colormap, rw),
		gobject.ParamSpecDouble("opacity", "Opacity", "How strongly the hottest place covers the picture; 0 draws nothing", 0, 1, d.opacity, rw),
		gobject.ParamSpecDouble("heat-floor", "Heat floor", "Heat below this part of its range is not drawn", 0, 1, d.floor, rw),
		gobject.ParamSpecBoolean("label", "Label", "Write each label and its confidence", d.label, rw),
	}
}

func (s *settings) snapshot() values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values
}

// style is what a painter is told.
func (v values) style() overlay.Style {
	return overlay.Style{Opacity: v.opacity, Floor: v.floor, Kind: kinds()[v.kind], Colormap: colormaps()[v.colormap], Label: v.label}
}

func (b *boxes) setProperty(id uint, value any, _ *gobject.ParamSpec) {
	b.settings.mu.Lock()
	defer b.settings.mu.Unlock()
	switch id {
	case propOverlay:
		b.settings.kind, _ = value.(int32)
	case propColormap:
		b.settings.colormap, _ = value.(int32)
	case propOpacity:
		b.settings.opacity, _ = value.(float64)
	case propHeatFloor:
		b.settings.floor, _ = value.(float64)
	case propLabel:
		b.settings.label, _ = value.(bool)
	}
}

func (b *boxes) getProperty(id uint, _ *gobject.ParamSpec) any {
	v := b.settings.snapshot()
	switch id {
	case propOverlay:
		return b.enums.overlay.Value(v.kind)
	case propColormap:
		return b.enums.colormap.Value(v.colormap)
	case propOpacity:
		return v.opacity
	case propHeatFloor:
		return v.floor
	default:
		return v.label
	}
}
