package media

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/go-gst/go-glib/pkg/gobject/v2"
	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/internal/gsterror"
)

const (
	// decodeTimeout bounds the wait for a video's next frame.
	decodeTimeout = 30 * time.Second
	// usualInterval is taken between frames that carry neither time nor rate.
	usualInterval = 40 * time.Millisecond
)

// decoder is a video file as GStreamer reads it.
type decoder struct {
	path    string
	options VideoOptions
	pipe    gst.Pipeline
	in      gst.Element
	sink    gstapp.AppSink
	signals []gobject.SignalHandle
	chosen  chan bool // gets whether the file has a video track, once that is known
	missing []string  // decoders that are not installed, in words

	begun bool
	first time.Duration // stream time of the first frame
	last  time.Duration // time of the frame before
}

// openDecoder starts to decode.
func openDecoder(path string, o VideoOptions) (*decoder, error) {
	gstshim.Init()
	abs, err := filepath.Abs(path)
	if err == nil {
		_, err = os.Stat(abs)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	uri := url.URL{Scheme: "file", Path: abs}
	// Not uridecodebin3: in GStreamer 1.26 a flushing seek sometimes leaves it without frames for ever. videoflip comes last, since it
	// knows fewer formats than videoconvert; without anything to turn it hands frames on as they are.
	pictures := "videoconvert name=first n-threads=2 ! " + gstshim.ColorName + " ! video/x-raw,format=RGB ! videoflip video-direction=auto"
	if o.TimesOnly {
		pictures = `identity name=first`
	}
	top, err := gst.ParseLaunch(`uridecodebin name=in  ` + pictures + ` ! appsink name=out sync=false max-buffers=4`)
	if err != nil {
		return nil, fmt.Errorf("video %s: %w", path, err)
	}
	pipe, ok := top.(gst.Pipeline)
	if !ok {
		return nil, fmt.Errorf("video %s: gst-launch made a %T instead of a pipeline", path, top)
	}
	d := &decoder{path: path, options: o, pipe: pipe, in: pipe.GetByName("in"), chosen: make(chan bool, 1)}
	d.sink = pipe.GetByName("out").(gstapp.AppSink) //nolint:forcetypeassert // the description says appsink
	d.in.SetObjectProperty("uri", uri.String())
	d.choose(pipe.GetByName("first").GetStaticPad("sink"))
	pipe.SetState(gst.StatePlaying)
	return d, nil
}

// choose links the track to play, once all tracks are known.
func (d *decoder) choose(sink gst.Pad) {
	var tracks []gst.Pad // all calls come from one thread at a time: uridecodebin adds the tracks of a file together
	d.signals = append(d.signals,
		d.in.ConnectPadAdded(func(_ gst.Element, pad gst.Pad) { tracks = append(tracks, pad) }),
		d.in.ConnectNoMorePads(func(gst.Element) {
			best := pickTrack(tracks)
			tracks = nil
			if best != nil && !sink.IsLinked() {
				best.Link(sink) // what does not fit the bus says
			}
			select {
			case d.chosen <- best != nil:
			default:
			}
		}))
}

// pickTrack is the video track that a file flags as its default, or else the first; nil when there is none.
func pickTrack(tracks []gst.Pad) (best gst.Pad) {
	grade := -1
	for _, pad := range tracks {
		caps := pad.GetCurrentCaps()
		if caps == nil || caps.GetSize() == 0 || caps.GetStructure(0).GetName() != "video/x-raw" {
			continue
		}
		g := 1
		if start := pad.GetStickyEvent(gst.EventStreamStart, 0); start != nil {
			switch flags := start.ParseStreamFlags(); {
			case flags&gst.StreamFlagSelect != 0:
				g = 2
			case flags&gst.StreamFlagUnselect != 0:
				g = 0
			}
		}
		if g > grade {
			best, grade = pad, g
		}
	}
	return best
}

// Next is Video's.
func (d *decoder) Next(ctx context.Context) (Frame, error) {
	for began := time.Now(); time.Since(began) < decodeTimeout; {
		if err := ctx.Err(); err != nil {
			return Frame{}, err
		}
		if sample := d.sink.TryPullSample(50 * gst.Millisecond); sample != nil {
			f, err := d.frame(sample)
			gst.UnsafeSampleUnref(sample)
			return f, err
		}
		if err := d.failure(); err != nil {
			return Frame{}, err
		}
		if d.sink.IsEOS() {
			return Frame{}, io.EOF
		}
	}
	if !d.begun { // decodebin sometimes says nothing of a file that ends before its first frame
		return Frame{}, fmt.Errorf("%w %s: %w (no frame for %v)", ErrInput, d.path, gsterror.ErrDamaged, decodeTimeout)
	}
	return Frame{}, fmt.Errorf("%w %s: no frame for %v", ErrInput, d.path, decodeTimeout)
}

// Seek is Video's. Before the first frame a demuxer does not know what there is.
func (d *decoder) Seek(t time.Duration) error {
	if !d.pipe.SeekSimple(gst.FormatTime, gst.SeekFlagFlush|gst.SeekFlagAccurate, int64(d.first+max(t, 0))) {
		if err := d.failure(); err != nil {
			return err
		}
		return fmt.Errorf("%w %s: it cannot be searched; remux it, as in `ffmpeg -i IN -c copy OUT.mkv`", ErrInput, d.path)
	}
	return nil
}

// failure is what the bus or the choice of a track says; nil while all goes well.
func (d *decoder) failure() error {
	for {
		m := d.pipe.GetBus().Pop()
		if m == nil {
			break
		}
		if what := gsterror.MissingDecoder(m); what != "" {
			d.missing = append(d.missing, what)
		}
		if m.Type() == gst.MessageError {
			return fmt.Errorf("%w %s: %w", ErrInput, d.path, gsterror.Explain(m, d.missing))
		}
	}
	select {
	case video := <-d.chosen:
		switch {
		case video:
		case len(d.missing) > 0:
			return fmt.Errorf("%w %s: %w", ErrInput, d.path, gsterror.NoDecoder(d.missing))
		default:
			return fmt.Errorf("%w %s: %w", ErrInput, d.path, gsterror.ErrNoVideo)
		}
	default:
	}
	return nil
}

func (d *decoder) frame(sample *gst.Sample) (Frame, error) {
	info, err := gstshim.ParseCaps(sample.GetCaps())
	if err != nil {
		return Frame{}, fmt.Errorf("%w %s: %w", ErrInput, d.path, err)
	}
	f := Frame{Time: d.time(sample, info.FrameDuration), Interval: info.FrameDuration}
	f.Start = d.first
	if length := sample.GetBuffer().Duration(); length != gst.ClockTimeNone {
		f.Duration = time.Duration(length) //nolint:gosec // a video's length
	}
	if !d.options.TimesOnly {
		f.Picture, err = d.picture(info, sample)
	}
	return f, err
}

// picture copies a frame's pixels.
func (d *decoder) picture(info *gstshim.VideoInfo, sample *gst.Sample) (imaging.RGB, error) {
	mapped := gstshim.NewFrame()
	if err := mapped.Map(info, sample.GetBuffer(), false); err != nil {
		return imaging.RGB{}, fmt.Errorf("%w %s: %w", ErrInput, d.path, err)
	}
	defer mapped.Unmap()
	p := imaging.RGB{W: info.Width, H: info.Height, Pix: make([]byte, 0, info.Width*info.Height*3)}
	rows, stride := mapped.Plane(0, info.Height), mapped.Stride(0)
	for y := range info.Height {
		p.Pix = append(p.Pix, rows[y*stride:y*stride+info.Width*3]...)
	}
	if d.options.SquarePixels {
		p = squared(p, info.PixelAspect)
	}
	return p, nil
}

// time is a frame's time from the first one on.
func (d *decoder) time(sample *gst.Sample, interval time.Duration) time.Duration {
	pts := sample.GetBuffer().PTS()
	at := time.Duration(math.MinInt64)
	if pts != gst.ClockTimeNone {
		at = time.Duration(pts) //nolint:gosec // a video's length
		if t := sample.GetSegment().ToStreamTime(gst.FormatTime, uint64(pts)); t != uint64(gst.ClockTimeNone) {
			at = time.Duration(t) //nolint:gosec // likewise
		}
	}
	known := at != math.MinInt64
	switch {
	case !d.begun:
		if d.begun = true; known {
			d.first = at
		}
		d.last = 0
	case known:
		d.last = at - d.first
	case interval > 0:
		d.last += interval
	default:
		d.last += usualInterval
	}
	return d.last
}

// squared gives a picture square pixels: one side grows, as in HTML's video element; the other stays.
func squared(p imaging.RGB, aspect float64) imaging.RGB {
	w, h := p.W, p.H
	switch {
	case aspect > 1:
		w = int(math.Round(float64(w) * aspect))
	case aspect > 0 && aspect < 1:
		h = int(math.Round(float64(h) / aspect))
	}
	if w == p.W && h == p.H || w > 4*p.W || h > 4*p.H { // beyond that it is a mistake, not a shape
		return p
	}
	return imaging.ResizeBicubic(p, w, h)
}

// Close is Video's.
func (d *decoder) Close() {
	d.pipe.SetState(gst.StateNull)
	for _, s := range d.signals {
		d.in.HandlerDisconnect(s)
	}
}
