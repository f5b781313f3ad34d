// Package element holds the GStreamer element `videogem`: it shows in live video where actions named in plain words happen.
//
//	gst-launch-1.0 v4l2src ! videoconvert ! videogem prompts="a person waving; a person sitting" ! videoconvert ! autovideosink
//
// The element never holds the video up: frames pass through at once with the newest finished heat laid on them, while a
// worker of its own runs inference on the newest clip. It must be registered with Register after gst.Init.
package element

import (
	"errors"
	"log/slog"
	"strings"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstbase"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/element/overlay"
)

// Name is the element's name in a pipeline description and of the messages it posts on the bus.
const Name = "videogem"

// ErrRegister means that GStreamer refused the element.
var ErrRegister = errors.New("cannot register the videogem element")

// Register makes the element known to GStreamer in this process. engines is shared by all instances and must outlive them.
// Call it once, after gst.Init and before any pipeline runs: go-gst's table of virtual methods is not locked.
func Register(engines *Engines, log *slog.Logger) error {
	mode := gstshim.RegisterEnum("GstVideogemMode", []string{"live"})
	gtype := gstbase.RegisterBaseTransformSubClass[*videogem](
		"GstVideogem",
		classInit(mode),
		func() *videogem { return newVideogem(engines, log, mode) },
		overrides(),
		nil,
	)
	if !gst.ElementRegister(nil, Name, uint(gst.RankNone), gtype) {
		return ErrRegister
	}
	// The first instance runs class_init, which writes that table.
	if gst.ElementFactoryMake(Name, "") == nil {
		return ErrRegister
	}
	return nil
}

func classInit(mode gstshim.EnumType) func(*gstbase.BaseTransformClass) {
	return func(class *gstbase.BaseTransformClass) {
		// SetMetadata copies its strings; SetStaticMetadata would keep pointers to freed ones.
		class.ParentClass().SetMetadata(
			"Video action grounding",
			"Filter/Analyzer/Video",
			"Shows where actions named in plain words happen, as heat on the frames (VideoGEM, training-free)",
			"The videogem authors",
		)
		caps := gst.CapsFromString("video/x-raw, format=(string){ " + strings.Join(overlay.Formats(), ", ") + " }, width=(int)[ 1, max ], height=(int)[ 1, max ], " +
			"framerate=(fraction)[ 0/1, max ], interlace-mode=(string)progressive")
		class.ParentClass().AddPadTemplate(gst.NewPadTemplate("sink", gst.PadSink, gst.PadAlways, caps))
		class.ParentClass().AddPadTemplate(gst.NewPadTemplate("src", gst.PadSrc, gst.PadAlways, caps))
		class.ParentClass().ParentClass().ParentClass().ParentClass().InstallProperties(properties(mode))
	}
}

func overrides() gstbase.BaseTransformOverrides[*videogem] {
	var o gstbase.BaseTransformOverrides[*videogem]
	o.InstanceInit = (*videogem).init
	o.SetProperty = (*videogem).setProperty
	o.GetProperty = (*videogem).getProperty
	o.Start = (*videogem).start
	o.Stop = (*videogem).stop
	o.SetCaps = (*videogem).setCaps
	o.TransformIp = (*videogem).transformIP
	return o
}
