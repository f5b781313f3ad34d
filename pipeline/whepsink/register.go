// Package whepsink holds the GStreamer element `videogemsink`: WHEP and a page in a gst-launch line.
//
//	gst-launch-1.0 v4l2src ! videoconvert ! videogem prompts="a person waving" ! videogemsink port=8080
//
// It is a bin: raw video in, an encoder for live use inside, and a streaming.Server that starts with the element. Prompts can be
// changed on the page where a videogem element stands before it in the same line.
package whepsink

import (
	"errors"
	"log/slog"

	"github.com/go-gst/go-glib/pkg/gobject/v2"
	"github.com/go-gst/go-gst/pkg/gst"
)

// Name is the element's name in a pipeline description.
const Name = "videogemsink"

// ErrRegister means that GStreamer refused the element.
var ErrRegister = errors.New("cannot register the videogemsink element")

// Register makes the element known to GStreamer in this process; plugin is nil in a program. Call it once, after gst.Init and before
// any pipeline runs: go-gst's table of virtual methods is not locked.
func Register(plugin gst.Plugin, log *slog.Logger) error {
	var o gst.BinOverrides[*sink]
	o.InstanceInit = (*sink).init
	o.SetProperty = (*sink).setProperty
	o.GetProperty = (*sink).getProperty
	o.ChangeState = (*sink).changeState
	gtype := gst.RegisterBinSubClass[*sink]("GstVideogemSink", classInit, func() *sink { return newSink(log) }, o, map[string]gobject.SignalDefinition{})
	if !gst.ElementRegister(plugin, Name, uint(gst.RankNone), gtype) {
		return ErrRegister
	}
	// The first instance runs class_init, which writes that table. It has a name, so that users' elements are counted from 0.
	if gst.ElementFactoryMake(Name, "registration") == nil {
		return ErrRegister
	}
	return nil
}

func classInit(class *gst.BinClass) {
	element := class.ParentClass()
	element.SetMetadata(
		"WHEP sink",
		"Sink/Network/Video",
		"Encodes video and serves it to browsers over WebRTC (WHEP), with a page",
		"The videogem authors",
	)
	element.AddPadTemplate(gst.NewPadTemplate("sink", gst.PadSink, gst.PadAlways, gst.CapsFromString("video/x-raw")))
	element.ParentClass().ParentClass().ParentClass().InstallProperties(properties())
}
