package media

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
	"github.com/videogem/videogem/engine/imaging"
)

// decodeTimeout bounds the wait for a video's next frame.
const decodeTimeout = 30 * time.Second

// Decoder gives a video's frames one after the other, as RGB at their own size. It is not safe for concurrent use.
type Decoder struct {
	path string
	pipe gst.Pipeline
	sink gstapp.AppSink
}

// Frame is a frame of a video and its time.
type Frame struct {
	Picture  imaging.RGB
	Time     time.Duration // in the video: its stream time, 0 at the start whatever the timestamps of the container
	Interval time.Duration // from frame to frame as the video claims; 0 when it claims none
}

// OpenDecoder starts to decode. What is wrong with the file Next says.
func OpenDecoder(path string) (*Decoder, error) {
	gstshim.Init()
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	uri := url.URL{Scheme: "file", Path: abs}
	// Not uridecodebin3: in GStreamer 1.26 a flushing seek sometimes leaves it without frames for ever.
	top, err := gst.ParseLaunch("uridecodebin name=in ! video/x-raw ! videoconvert n-threads=2 ! " + gstshim.ColorName + " ! video/x-raw,format=RGB ! appsink name=out sync=false max-buffers=4")
	if err != nil {
		return nil, fmt.Errorf("video %s: %w", path, err)
	}
	pipe, ok := top.(gst.Pipeline)
	if !ok {
		return nil, fmt.Errorf("video %s: gst-launch made a %T instead of a pipeline", path, top)
	}
	pipe.GetByName("in").SetObjectProperty("uri", uri.String())
	d := &Decoder{path: path, pipe: pipe, sink: pipe.GetByName("out").(gstapp.AppSink)} //nolint:forcetypeassert // the description says appsink
	pipe.SetState(gst.StatePlaying)
	return d, nil
}

// Next gives the next frame; io.EOF after the last. Errors wrap ErrInput or are ctx's.
func (d *Decoder) Next(ctx context.Context) (Frame, error) {
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
	return Frame{}, fmt.Errorf("%w %s: no frame for %v", ErrInput, d.path, decodeTimeout)
}

// Seek goes to the frame that is shown at a time, so that Next gives it. The first frame must have come, since before that a
// demuxer does not know what there is. Errors wrap ErrInput.
func (d *Decoder) Seek(t time.Duration) error {
	if !d.pipe.SeekSimple(gst.FormatTime, gst.SeekFlagFlush|gst.SeekFlagAccurate, int64(max(t, 0))) {
		if err := d.failure(); err != nil {
			return err
		}
		return fmt.Errorf("%w %s: it cannot be searched; remux it, as in `ffmpeg -i IN -c copy OUT.mkv`", ErrInput, d.path)
	}
	return nil
}

// failure is the error that waits on the bus; nil when there is none.
func (d *Decoder) failure() error {
	m := d.pipe.GetBus().PopFiltered(gst.MessageError)
	if m == nil {
		return nil
	}
	_, err := m.ParseError()
	return fmt.Errorf("%w %s: %w", ErrInput, d.path, err)
}

func (d *Decoder) frame(sample *gst.Sample) (Frame, error) {
	info, err := gstshim.ParseCaps(sample.GetCaps())
	if err != nil {
		return Frame{}, fmt.Errorf("%w %s: %w", ErrInput, d.path, err)
	}
	mapped := gstshim.NewFrame()
	if err := mapped.Map(info, sample.GetBuffer(), false); err != nil {
		return Frame{}, fmt.Errorf("%w %s: %w", ErrInput, d.path, err)
	}
	defer mapped.Unmap()
	p := imaging.RGB{W: info.Width, H: info.Height, Pix: make([]byte, 0, info.Width*info.Height*3)}
	rows, stride := mapped.Plane(0, info.Height), mapped.Stride(0)
	for y := range info.Height {
		p.Pix = append(p.Pix, rows[y*stride:y*stride+info.Width*3]...)
	}
	pts := sample.GetBuffer().PTS()
	f := Frame{Picture: p, Time: time.Duration(pts), Interval: info.FrameDuration}
	if t := sample.GetSegment().ToStreamTime(gst.FormatTime, uint64(pts)); t != uint64(gst.ClockTimeNone) {
		f.Time = time.Duration(t) //nolint:gosec // a video's length
	}
	return f, nil
}

// Close ends the pipeline.
func (d *Decoder) Close() { d.pipe.SetState(gst.StateNull) }

// Size is the width and height of a video's pictures, those of its first frame. Errors wrap ErrInput or are ctx's.
func Size(ctx context.Context, path string) (w, h int, err error) {
	d, err := OpenDecoder(path)
	if err != nil {
		return 0, 0, err
	}
	defer d.Close()
	f, err := d.Next(ctx)
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w %s: it holds no picture", ErrInput, path)
	}
	return f.Picture.W, f.Picture.H, err
}
