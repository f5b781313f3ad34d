package dataset

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/videogem/videogem/engine/prompt"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// DALYOptions are what [DALY] wants.
type DALYOptions struct {
	Annotations string // daly1.1.0.pkl
	Media       Media
	Split       string // test, train or all
	FrameStep   int    // frames from one frame of a clip to the next; the paper's command has 32
}

// DALY reads the data set's pickle (Weinzaepfel et al., 2016): every key frame of every instance, with the box of the person who
// acts, in shares of the frame. Pictures are <video without extension>/<frame number>.jpg, numbered from 1.
func DALY(ctx context.Context, o DALYOptions) (*manifest.Manifest, error) {
	if o.FrameStep < 1 {
		return nil, fmt.Errorf("%w: frame step %d, want 1 or more", ErrOptions, o.FrameStep)
	}
	if !slices.Contains([]string{"test", "train", "all"}, o.Split) {
		return nil, fmt.Errorf("%w: split %q, want test, train or all", ErrOptions, o.Split)
	}
	root, err := openPickle(o.Annotations)
	if err != nil {
		return nil, err
	}
	test, err := dalyTestVideos(root)
	if err != nil {
		return nil, err
	}
	b, err := newBuilder("daly", o.Media, manifest.Skip, map[string]string{"split": o.Split, "frame-step": strconv.Itoa(o.FrameStep)})
	if err != nil {
		return nil, err
	}
	annot, err := root.get("annot")
	if err != nil {
		return nil, err
	}
	videos, err := annot.members()
	if err != nil {
		return nil, err
	}
	for key, video := range videos {
		name := fmt.Sprint(key)
		if o.Split != "all" && test[name] != (o.Split == "test") {
			continue
		}
		d := dalyVideo{name: name, step: o.FrameStep, last: dalyFrames(root, key)}
		if err := b.dalyVideo(ctx, d, video); err != nil {
			return nil, err
		}
	}
	return b.out, nil
}

func dalyTestVideos(root node) (map[string]bool, error) {
	splits, err := root.get("splits")
	if err != nil {
		return nil, err
	}
	lists, err := splits.items()
	if err != nil {
		return nil, err
	}
	if len(lists) == 0 {
		return nil, fmt.Errorf("%w: %s is empty", ErrAnnotations, splits.path)
	}
	names, err := lists[0].items()
	if err != nil {
		return nil, err
	}
	test := map[string]bool{}
	for _, n := range names {
		name, err := n.text()
		if err != nil {
			return nil, err
		}
		test[name] = true
	}
	return test, nil
}

// dalyFrames is the number of a video's frames, 0 where it is not told.
func dalyFrames(root node, video any) int {
	n := root
	var err error
	for _, key := range []any{"metadata", video, "nbframes_ffmpeg"} {
		if n, err = n.get(key); err != nil {
			return 0
		}
	}
	last, err := n.integer()
	if err != nil {
		return 0
	}
	return last
}

// dalyVideo is a video as its key frames need it.
type dalyVideo struct {
	name string
	step int
	last int // number of the last frame, 0 if unknown
}

// dalyVideo adds a video's key frames.
func (b *builder) dalyVideo(ctx context.Context, d dalyVideo, video node) error {
	annot, err := video.get("annot")
	if err != nil {
		return err
	}
	labels, err := annot.members()
	if err != nil {
		return err
	}
	for label, instances := range labels {
		list, err := instances.items()
		if err != nil {
			return err
		}
		for _, instance := range list {
			if err := b.visit(ctx); err != nil {
				return err
			}
			keyframes, err := instance.get("keyframes")
			if err != nil {
				return err
			}
			frames, err := keyframes.items()
			if err != nil {
				return err
			}
			for _, f := range frames {
				if err := b.visit(ctx); err != nil {
					return err
				}
				if err := b.dalyFrame(d, fmt.Sprint(label), f); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (b *builder) dalyFrame(d dalyVideo, label string, keyframe node) error {
	boxes, err := keyframe.get("boundingBox")
	if err != nil {
		return err
	}
	box, err := boxes.box()
	if err != nil {
		return err
	}
	number, err := keyframe.get("frameNumber")
	if err != nil {
		return err
	}
	frame, err := number.integer()
	if err != nil {
		return err
	}
	at := func(i int) int { return frame + i*d.step }
	picture := func(i int) string { return fmt.Sprintf("%s/%d.jpg", stem(d.name), at(i)) }
	media, ok := b.frames(shot{
		key: picture(0), neighbour: picture, video: d.name,
		frame:   func(i int) int { return at(i) - 1 },
		outside: func(i int) bool { return at(i) < 1 || d.last > 0 && at(i) > d.last },
	})
	if !ok {
		return nil
	}
	b.add(manifest.Sample{
		ID: fmt.Sprintf("%s/%d/%s", d.name, frame, label), Label: label, Class: label, Prompts: texts(prompt.CamelCase(label)), Media: media, Key: clipKey,
		Boxes: [][4]float64{box}, Space: [2]int{1, 1},
	})
	return nil
}
