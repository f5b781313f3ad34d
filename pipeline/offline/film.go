package offline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/element/overlay"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/internal/media"
	"github.com/videogem/videogem/pipeline/internal/rgb"
)

// ErrOutput means that the output cannot be written as asked.
var ErrOutput = errors.New("bad output")

// timedHeat is the heat of all prompts in one frame of a clip.
type timedHeat struct {
	time time.Duration
	heat []gem.Map
}

// film writes a video again with heat on every frame: that of the clip frame nearest in time.
func film(ctx context.Context, in, out string, heats []timedHeat, labels []string) error {
	d, err := media.OpenDecoder(in)
	if err != nil {
		return err
	}
	defer d.Close()
	var a *artist
	var e *filmEncoder
	var texture *overlay.Texture
	at, painted := 0, -1
	for {
		f, err := d.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if e == nil {
			if a, err = newArtist(f.Picture.W, f.Picture.H, labels); err != nil {
				return err
			}
			if e, err = newFilmEncoder(out, f.Picture.W, f.Picture.H); err != nil {
				return err
			}
			defer e.abort()
		}
		for at+1 < len(heats) && (heats[at+1].time-f.Time).Abs() <= (heats[at].time-f.Time).Abs() {
			at++
		}
		if painted != at {
			texture, painted = a.paint(heats[at].heat), at
		}
		if err := e.write(a.draw(f.Picture, texture), f.Time); err != nil {
			return err
		}
	}
	if e == nil {
		return fmt.Errorf("%w %s: it holds no picture", ErrInput, in)
	}
	return e.finish(ctx)
}

// filmEncoder writes frames into a video file.
type filmEncoder struct {
	path   string
	pipe   gst.Pipeline
	source gstapp.AppSrc
	done   bool
}

// newFilmEncoder writes .mp4 (H.264) or .webm (VP8), by the file's name.
func newFilmEncoder(path string, w, h int) (*filmEncoder, error) {
	gstshim.Init()
	tail := ""
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".webm", ".mkv":
		tail = "video/x-raw,colorimetry=bt601 ! vp8enc deadline=1000000 cpu-used=4 threads=2 end-usage=cq cq-level=10 target-bitrate=20000000 ! webmmux"
	case ".mp4":
		for _, enc := range []string{"x264enc speed-preset=veryfast", "openh264enc bitrate=6000000"} {
			if gst.ElementFactoryFind(strings.Fields(enc)[0]) != nil {
				tail = enc + " ! h264parse ! mp4mux"
				break
			}
		}
		if tail == "" {
			return nil, fmt.Errorf("%w %s: this machine's GStreamer has no H.264 encoder; write .webm instead", ErrOutput, path)
		}
	default:
		return nil, fmt.Errorf("%w %s: write .mp4 or .webm", ErrOutput, path)
	}
	top, err := gst.ParseLaunch(fmt.Sprintf("appsrc name=in format=time block=true max-buffers=8 caps=\"video/x-raw,format=RGB,width=%d,height=%d,framerate=0/1\" ! "+
		"%s ! video/x-raw,format=I420 ! %s ! filesink name=out", w, h, gstshim.ColorName, tail))
	if err != nil {
		return nil, fmt.Errorf("%w %s: %w", ErrOutput, path, err)
	}
	pipe, ok := top.(gst.Pipeline)
	if !ok {
		return nil, fmt.Errorf("%w %s: gst-launch made a %T instead of a pipeline", ErrOutput, path, top)
	}
	pipe.GetByName("out").SetObjectProperty("location", path)
	source := pipe.GetByName("in").(gstapp.AppSrc) //nolint:forcetypeassert // the description says appsrc
	e := &filmEncoder{path: path, pipe: pipe, source: source}
	if pipe.SetState(gst.StatePlaying) == gst.StateChangeFailure {
		return nil, errors.Join(e.failure(), os.Remove(path))
	}
	return e, nil
}

func (e *filmEncoder) write(p imaging.RGB, t time.Duration) error {
	buf := rgb.Buffer(p.Pix, p.W, p.H)
	if buf == nil {
		return fmt.Errorf("%w %s: no memory for a frame", ErrOutput, e.path)
	}
	buf.SetPTS(gst.ClockTime(t))
	if e.source.PushBuffer(buf) != gst.FlowOK {
		return e.failure()
	}
	return nil
}

// finish writes the file's end.
func (e *filmEncoder) finish(ctx context.Context) error {
	e.source.EndOfStream()
	for ctx.Err() == nil {
		m := e.pipe.GetBus().TimedPopFiltered(200*gst.Millisecond, gst.MessageEOS|gst.MessageError)
		if m == nil {
			continue
		}
		if m.Type() == gst.MessageError {
			_, err := m.ParseError()
			return fmt.Errorf("%w %s: %w", ErrOutput, e.path, err)
		}
		e.done = true
		return nil
	}
	return ctx.Err()
}

// failure is the error that waits on the bus.
func (e *filmEncoder) failure() error {
	if m := e.pipe.GetBus().TimedPopFiltered(gst.Second, gst.MessageError); m != nil {
		_, err := m.ParseError()
		return fmt.Errorf("%w %s: %w", ErrOutput, e.path, err)
	}
	return fmt.Errorf("%w %s: the encoder takes no frames", ErrOutput, e.path)
}

// abort ends the pipeline; a file that was not finished is removed.
func (e *filmEncoder) abort() {
	e.pipe.SetState(gst.StateNull)
	if !e.done {
		_ = os.Remove(e.path) // it may not have been made
	}
}
