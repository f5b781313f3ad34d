package dataset

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/videogem/videogem/engine/prompt"
	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// DemoOptions are what [Demo] wants.
type DemoOptions struct {
	Clips    int
	Seed     uint64 // of the first clip; each one after it has the next
	Clip     democam.ClipConfig
	Mix      string // Clip.Actors as text, which is what the manifest holds
	Pairs    bool   // score only actors beside one whom only motion tells from them; wants Clip.Twins
	Shuffle  bool   // put all frames but the key frame out of order
	Phrasing string // how actions are asked for: Plain, Trained or HeldOut
}

// described are the options as the manifest's header holds them, those that a usual set does not need only if they differ from its.
func (o *DemoOptions) described() (map[string]string, error) {
	c, usual := &o.Clip, democam.DefaultClipConfig()
	all := map[string]string{"clips": strconv.Itoa(o.Clips), "seed": strconv.FormatUint(o.Seed, 10), "actors": o.Mix}
	add := func(key string, is, usual any) {
		if is != usual {
			all[key] = fmt.Sprint(is)
		}
	}
	add("size", fmt.Sprintf("%dx%d", c.Width, c.Height), fmt.Sprintf("%dx%d", usual.Width, usual.Height))
	add("span", c.Span, usual.Span)
	add("aspect", c.Aspect, usual.Aspect)
	add("ease", c.Ease, usual.Ease)
	add("heights", fmt.Sprintf("%g-%g", c.MinHeight, c.MaxHeight), fmt.Sprintf("%g-%g", usual.MinHeight, usual.MaxHeight))
	add("pairs", o.Pairs, false)
	add("shuffle", o.Shuffle, false)
	add("phrasing", o.Phrasing, Plain)
	var variety map[string]any
	text, err := json.Marshal(c.Variety) // leaves out what is off
	if err == nil {
		err = json.Unmarshal(text, &variety)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err) // numbers that are none
	}
	for key, is := range variety {
		all[key] = fmt.Sprint(is)
	}
	return all, nil
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
	if o.Pairs && o.Clip.Twins == 0 {
		return nil, fmt.Errorf("%w: pairs of actions are scored only where twins are drawn", ErrOptions)
	}
	o.Clip.Actors = mix
	ask, unknown, err := newPhrasing(o.Phrasing)
	if err != nil {
		return nil, err
	}
	options, err := o.described()
	if err != nil {
		return nil, err
	}
	b, err := newBuilder("demo", Media{}, manifest.Skip, options)
	if err != nil {
		return nil, err
	}
	delete(b.out.Header.Options, "media")
	for i, action := range unknown {
		b.out.Header.Absent = append(b.out.Header.Absent, ask.text(action, i))
	}
	for i := range o.Clips {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := b.demoClip(&o, &ask, o.Seed+uint64(i)); err != nil {
			return nil, err
		}
	}
	return b.out, nil
}

func (b *builder) demoClip(o *DemoOptions, ask *phrasing, seed uint64) error {
	_, truth, err := democam.Clip(seed, o.Clip)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	c := o.Clip
	media := manifest.Media{Kind: manifest.Demo, Clip: manifest.NewClip(seed, c, o.Mix)}
	media.Clip.Shuffle = o.Shuffle
	key := c.Frames / 2
	for i := range truth.Actors[:min(len(truth.Actors), maxDemoActors)] {
		a := &truth.Actors[i]
		if o.Pairs && !paired(truth, a.Action) {
			b.skip("not told by motion alone")
			continue
		}
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
		asked := texts(prompt.FirstWord(a.Action))
		asked.Action = ask.next(a.Action)
		b.add(manifest.Sample{
			ID: fmt.Sprintf("%d/%d", seed, i), Label: a.Action, Class: a.Action, Prompts: asked, Media: media, Key: key,
			Boxes: [][4]float64{{math.Ceil(box.X0*w - .5), math.Ceil(box.Y0*h - .5), math.Floor(box.X1*w - .5), math.Floor(box.Y1*h - .5)}},
			Space: [2]int{c.Width, c.Height},
		})
	}
	return nil
}

// paired says whether somebody else in the clip does what only motion tells from this action.
func paired(truth *democam.ClipTruth, action string) bool {
	does := func(name string) bool {
		return slices.ContainsFunc(truth.Actors, func(a democam.ClipActor) bool { return a.Action == name })
	}
	return slices.ContainsFunc(democam.MotionPairs(), func(p [2]string) bool {
		return slices.Contains(p[:], action) && does(p[0]) && does(p[1])
	})
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
