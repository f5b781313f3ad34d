package media

import (
	"slices"

	"github.com/go-gst/go-gst/pkg/gst"
)

// CopyFrames has libav's decoders of H.264 and HEVC in a pipeline copy their frames, from before the pipeline starts. With frames decoded
// straight into the pool of those behind (direct-rendering), libgstlibav 1.26.2 has ended the whole process over the width of its buffers.
func CopyFrames(pipe gst.Pipeline) {
	pipe.ConnectDeepElementAdded(func(_, _ gst.Bin, e gst.Element) {
		if f := e.GetFactory(); f != nil && slices.Contains([]string{"avdec_h264", "avdec_h265"}, f.GetName()) {
			e.SetObjectProperty("direct-rendering", false)
		}
	})
}
