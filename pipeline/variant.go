package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/go-gst/go-gst/pkg/gstvideo"

	"github.com/videogem/videogem/streaming"
)

// The tees of the pipeline that variants branch off.
const (
	nameClean  = "clean"  // as the camera sends it
	nameBurned = "burned" // with heat in the picture
)

// variant is one encoding of a stream: a branch of the pipeline with an encoder of its own, which rests while nobody watches it.
type variant struct {
	overlay string // streaming.OverlayBurned or streaming.OverlayNone
	rung    int    // 0: full size; 1: half of width and height
	passed  bool   // the camera's own frames: there is no encoder to rest or to ask
	encoder encoder
	least   int // bits a second; 0: the bitrate stays
	most    int

	mu      sync.Mutex // a leaf
	watched bool
	begun   bool // the running pipeline has made a key frame
	bitrate int
	valve   gst.Element // nil while no pipeline runs, as are
	coder   gst.Element
	sink    gstapp.AppSink
}

// newVariants lists what a stream offers, the default first.
func newVariants(o StreamOptions, log *slog.Logger) ([]*variant, error) {
	if o.Codec == CodecPassthrough {
		return []*variant{newPassed(o)}, nil
	}
	e, err := pickEncoder(o.Codec, log)
	if err != nil {
		return nil, err
	}
	overlays := map[string][]string{
		OverlayBoth: {streaming.OverlayNone, streaming.OverlayBurned}, OverlayClient: {streaming.OverlayNone}, OverlayBurned: {streaming.OverlayBurned},
	}[o.Overlay]
	rungs := 1
	if o.Rungs {
		rungs = 2
	}
	var all []*variant
	for _, overlay := range overlays {
		for rung := range rungs {
			v := &variant{overlay: overlay, rung: rung, encoder: e}
			v.least, v.most = streaming.RungBitrates(rung, rungs, o.MinBitrate, o.Bitrate)
			v.bitrate = v.most
			all = append(all, v)
		}
	}
	return all, nil
}

func (v *variant) name(part string) string { return fmt.Sprintf("%s-%s-%d", part, v.overlay, v.rung) }

// launch is the branch in gst-launch's language.
func (v *variant) launch() string {
	if v.passed {
		return fmt.Sprintf("%s. ! queue max-size-buffers=0 max-size-bytes=0 max-size-time=%d ! appsink name=%s sync=false async=false max-buffers=300",
			nameEncoded, (2 * time.Second).Nanoseconds(), v.name("out"))
	}
	tee := nameClean
	if v.overlay == streaming.OverlayBurned {
		tee = nameBurned
	}
	half := ""
	if v.rung == 1 {
		// A frame of half the size: the encoder sees a quarter of the pixels.
		half = fmt.Sprintf("videoscale ! capsfilter name=%s ! ", v.name("half"))
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	// A closed valve lets the end of the stream through: a file is over when all variants are. When the encoder cannot keep up, frames are
	// dropped in the queue and not piled up: live means now.
	return fmt.Sprintf("%s. ! valve name=%s drop-mode=forward-sticky-events ! queue leaky=downstream max-size-buffers=2 max-size-bytes=0 max-size-time=0 ! %s%s ! "+
		"appsink name=%s sync=false async=false max-buffers=30 drop=true", tee, v.name("valve"), half, v.encoder.launch(v.name("encoder"), v.bitrate), v.name("out"))
}

// attach makes a running pipeline's elements known, and gives the sink that the encoded frames come out of; nil when it has ended.
func (v *variant) attach(pipe gst.Pipeline) gstapp.AppSink {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.valve, v.coder, v.sink, v.begun = nil, nil, nil, false
	if pipe != nil {
		if !v.passed {
			v.valve, v.coder = pipe.GetByName(v.name("valve")), pipe.GetByName(v.name("encoder"))
		}
		v.sink = pipe.GetByName(v.name("out")).(gstapp.AppSink) //nolint:forcetypeassert // the description says appsink
	}
	return v.sink
}

// setSize tells the branch the size of the camera's frames.
func (v *variant) setSize(pipe gst.Pipeline, width, height int) {
	if v.rung == 0 {
		return
	}
	caps := gst.CapsFromString(fmt.Sprintf("video/x-raw,width=%d,height=%d", max(2, width/4*2), max(2, height/4*2)))
	pipe.GetByName(v.name("half")).SetObjectProperty("caps", caps)
}

// watch is told when a viewer comes while there was none, and when the last one has gone.
func (v *variant) watch(watched bool) {
	v.mu.Lock()
	v.watched = watched
	v.turn()
	v.mu.Unlock()
	if watched {
		v.requestKeyFrame()
	}
}

// startOver prepares for a seek: the valve opens until the next key frame, since a closed one would hold back the flush.
func (v *variant) startOver() {
	v.mu.Lock()
	v.begun = false
	v.turn()
	v.mu.Unlock()
	v.requestKeyFrame()
}

// turn opens or closes the valve; mu is held. Before its first key frame a variant runs in any case: that proves that it can.
func (v *variant) turn() {
	if v.valve != nil {
		v.valve.SetObjectProperty("drop", v.begun && !v.watched)
	}
}

// pull hands the variant's frames to its viewers until ctx ends, or a camera's frames cannot be passed on. at gives the stream's time of a
// frame.
func (v *variant) pull(ctx context.Context, sink gstapp.AppSink, out *streaming.Output, at func(running time.Duration) time.Duration) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var order inOrder
	PullEncoded(ctx, sink, func(f EncodedFrame) {
		if v.passed {
			if err := order.check(f.RunningTime); err != nil {
				cancel(err)
				return
			}
		}
		if f.Key {
			v.mu.Lock()
			v.begun = true
			v.turn()
			v.mu.Unlock()
		}
		data := f.Data
		if !v.passed {
			data = SayColors(v.encoder.codec, f)
		}
		out.WriteFrame(data, at(f.RunningTime), f.Key)
	})
	if err := context.Cause(ctx); errors.Is(err, errReordered) {
		return err
	}
	return nil
}

// requestKeyFrame asks the encoder for a key frame.
func (v *variant) requestKeyFrame() {
	v.mu.Lock()
	sink := v.sink
	v.mu.Unlock()
	if sink != nil {
		sink.SendEvent(gstvideo.VideoEventNewUpstreamForceKeyUnit(gst.ClockTimeNone, true, 0))
	}
}

// setBitrate changes the encoder's bitrate, now and after a restart of the pipeline.
func (v *variant) setBitrate(bitsPerSecond int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.bitrate = bitsPerSecond
	if v.coder != nil {
		v.encoder.setBitrate(v.coder, bitsPerSecond)
	}
}

// offer is the variant as the viewers' side knows it.
func (v *variant) offer() streaming.Variant {
	if v.passed {
		return streaming.Variant{Overlay: v.overlay, Fixed: true, MaxBitrate: v.most}
	}
	s := streaming.Variant{
		Overlay: v.overlay, Rung: v.rung, MinBitrate: v.least, MaxBitrate: v.most, RequestKeyFrame: v.requestKeyFrame, Watched: v.watch,
	}
	if v.least > 0 && v.encoder.rate != "" {
		s.SetBitrate = v.setBitrate
	}
	return s
}
