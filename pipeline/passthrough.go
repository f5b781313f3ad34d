package pipeline

import (
	"errors"
	"fmt"
	"time"

	"github.com/videogem/videogem/streaming"
)

// CodecPassthrough is the codec of a stream whose viewers get the camera's own H.264, untouched: nothing is encoded.
const CodecPassthrough = "passthrough"

// errReordered means that the camera sends B-frames, which come in another order than they are shown in. WebRTC has no place for a second
// time stamp (RFC 7742 section 6.2 asks for none of them). It is the camera's settings, and no second attempt changes them.
var errReordered = errors.New("the camera sends B-frames, which browsers cannot show live: switch them off in the camera (profile Baseline), or use --codec vp8")

// nameEncoded is the tee behind which the camera's frames go to the viewers and to the decoder.
const nameEncoded = "encoded"

// checkPassthrough makes sure that the sources can have H.264 of their own and that nobody wants the heat in the picture.
func checkPassthrough(o StreamOptions, sources []Source) error {
	if o.Codec != CodecPassthrough {
		return nil
	}
	if o.Overlay != OverlayClient || o.Rungs {
		return fmt.Errorf("%w: codec %s: the picture stays as the camera encoded it; use --overlay %s without --rungs, and the page draws the heat",
			ErrOptions, CodecPassthrough, OverlayClient)
	}
	for _, s := range sources {
		switch s.Kind {
		case KindRTSP, KindFile, KindURL:
		default:
			return fmt.Errorf("%w: codec %s: source %s has no H.264 of its own; use --codec vp8", ErrOptions, CodecPassthrough, s.Name)
		}
	}
	return nil
}

// passed is the part from a source with H.264 of its own to the camera's frames, in real time, at the tee nameEncoded, and on to raw
// video. The parameter sets come before each key frame, for viewers who begin there.
func passed(s Source, timeout time.Duration) string {
	source := fmt.Sprintf("urisourcebin uri=%s ! parsebin ! video/x-h264 ! clocksync name=%s", quote(s.URI), namePace)
	if s.Kind == KindRTSP {
		source = rtsp(s, timeout) + ",encoding-name=H264 ! rtph264depay"
	}
	return fmt.Sprintf("%s%s ! tee name=%s allow-not-linked=true  %s. ! queue max-size-buffers=0 max-size-bytes=0 max-size-time=%d ! decodebin3 ! video/x-raw ! deinterlace",
		source, annexB, nameEncoded, nameEncoded, (2 * time.Second).Nanoseconds())
}

// newPassed is the only variant of a stream that passes the camera's frames on.
func newPassed(o StreamOptions) *variant {
	return &variant{overlay: streaming.OverlayNone, passed: true, encoder: encoder{codec: streaming.CodecH264}, most: o.Bitrate}
}

// inOrder notices frames that are shown in another order than they come in. A jump back of half a second or more is a source that starts over.
type inOrder struct{ last time.Duration }

func (o *inOrder) check(at time.Duration) error {
	back := o.last - at
	o.last = at
	if back > 0 && back < time.Second/2 {
		return errReordered
	}
	return nil
}
