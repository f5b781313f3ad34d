package pipeline

import (
	"slices"

	"github.com/go-gst/go-gst/pkg/gst"
)

// copyFrames has libav's decoders of H.264 and HEVC copy their frames. With frames decoded straight into the pool of those behind (direct-rendering),
// avdec_h264 of GStreamer 1.26.2 ends the whole process where a video of 360x640 starts over: "video meta uses 368x640 instead of 360x640".
func copyFrames(pipe gst.Pipeline) {
	pipe.ConnectDeepElementAdded(func(_, _ gst.Bin, e gst.Element) {
		if f := e.GetFactory(); f != nil && slices.Contains([]string{"avdec_h264", "avdec_h265"}, f.GetName()) {
			e.SetObjectProperty("direct-rendering", false)
		}
	})
}
