package pipeline

import (
	"fmt"

	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/element/gstshim"
)

// encoder is a video encoder with settings for live use: no lookahead, no B-frames, fastest.
type encoder struct {
	element string // GStreamer's name
	codec   string // MIME type as WebRTC writes it
	options string // for low latency
	behind  string // what follows the encoder, in gst-launch's language
	rate    string // property of the bitrate, which can be changed while it runs; empty: only at the start
	unit    int    // of that property, bits a second
}

// launch is the encoder in gst-launch's language, with raw video of one of gstshim.ColorName's formats in and what streaming.Stream takes
// out. bitrate is in bits a second.
func (e encoder) launch(name string, bitrate int) string {
	rate := ""
	switch {
	case e.rate != "":
		rate = fmt.Sprintf(" %s=%d", e.rate, bitrate/e.unit)
	case e.element == "v4l2h264enc":
		rate = fmt.Sprintf(` extra-controls="controls,video_bitrate=%d,video_gop_size=300,repeat_sequence_header=1"`, bitrate)
	}
	return fmt.Sprintf("%s%s ! %s name=%s %s%s%s", gstshim.ColorName, viewersColors, e.element, name, e.options, rate, e.behind)
}

// setBitrate changes a running encoder's bitrate in bits a second.
func (e encoder) setBitrate(running gst.Element, bitrate int) {
	running.SetObjectProperty(e.rate, propertyInt(running, e.rate, bitrate/e.unit))
}

// propertyInt gives a number the type that a property of the element has: encoders differ in theirs.
func propertyInt(e gst.Element, name string, n int) any {
	if _, ok := e.ObjectProperty(name).(uint32); ok {
		return uint32(n)
	}
	return int32(n)
}
