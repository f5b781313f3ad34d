package offline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/imaging"
)

// decodeTimeout bounds the wait for a video's next frame.
const decodeTimeout = 30 * time.Second

// decoder gives a video's frames one after the other, as RGB at their own size.
type decoder struct {
	path string
	pipe gst.Pipeline
	sink gstapp.AppSink
}

// decodedFrame is a frame and its time.
type decodedFrame struct {
	picture imaging.RGB
	time    time.Duration
}

func openDecoder(path string) (*decoder, error) {
	gstshim.Init()
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	uri := url.URL{Scheme: "file", Path: abs}
	top, err := gst.ParseLaunch(`uridecodebin3 name=in ! video/x-raw ! videoconvert n-threads=2 ! video/x-raw,format=RGB ! appsink name=out sync=false max-buffers=4`)
	if err != nil {
		return nil, fmt.Errorf("video %s: %w", path, err)
	}
	pipe, ok := top.(gst.Pipeline)
	if !ok {
		return nil, fmt.Errorf("video %s: gst-launch made a %T instead of a pipeline", path, top)
	}
	pipe.GetByName("in").SetObjectProperty("uri", uri.String())
	d := &decoder{path: path, pipe: pipe, sink: pipe.GetByName("out").(gstapp.AppSink)} //nolint:forcetypeassert // the description says appsink
	pipe.SetState(gst.StatePlaying)
	return d, nil
}

// next gives the next frame; io.EOF after the last.
func (d *decoder) next(ctx context.Context) (decodedFrame, error) {
	for began := time.Now(); time.Since(began) < decodeTimeout; {
		if err := ctx.Err(); err != nil {
			return decodedFrame{}, err
		}
		if sample := d.sink.TryPullSample(50 * gst.Millisecond); sample != nil {
			f, err := d.frame(sample)
			gst.UnsafeSampleUnref(sample)
			return f, err
		}
		if m := d.pipe.GetBus().PopFiltered(gst.MessageError); m != nil {
			_, err := m.ParseError()
			return decodedFrame{}, fmt.Errorf("%w %s: %w", ErrInput, d.path, err)
		}
		if d.sink.IsEOS() {
			return decodedFrame{}, io.EOF
		}
	}
	return decodedFrame{}, fmt.Errorf("%w %s: no frame for %v", ErrInput, d.path, decodeTimeout)
}

func (d *decoder) frame(sample *gst.Sample) (decodedFrame, error) {
	info, err := gstshim.ParseCaps(sample.GetCaps())
	if err != nil {
		return decodedFrame{}, fmt.Errorf("%w %s: %w", ErrInput, d.path, err)
	}
	mapped := gstshim.NewFrame()
	if err := mapped.Map(info, sample.GetBuffer(), false); err != nil {
		return decodedFrame{}, fmt.Errorf("%w %s: %w", ErrInput, d.path, err)
	}
	defer mapped.Unmap()
	p := imaging.RGB{W: info.Width, H: info.Height, Pix: make([]byte, 0, info.Width*info.Height*3)}
	rows, stride := mapped.Plane(0, info.Height), mapped.Stride(0)
	for y := range info.Height {
		p.Pix = append(p.Pix, rows[y*stride:y*stride+info.Width*3]...)
	}
	return decodedFrame{p, time.Duration(sample.GetBuffer().PTS())}, nil
}

func (d *decoder) close() { d.pipe.SetState(gst.StateNull) }

// video cuts a video into clips whose frames lie as far apart as the model's clips have them.
type video struct {
	decoder *decoder
	fitter  fitter
	frames  int
	step    time.Duration // between two frames of a clip
	stride  time.Duration // between two clips

	start time.Duration  // of the clip that comes next
	ring  []decodedFrame // frames from the clip's start on, every one
	ended bool
}

func openVideo(path string, s engine.Spec, stride float64) (clips, error) {
	d, err := openDecoder(path)
	if err != nil {
		return nil, err
	}
	v := &video{decoder: d, fitter: newFitter(s), frames: s.Frames, step: s.ClipDuration / time.Duration(s.Frames), stride: s.ClipDuration}
	if stride > 0 {
		v.stride = time.Duration(stride * float64(time.Second))
	}
	return v, nil
}

// next gives the next clip. The last one may be short: its missing frames repeat the last. A rest shorter than half a clip that
// follows a whole one is left out.
func (v *video) next(ctx context.Context) (clip, error) {
	end := v.start + v.step*time.Duration(v.frames-1)
	for !v.ended && (len(v.ring) == 0 || v.ring[len(v.ring)-1].time < end) {
		f, err := v.decoder.next(ctx)
		if errors.Is(err, io.EOF) {
			v.ended = true
			break
		}
		if err != nil {
			return clip{}, err
		}
		if f.time+v.step/2 >= v.start {
			v.ring = append(v.ring, f)
		}
	}
	short := v.ended && (len(v.ring) == 0 || v.start > 0 && v.ring[len(v.ring)-1].time < v.start+v.step*time.Duration(v.frames)/2)
	if short {
		if v.start == 0 {
			return clip{}, fmt.Errorf("%w %s: it holds no picture", ErrInput, v.decoder.path)
		}
		return clip{}, io.EOF
	}
	var group []imaging.RGB
	at := 0
	for i := range v.frames {
		want := v.start + v.step*time.Duration(i)
		for at+1 < len(v.ring) && (v.ring[at+1].time-want).Abs() <= (v.ring[at].time-want).Abs() {
			at++
		}
		group = append(group, v.ring[at].picture)
	}
	key := v.start + v.step*time.Duration(v.frames/2)
	v.start += v.stride
	for len(v.ring) > 1 && v.ring[0].time+v.step/2 < v.start {
		v.ring = v.ring[1:]
	}
	return v.fitter.clip(group, v.frames, key.Seconds())
}

func (v *video) close() { v.decoder.close() }
