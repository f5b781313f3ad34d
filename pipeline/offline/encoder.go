package offline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/internal/gsterror"
	"github.com/videogem/videogem/pipeline/internal/media"
	"github.com/videogem/videogem/pipeline/internal/rgb"
	"github.com/videogem/videogem/pipeline/internal/wholefile"
)

// ErrOutput means that the output cannot be written as asked.
var ErrOutput = errors.New("bad output")

const (
	// encoderQueue is how many frames may wait for the encoder.
	encoderQueue = 8
	// encoderPoll is how often an encoder that is busy is looked at, with the bus and the context.
	encoderPoll = 2 * time.Millisecond
	// encoderTimeout bounds the wait for an encoder that neither goes on nor fails.
	encoderTimeout = time.Minute
	// usualFrame is how long the last frame stands when nothing tells.
	usualFrame = 40 * time.Millisecond
)

// filmEndings are the names' ends that a film may have.
func filmEndings() []string { return []string{".mp4", ".webm", ".mkv"} }

// filmEncoder writes frames into a video file.
type filmEncoder struct {
	path   string
	pipe   gst.Pipeline
	source gstapp.AppSrc
	file   *os.File

	held   *gst.Buffer // the newest frame: how long it stands the next one tells
	length time.Duration
	closed bool
}

// newFilmEncoder writes .mp4 (H.264), .webm or .mkv (VP8), by the name; first is the film's first frame, sound may be nil.
func newFilmEncoder(name string, out *wholefile.File, first media.Frame, tune *sound) (*filmEncoder, error) {
	tail, err := filmTail(name, out.Special())
	if err != nil {
		return nil, err
	}
	// The rate is a hint for the encoder; frames stand as long as they are told. But h264parse takes it for the length of the last one.
	interval := cmp.Or(first.Interval, first.Duration, usualFrame)
	// Not filesink: fdsink has the file that was made here, and can be interrupted where a pipe's reader stands still.
	description := fmt.Sprintf("appsrc name=in format=time max-buffers=0 max-bytes=0 max-time=0 caps=\"video/x-raw,format=RGB,width=%d,height=%d,framerate=%d/%d\" ! "+
		"%s ! %s ! fdsink sync=false fd=%d",
		first.Picture.W, first.Picture.H, time.Second, interval, gstshim.ColorName, tail, out.Fd())
	if tune != nil {
		description += "  " + tune.launch()
	}
	top, err := gst.ParseLaunch(description)
	if err != nil {
		return nil, fmt.Errorf("%w %s: %w", ErrOutput, name, err)
	}
	pipe, ok := top.(gst.Pipeline)
	if !ok {
		return nil, fmt.Errorf("%w %s: gst-launch made a %T instead of a pipeline", ErrOutput, name, top)
	}
	source := pipe.GetByName("in").(gstapp.AppSrc) //nolint:forcetypeassert // the description says appsrc
	e := &filmEncoder{path: name, pipe: pipe, source: source, file: out.File}
	if tune != nil {
		tune.set(pipe)
	}
	if pipe.SetState(gst.StatePlaying) == gst.StateChangeFailure {
		err := e.look()
		e.close()
		if err == nil {
			err = fmt.Errorf("%w %s: the encoder does not start", ErrOutput, name)
		}
		return nil, err
	}
	return e, nil
}

// filmTail is the pipeline's part from the encoder's colours to the muxer, which is named mux. What cannot be overwritten gets the forms that
// need no overwriting.
func filmTail(name string, special bool) (string, error) {
	gstshim.Init()
	// VP8 knows no colours but those of BT.601.
	const vp8 = "video/x-raw,format=I420,colorimetry=bt601 ! vp8enc deadline=1000000 cpu-used=4 threads=2 end-usage=cq cq-level=10 target-bitrate=20000000"
	streamed := ""
	if special {
		streamed = " streamable=true"
	}
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".webm":
		return vp8 + " ! webmmux name=mux" + streamed, nil
	case ".mkv":
		return vp8 + " ! matroskamux name=mux" + streamed, nil
	case ".mp4":
		if special {
			streamed += " fragment-duration=1000"
		}
		for _, enc := range []string{"x264enc speed-preset=veryfast", "openh264enc bitrate=6000000"} {
			if gst.ElementFactoryFind(strings.Fields(enc)[0]) != nil {
				return "video/x-raw,format=I420 ! " + enc + " ! h264parse ! mp4mux name=mux" + streamed, nil
			}
		}
		return "", fmt.Errorf("%w %s: this machine's GStreamer has no H.264 encoder; write .webm instead", ErrOutput, name)
	default:
		return "", fmt.Errorf("%w %s: write a video as %s", ErrOutput, name, strings.Join(filmEndings(), ", "))
	}
}

// write takes a frame and its time; length is how long it stands if no other follows, 0 when nobody knows. It waits while the encoder is
// busy, but not for one that has failed, and not when ctx has ended.
func (e *filmEncoder) write(ctx context.Context, p imaging.RGB, t, length time.Duration) error {
	buf := rgb.Buffer(p.Pix, p.W, p.H)
	if buf == nil {
		return fmt.Errorf("%w %s: no memory for a frame", ErrOutput, e.path)
	}
	buf.SetPTS(gst.ClockTime(t)) //nolint:gosec // a video's length
	before := e.held
	if before != nil {
		if gap := t - time.Duration(before.PTS()); gap > 0 { //nolint:gosec // likewise
			before.SetDuration(gst.ClockTime(gap))
			if length == 0 {
				length = gap
			}
		}
	}
	e.held, e.length = buf, length
	if before == nil {
		return nil
	}
	return e.push(ctx, before)
}

func (e *filmEncoder) push(ctx context.Context, buf *gst.Buffer) error {
	if err := e.wait(ctx, func() bool { return e.source.GetCurrentLevelBuffers() < encoderQueue }); err != nil {
		return err
	}
	if e.source.PushBuffer(buf) == gst.FlowOK {
		return nil
	}
	// An error comes after the flow that tells of it.
	if err := e.wait(ctx, func() bool { return false }); err != nil {
		return err
	}
	return fmt.Errorf("%w %s: the encoder takes no frames", ErrOutput, e.path)
}

// wait waits for something, with an eye on the bus, the context and the clock.
func (e *filmEncoder) wait(ctx context.Context, done func() bool) error {
	level, since := e.progress(), time.Now()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := e.look(); err != nil {
			return err
		}
		if done() {
			return nil
		}
		if now := e.progress(); now != level {
			level, since = now, time.Now()
		} else if time.Since(since) > encoderTimeout {
			return fmt.Errorf("%w %s: the encoder has stood still for %v", ErrOutput, e.path, encoderTimeout)
		}
		time.Sleep(encoderPoll)
	}
}

// progress changes while the encoder works.
func (e *filmEncoder) progress() [2]int64 {
	size := int64(0)
	if info, err := e.file.Stat(); err == nil {
		size = info.Size()
	}
	return [2]int64{int64(e.source.GetCurrentLevelBuffers()), size} //nolint:gosec // a short queue
}

// errDone is what look says when all is written.
var errDone = errors.New("done")

// look gives the error that waits on the bus, errDone after the end, and nil otherwise.
func (e *filmEncoder) look() error {
	for {
		m := e.pipe.GetBus().Pop()
		if m == nil {
			return nil
		}
		switch m.Type() {
		case gst.MessageEOS:
			return errDone
		case gst.MessageError:
			return fmt.Errorf("%w %s: %w", ErrOutput, e.path, gsterror.Explain(m, nil))
		default:
		}
	}
}

// finish writes the file's end.
func (e *filmEncoder) finish(ctx context.Context) error {
	if e.held != nil {
		length := e.length
		if length <= 0 {
			length = usualFrame
		}
		e.held.SetDuration(gst.ClockTime(length)) //nolint:gosec // a video's length
		if err := e.push(ctx, e.held); err != nil {
			return err
		}
		e.held = nil
	}
	e.source.EndOfStream()
	if err := e.wait(ctx, func() bool { return false }); !errors.Is(err, errDone) {
		return err
	}
	return nil
}

// close ends the pipeline. The file is its owner's.
func (e *filmEncoder) close() {
	if !e.closed {
		e.closed = true
		e.pipe.SetState(gst.StateNull)
	}
}
