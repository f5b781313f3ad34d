package pipeline

import (
	"fmt"
	"strings"
	"time"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/streaming"
)

// DefaultCameraTimeout is how long a source may stay silent before its stream counts as failed.
const DefaultCameraTimeout = 10 * time.Second

// The names of the elements that the stream talks to.
const (
	nameGem  = "gem"
	nameDemo = "camera"
	namePush = "publisher"
	namePace = "pace"
)

// describe writes the pipeline in gst-launch's language. Texts that come from users are set as properties or quoted. Inference and drawing
// happen once; the variants branch off before or behind. codec is a publisher's.
func describe(s Source, codec string, o StreamOptions, variants []*variant) string {
	source := input(s, codec, o.CameraTimeout)
	if o.Codec == CodecPassthrough {
		source = passed(s, o.CameraTimeout)
	}
	main := strings.Join([]string{source, upright(o.Codec), "tee name=" + nameClean + " allow-not-linked=true"}, " ! ")
	gem := fmt.Sprintf("%s. ! queue leaky=downstream max-size-buffers=2 max-size-bytes=0 max-size-time=0 ! "+
		"%s name=%s model=%s prompts=%s opacity=%g inference-interval=%d attach-meta=false ! tee name=%s ! fakesink sync=false async=false",
		nameClean, element.Name, nameGem, quote(o.Model), quote(element.JoinPrompts(o.Prompts)), o.Opacity, o.InferenceInterval, nameBurned)
	parts := []string{main, gem}
	for _, v := range variants {
		parts = append(parts, v.launch())
	}
	return strings.Join(parts, "  ")
}

// upright is the part from raw video of any kind to what viewers and the model are to see: turned as the container says, of colours for
// the encoder, of square pixels, since neither VP8 nor a browser knows of others. What suits already passes untouched. A camera's own
// H.264 goes to the viewers as it is, and heat lies over it: there nothing is turned or stretched.
func upright(codec string) string {
	colors := "videoconvert n-threads=2 ! " + gstshim.ColorName + viewersColors
	if codec == CodecPassthrough {
		return colors
	}
	return "videoconvert n-threads=2 ! videoflip video-direction=auto ! " + colors + " ! videoscale ! video/x-raw,pixel-aspect-ratio=1/1"
}

// viewersColors are those that every encoder gets: BT.601, of limited range. VP8 knows no others (RFC 6386 section 9.2), VP9's encoders say
// so, and SayColors does for H.264 and AV1. Not BT.709: Chromium's blue of it is 5 % short where a page reads decoded frames (libyuv's
// coefficients end at 2).
const viewersColors = " ! video/x-raw,format=I420,colorimetry=bt601"

// input is the part from the source to raw video that comes in real time.
func input(s Source, codec string, timeout time.Duration) string {
	switch s.Kind {
	case KindDemo:
		return fmt.Sprintf("appsrc name=%s is-live=true format=time max-buffers=3 leaky-type=downstream "+
			"caps=\"video/x-raw,format=RGB,width=%d,height=%d,framerate=%d/1000\"", nameDemo, s.Demo.Width, s.Demo.Height, int(s.Demo.FPS*1000))
	case KindRTSP:
		return rtsp(s, timeout) + " ! decodebin3 ! video/x-raw ! deinterlace"
	case KindWHIP:
		return published(codec)
	case KindCamera:
		return fmt.Sprintf("v4l2src device=%s ! decodebin3 ! video/x-raw", quote(s.URI))
	default:
		// clocksync gives frames out at their own speed: a file is decoded faster than it plays.
		return fmt.Sprintf("uridecodebin3 uri=%s ! video/x-raw ! deinterlace ! clocksync name=%s", quote(s.URI), namePace)
	}
}

// rtsp is the part from a camera in the network to its video's RTP packets.
func rtsp(s Source, timeout time.Duration) string {
	return fmt.Sprintf("rtspsrc location=%s latency=100 drop-on-latency=true tcp-timeout=%d timeout=%d ! application/x-rtp,media=video",
		quote(s.URI), timeout.Microseconds(), timeout.Microseconds()/2)
}

// published takes encoded frames that this program pushes. It blocks where the decoder is slow, so that frames are left out up to a key
// frame, and not here and there.
func published(codec string) string {
	caps := "video/x-vp8"
	if codec == streaming.CodecH264 {
		caps = "video/x-h264,stream-format=byte-stream,alignment=au"
	}
	return fmt.Sprintf("appsrc name=%s is-live=true format=time block=true max-buffers=4 max-bytes=0 caps=\"%s\" ! decodebin3 ! video/x-raw", namePush, caps)
}

// quote writes a text as gst-launch reads it back.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
