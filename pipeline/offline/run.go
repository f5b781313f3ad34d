package offline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/imaging"
)

// Options say what to ground and what to write.
type Options struct {
	Input        string
	Engine       engine.Options // Float is set from Preprocessed
	Prompts      []string       // word for word
	Actions      []string       // decomposed and fused
	Weights      *gem.Weights   // nil: the model's own
	Fusion       gem.Fusion
	Stride       float64 // seconds from clip to clip of a video; 0: the clip's duration
	Preprocessed bool    // the input is an array of normalised float32 pixels

	JSON string // file for the report; "-" is Stdout
	Maps string // .npz file for raw heat
	Out  string // overlaid video or PNG

	Stdout   io.Writer
	Progress func(clips int, seconds float64) // called after each clip; may be nil
}

// Run grounds an input and writes what was asked for. Errors that wrap ErrInput or ErrOutput are the user's.
func Run(ctx context.Context, o Options) (err error) {
	kind, err := kindOf(o.Input)
	if err != nil {
		return err
	}
	wanted, err := newAsked(o.Prompts, o.Actions)
	if err != nil {
		return err
	}
	o.Engine.Float = o.Preprocessed
	e, err := engine.Open(ctx, o.Engine)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	in, err := openInput(o.Input, kind, e.Spec(), o.Preprocessed, o.Stride)
	if err != nil {
		return err
	}
	defer in.close()
	r := run{Options: o, engine: e, wanted: wanted, kind: kind, report: Report{Model: e.Spec().Name, Clips: []ClipReport{}}, maps: maps{spec: e.Spec()}}
	if err := r.ground(ctx, in); err != nil {
		return err
	}
	return r.write(ctx)
}

// run is the state of one Run.
type run struct {
	Options
	engine   *engine.Engine
	wanted   asked
	kind     inputKind
	report   Report
	maps     maps
	heats    []timedHeat   // for video output
	pictures []imaging.RGB // for picture output
}

// ground puts clip after clip through the engine.
func (r *run) ground(ctx context.Context, in clips) error {
	for {
		c, err := in.next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		result, err := r.engine.Ground(ctx, engine.Request{Clip: c.input, Prompts: r.wanted.texts, Weights: r.Weights})
		if err != nil {
			return err
		}
		r.report.Clips = append(r.report.Clips, r.wanted.report(len(r.report.Clips), c, result, r.Fusion))
		if r.Maps != "" {
			r.maps.add(result)
		}
		if r.Out != "" {
			if err := r.keep(c, result); err != nil {
				return err
			}
		}
		if r.Progress != nil {
			r.Progress(len(r.report.Clips), c.time)
		}
	}
}

// keep notes what the output will show: for video the heat of every frame of the clip, for pictures the drawn key frame.
func (r *run) keep(c clip, result *engine.Result) error {
	if r.kind == inputVideo {
		s := r.engine.Spec()
		step := s.ClipDuration / time.Duration(s.Frames)
		start := time.Duration(c.time*float64(time.Second)) - step*time.Duration(s.Frames/2)
		for f := range s.Frames {
			r.heats = append(r.heats, timedHeat{start + step*time.Duration(f), heatOf(result, f)})
		}
		return nil
	}
	if c.key.W == 0 {
		return fmt.Errorf("%w %s: a preprocessed array has no pictures to draw on; leave --out away", ErrOutput, r.Out)
	}
	a, err := newArtist(c.key.W, c.key.H, r.wanted.texts)
	if err != nil {
		return err
	}
	r.pictures = append(r.pictures, a.draw(c.key, a.paint(heatOf(result, c.input.Frames/2))))
	return nil
}

func heatOf(result *engine.Result, frame int) []gem.Map {
	var heat []gem.Map
	for _, g := range result.Prompts {
		heat = append(heat, g.Heat[frame])
	}
	return heat
}

// write writes the outputs.
func (r *run) write(ctx context.Context) error {
	if r.JSON != "" {
		data, err := json.MarshalIndent(r.report, "", " ")
		if err != nil {
			return fmt.Errorf("report: %w", err)
		}
		data = append(data, '\n')
		if r.JSON == "-" {
			_, err = r.Stdout.Write(data)
		} else {
			err = os.WriteFile(r.JSON, data, 0o644) //nolint:gosec // a report, for whoever may read the folder
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrOutput, err)
		}
	}
	if r.Maps != "" {
		text, err := r.engine.Embed(ctx, r.wanted.texts)
		if err != nil {
			return err
		}
		if err := r.maps.write(r.Maps, text); err != nil {
			return fmt.Errorf("%w: %w", ErrOutput, err)
		}
	}
	switch {
	case r.Out == "":
		return nil
	case r.kind == inputVideo:
		return film(ctx, r.Input, r.Out, r.heats, r.wanted.texts)
	case len(r.pictures) == 1:
		return writePNG(r.Out, r.pictures[0])
	default:
		return writePNG(r.Out, sheet(r.pictures))
	}
}
