// Package element holds the GStreamer element `videogem`: it shows in live video where actions named in plain words happen.
//
//	gst-launch-1.0 v4l2src ! videoconvert ! videogem prompts="a person waving; a person sitting" ! videoconvert ! autovideosink
//
// In live mode the element never holds the video up: frames pass through at once with the newest finished heat laid on them, while
// a worker of its own runs inference on the newest clip. In aligned mode frames wait for the heat of the window that is centred on
// them. The element must be registered with Register after gst.Init.
package element

import (
	"errors"
	"log/slog"
	"unsafe"

	"github.com/go-gst/go-glib/pkg/gobject/v2"
	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstbase"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/element/overlay"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/pool"
)

// Name is the element's name in a pipeline description and of the messages it posts on the bus.
const Name = "videogem"

// ErrRegister means that GStreamer refused the element.
var ErrRegister = errors.New("cannot register the videogem element")

// Register makes the element known to GStreamer in this process. All instances take their engines from one pool, which must outlive them;
// program says what their properties leave open, such as threads and a logger, unless SetEngine says otherwise.
// Call it once, after gst.Init and before any pipeline runs: go-gst's table of virtual methods is not locked.
func Register(engines *pool.Pool, program engine.Options, log *slog.Logger) error {
	return RegisterPlugin(nil, engines, program, log)
}

// RegisterPlugin is Register for a plugin that GStreamer loads.
func RegisterPlugin(plugin gst.Plugin, engines *pool.Pool, program engine.Options, log *slog.Logger) error {
	table := properties(registerEnums())
	gtype := gstbase.RegisterBaseTransformSubClass[*videogem](
		"GstVideogem",
		func(class *gstbase.BaseTransformClass) { classInit(class, table) },
		func() *videogem { return newVideogem(engines, program, log, table) },
		overrides(),
		nil,
	)
	if !gst.ElementRegister(plugin, Name, uint(gst.RankNone), gtype) {
		return ErrRegister
	}
	// The first instance runs class_init, which writes that table. Its name leaves videogem0 to the user's first.
	if gst.ElementFactoryMake(Name, "registration") == nil {
		return ErrRegister
	}
	return nil
}

func classInit(class *gstbase.BaseTransformClass, table []property) {
	element := class.ParentClass()
	object := element.ParentClass().ParentClass().ParentClass()
	// SetMetadata copies its strings; SetStaticMetadata would keep pointers to freed ones.
	element.SetMetadata(
		"Video action grounding",
		"Filter/Analyzer/Video",
		"Shows where actions named in plain words happen, as heat on the frames (VideoGEM, training-free)",
		"The videogem authors",
	)
	caps := gst.CapsFromString(overlay.Caps())
	element.AddPadTemplate(gst.NewPadTemplate("sink", gst.PadSink, gst.PadAlways, caps))
	element.AddPadTemplate(gst.NewPadTemplate("src", gst.PadSrc, gst.PadAlways, caps))
	specs := make([]*gobject.ParamSpec, len(table))
	for i, row := range table {
		specs[i] = row.spec
	}
	object.InstallProperties(specs)
	gstshim.ChooseGenerateOutput(class)
	gstshim.DefineSignals(object, gstshim.Actions{
		SetPrompts: func(e unsafe.Pointer, prompts string) { ofElement(e).actSetPrompts(prompts) },
		GetHeat:    func(e unsafe.Pointer, prompt string) *gst.Sample { return ofElement(e).actGetHeat(prompt) },
	})
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
	o.GenerateOutput = (*videogem).generateOutput
	o.SinkEvent = (*videogem).sinkEvent
	o.SrcEvent = (*videogem).srcEvent
	o.Query = (*videogem).query
	o.ChangeState = (*videogem).changeState
	return o
}
