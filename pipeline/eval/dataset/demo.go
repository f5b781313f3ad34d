package dataset

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"github.com/videogem/videogem/engine/prompt"
	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// DemoOptions are what [Demo] wants.
type DemoOptions struct {
	Clips int
	Seed  uint64 // of the first clip; each one after it has the next
	Clip  democam.ClipConfig
	Mix   string // Clip.Actors as text, which is what the manifest holds
}

// What counts as to be seen, in the demo model's evaluation: an actor's box is at least seenWidth by seenHeight of the frame in
// seenFrames frames of the clip, and minWidth by minHeight of it in the key frame.
const (
	seenWidth, seenHeight = .15 / 8, .3 / 8
	seenFrames            = 5
	minWidth, minHeight   = 3. / 96, 6. / 96
	maxDemoActors         = 4
)

// Demo makes a set of clips that the demo camera draws when they are evaluated; the manifest holds their seeds. There is one sample
// an actor who is to be seen. Its box is the body with the object, unless that has flown off, as the first and last pixels
// whose centres lie in it: then a whole point is in the box exactly if its pixel's centre is, whatever the evaluation's rounding.
func Demo(ctx context.Context, o DemoOptions) (*manifest.Manifest, error) {
	if o.Clips < 1 {
		return nil, fmt.Errorf("%w: %d clips, want 1 or more", ErrOptions, o.Clips)
	}
	mix, err := democam.ParseMix(o.Mix)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	o.Clip.Actors = mix
	b, err := newBuilder("demo", Media{}, manifest.Skip, map[string]string{
		"clips": strconv.Itoa(o.Clips), "seed": strconv.FormatUint(o.Seed, 10), "actors": o.Mix,
	})
	if err != nil {
		return nil, err
	}
	delete(b.out.Header.Options, "media")
	for i := range o.Clips {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := b.demoClip(o, o.Seed+uint64(i)); err != nil {
			return nil, err
		}
	}
	return b.out, nil
}

func (b *builder) demoClip(o DemoOptions, seed uint64) error {
	_, truth, err := democam.Clip(seed, o.Clip)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	c := o.Clip
	media := manifest.Media{Kind: manifest.Demo, Clip: &manifest.Clip{
		Seed: seed, Width: c.Width, Height: c.Height, Frames: c.Frames, Span: c.Span, Aspect: c.Aspect,
		Actors: o.Mix, Ease: c.Ease, MinHeight: c.MinHeight, MaxHeight: c.MaxHeight,
	}}
	key := c.Frames / 2
	for i := range truth.Actors[:min(len(truth.Actors), maxDemoActors)] {
		a := &truth.Actors[i]
		if !isSeen(a) {
			b.skip("hardly to be seen in the clip")
			continue
		}
		box := a.Union(key)
		box = democam.Box{X0: rounded(box.X0), Y0: rounded(box.Y0), X1: rounded(box.X1), Y1: rounded(box.Y1)}
		if box.X1-box.X0 < minWidth || box.Y1-box.Y0 < minHeight {
			b.skip("hardly to be seen in the key frame")
			continue
		}
		w, h := float64(c.Width), float64(c.Height)
		b.add(manifest.Sample{
			ID: fmt.Sprintf("%d/%d", seed, i), Label: a.Action, Class: a.Action, Prompts: texts(prompt.FirstWord(a.Action)), Media: media, Key: key,
			Boxes: [][4]float64{{math.Ceil(box.X0*w - .5), math.Ceil(box.Y0*h - .5), math.Floor(box.X1*w - .5), math.Floor(box.Y1*h - .5)}},
			Space: [2]int{c.Width, c.Height},
		})
	}
	return nil
}

func isSeen(a *democam.ClipActor) bool {
	n := 0
	for frame := range a.Person {
		b := a.Union(frame)
		if rounded(b.X1)-rounded(b.X0) >= seenWidth && rounded(b.Y1)-rounded(b.Y0) >= seenHeight {
			n++
		}
	}
	return n >= seenFrames
}

// rounded gives a coordinate with the four decimals it has in the stream that training programs read.
func rounded(v float64) float64 { return math.Round(v*1e4) / 1e4 }
