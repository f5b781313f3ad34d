package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/videogem/videogem/element/clipwindow"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/engine/presence"
	"github.com/videogem/videogem/pipeline/democam"
)

// ErrThreshold means that the model is not calibrated, so that nothing is seen or not seen.
var ErrThreshold = errors.New("the model has no threshold")

// Options are what Simulate plays.
type Options struct {
	Camera   democam.Config
	Prompts  []string      // each "a person" and an action
	For      time.Duration // of the camera's time, from its start
	Interval int           // frames from one inference to the next
	Latency  time.Duration // from a frame to the heat of its clip
	Keep     string        // file of what the inferences gave: read if it is there, else written; "": none
}

// warmUp is left out of the measure: the first clip has nothing to look back on.
const warmUp = 2 * time.Second

// Simulate plays a demo camera through the element's window, the model and the element's decision, each inference at its time, none left out.
func Simulate(ctx context.Context, e *engine.Engine, o Options) (*Result, error) {
	line := e.Spec().Threshold
	if line == nil {
		return nil, ErrThreshold
	}
	looks, err := kept(o.Keep, len(o.Prompts))
	if err != nil {
		return nil, err
	}
	if looks == nil {
		if looks, err = ground(ctx, e, o); err != nil {
			return nil, err
		}
		if err := keep(o.Keep, looks); err != nil {
			return nil, err
		}
	}
	judges := make([]presence.Judge, len(o.Prompts))
	n := 0
	for i := range looks {
		l := &looks[i]
		l.At = l.PTS + o.Latency
		for p := range l.Prompts {
			s := &l.Prompts[p]
			s.Seen = judges[p].Step(l.PTS, presence.Evidence{Score: s.Score, Peak: s.Peak}, *line)
		}
		if l.PTS < warmUp {
			n = i + 1
		}
	}
	t, err := newTruth(ctx, o.Camera, looks)
	if err != nil {
		return nil, err
	}
	return measure(looks[n:], o.Prompts, t), nil
}

// ground gives what each inference says.
func ground(ctx context.Context, e *engine.Engine, o Options) ([]Look, error) {
	camera, err := democam.New(o.Camera)
	if err != nil {
		return nil, fmt.Errorf("demo camera: %w", err)
	}
	c, spec := camera.Config(), e.Spec()
	sampler := clipwindow.New(spec.Frames, spec.Height*spec.Width*3, spec.ClipDuration)
	sampler.SetAges(spec.LiveAges)
	frame, clip := make([]byte, c.Width*c.Height*3), make([]byte, sampler.Bytes())
	var looks []Look
	for i := range int(o.For / c.Interval()) {
		pts := time.Duration(i) * c.Interval()
		sample, due := sampler.Due(pts, o.Interval)
		if !sample {
			camera.Skip(1)
			continue
		}
		camera.Frame(frame)
		copy(sampler.Slot(pts), imaging.ResizeBilinear(imaging.RGB{W: c.Width, H: c.Height, Pix: frame}, spec.Width, spec.Height).Pix)
		if !due {
			continue
		}
		sampler.Clip(clip, pts, spec.Frames-1)
		r, err := e.Ground(ctx, engine.Request{
			Clip: engine.Clip{Frames: spec.Frames, H: spec.Height, W: spec.Width, Pix: clip}, Prompts: o.Prompts, Frames: []int{spec.Frames - 1},
		})
		if err != nil {
			return nil, err
		}
		l := Look{PTS: pts}
		for _, g := range r.Prompts {
			_, peak := g.Heat[0].Range()
			s := Shown{Score: float64(g.Score), Peak: float64(peak)}
			if x, y, ok := g.Heat[0].Centre(); ok {
				s.Point = &[2]float64{x, y}
			}
			l.Prompts = append(l.Prompts, s)
		}
		looks = append(looks, l)
	}
	return looks, nil
}

// kept reads looks that were kept; nil when there are none.
func kept(path string, prompts int) ([]Look, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var looks []Look
	for d := json.NewDecoder(f); ; {
		var l Look
		if err := d.Decode(&l); errors.Is(err, io.EOF) {
			return looks, nil
		} else if err != nil || len(l.Prompts) != prompts {
			return nil, fmt.Errorf("%s holds no looks at %d prompts: remove it: %w", path, prompts, err)
		}
		looks = append(looks, l)
	}
}

func keep(path string, looks []Look) error {
	if path == "" {
		return nil
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := json.NewEncoder(f)
	for i := range looks {
		if err := w.Encode(&looks[i]); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return f.Close()
}
