package pipeline

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-gst/go-gst/pkg/gst"
)

// ErrEncoder means that this machine's GStreamer has no encoder for the wanted codec.
var ErrEncoder = errors.New("no encoder")

// encoder is a video encoder with settings for live use: no lookahead, no B-frames, fastest.
type encoder struct {
	element string // GStreamer's name
	codec   string // MIME type as WebRTC writes it
	launch  string // in gst-launch's language
}

// encoders lists what is known, best first.
func encoders(bitrate int) []encoder {
	const h264 = " ! h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au"
	return []encoder{
		{"vp8enc", "video/VP8", fmt.Sprintf("vp8enc deadline=1 cpu-used=8 threads=2 lag-in-frames=0 end-usage=cbr target-bitrate=%d "+
			"keyframe-max-dist=300 static-threshold=100 resize-allowed=false undershoot=95 buffer-size=1000 buffer-initial-size=500 buffer-optimal-size=600", bitrate)},
		{"openh264enc", "video/H264", fmt.Sprintf("openh264enc complexity=low rate-control=bitrate bitrate=%d gop-size=300%s", bitrate, h264)},
		{"x264enc", "video/H264", fmt.Sprintf("x264enc tune=zerolatency speed-preset=ultrafast bitrate=%d key-int-max=300 ! "+
			"video/x-h264,profile=constrained-baseline%s", bitrate/1000, h264)},
	}
}

// pickEncoder finds an encoder for "vp8" or "h264". The error wraps ErrEncoder.
func pickEncoder(codec string, bitrate int) (encoder, error) {
	var tried []string
	for _, e := range encoders(bitrate) {
		if !strings.EqualFold(e.codec, "video/"+codec) {
			continue
		}
		if gst.ElementFactoryFind(e.element) != nil {
			return e, nil
		}
		tried = append(tried, e.element)
	}
	if tried == nil {
		return encoder{}, fmt.Errorf("%w for codec %q: use vp8 or h264", ErrEncoder, codec)
	}
	return encoder{}, fmt.Errorf("%w for %s: GStreamer has none of %s; `videogem doctor` says what to install", ErrEncoder, codec, strings.Join(tried, ", "))
}
