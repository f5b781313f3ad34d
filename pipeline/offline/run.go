package offline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/internal/media"
	"github.com/videogem/videogem/pipeline/internal/wholefile"
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
	MaxPixels    int     // of a picture; 0: media.DefaultMaxPixels

	JSON string // file for the report; "-" is Stdout
	Maps string // .npz file for raw heat
	Out  string // overlaid video or PNG

	Stdout   io.Writer
	Progress func(clips int, seconds float64) // called after each clip; may be nil
}

// Run grounds an input, writes what was asked for, each file whole or not at all, and gives the report. Errors that wrap ErrInput or
// ErrOutput are the user's.
func Run(ctx context.Context, o Options) (report *Report, err error) {
	if o.MaxPixels == 0 {
		o.MaxPixels = media.DefaultMaxPixels
	}
	kind, err := kindOf(o.Input)
	if err != nil {
		return nil, err
	}
	if err := o.checkOutputs(kind); err != nil {
		return nil, err
	}
	wanted, err := newAsked(o.Prompts, o.Actions)
	if err != nil {
		return nil, err
	}
	o.Engine.Float = o.Preprocessed
	e, err := engine.Open(ctx, o.Engine)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	wanted.warn(e.Doubts, o.Engine.Logger)
	in, err := openInput(kind, e.Spec(), o)
	if err != nil {
		return nil, err
	}
	defer in.close()
	r := run{Options: o, engine: e, wanted: wanted, kind: kind, report: Report{Model: e.Spec().Name, Threshold: e.Spec().Threshold, Clips: []ClipReport{}}, maps: maps{spec: e.Spec()}}
	if err := r.ground(ctx, in); err != nil {
		return nil, err
	}
	return &r.report, r.write(ctx)
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
		r.report.Clips = append(r.report.Clips, r.wanted.report(len(r.report.Clips), c, result, r.Fusion, r.report.Threshold))
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
		for f := range s.Frames {
			r.heats = append(r.heats, timedHeat{c.start + step*time.Duration(f), heatOf(result, f)})
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

// write writes the outputs. Where one cannot be written the others are, all the same.
func (r *run) write(ctx context.Context) error {
	err := r.writeOut(ctx)
	if ctx.Err() != nil {
		return err
	}
	if r.Maps != "" {
		text, e := r.engine.Embed(ctx, r.wanted.texts)
		if e == nil {
			e = outputError(r.maps.write(ctx, r.Maps, text))
		}
		err = errors.Join(err, e)
	}
	if r.JSON != "" {
		err = errors.Join(err, r.writeJSON(ctx))
	}
	return err
}

func (r *run) writeJSON(ctx context.Context) error {
	data, err := json.MarshalIndent(r.report, "", " ")
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	data = append(data, '\n')
	if r.JSON == "-" {
		_, err = r.Stdout.Write(data)
		return outputError(err)
	}
	return outputError(wholefile.Write(ctx, r.JSON, func(f *wholefile.File) error {
		_, err := f.Write(data)
		return err
	}))
}

// writeOut writes the video or picture.
func (r *run) writeOut(ctx context.Context) error {
	switch {
	case r.Out == "":
		return nil
	case r.kind == inputVideo:
		done, err := film(ctx, r.Options, r.heats, r.wanted.texts)
		r.report.SoundLeftOut = done.sound
		return outputError(err)
	case len(r.pictures) == 1:
		return outputError(writePNG(ctx, r.Out, r.pictures[0]))
	default:
		return outputError(writePNG(ctx, r.Out, sheet(r.pictures)))
	}
}

// outputError marks what went wrong while writing, unless it is marked already or was an interruption.
func outputError(err error) error {
	if err == nil || errors.Is(err, ErrOutput) || errors.Is(err, ErrInput) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrOutput, err)
}
