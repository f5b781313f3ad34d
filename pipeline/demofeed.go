package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"

	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/pipeline/internal/rgb"
)

// demoFeed pushes the demo camera's frames into a pipeline in real time.
type demoFeed struct {
	camera *democam.Camera
	config democam.Config
	source gstapp.AppSrc
}

func newDemoFeed(c democam.Config, source gstapp.AppSrc) (*demoFeed, error) {
	camera, err := democam.New(c)
	if err != nil {
		return nil, fmt.Errorf("demo camera: %w", err)
	}
	return &demoFeed{camera: camera, config: c, source: source}, nil
}

// maxLate is how far the feed may fall behind the clock before it leaves frames out: a program that was stopped for a while, or had no
// processor, goes on with the present.
const maxLate = time.Second

// late is how many frames are to be left out before frame i, which is due at the time i intervals after the feed began.
func late(i int, interval, since time.Duration) int {
	behind := since - time.Duration(i)*interval
	if behind <= maxLate {
		return 0
	}
	return int(behind / interval)
}

// run renders frame after frame until ctx ends or the pipeline takes no more. Frame i has the PTS i/fps, so that the truth
// about any frame can be worked out again from its PTS.
func (f *demoFeed) run(ctx context.Context) {
	size := f.config.Width * f.config.Height * 3
	frame := make([]byte, size)
	interval := f.config.Interval()
	began := time.Now()
	for i := 0; ctx.Err() == nil; i++ {
		if n := late(i, interval, time.Since(began)); n > 0 {
			f.camera.Skip(n)
			i += n
		}
		f.camera.Frame(frame)
		if f.config.Clock {
			stamp(frame, f.config.Width*3, time.Now().UnixMilli())
		}
		buf := rgb.Buffer(frame, f.config.Width, f.config.Height)
		if buf == nil {
			return
		}
		buf.SetPTS(gst.ClockTime(time.Duration(i) * interval))
		buf.SetDuration(gst.ClockTime(interval))
		if f.source.PushBuffer(buf) != gst.FlowOK {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Until(began.Add(time.Duration(i+1) * interval))):
		}
	}
}

// The stamp: 16 squares along the top, white for one, the lowest bit first: milliseconds of the time of day, modulo 65536.
const (
	stampBits = 16
	stampSize = 16 // pixels; the codec's macroblocks
)

// stamp draws the time onto a frame, so that whoever sees it can tell how old it is.
func stamp(frame []byte, stride int, ms int64) {
	for bit := range stampBits {
		var v byte
		if ms>>bit&1 == 1 {
			v = 255
		}
		for y := range stampSize {
			row := frame[y*stride+bit*stampSize*3:][:stampSize*3]
			for i := range row {
				row[i] = v
			}
		}
	}
}
