package dataset

import (
	"context"
	"fmt"
	"math"
	"path"
	"strconv"

	"github.com/videogem/videogem/engine/prompt"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// VHICOOptions are what [VHICO] wants.
type VHICOOptions struct {
	Annotations string // gt_bbox_test.json, which is a pickle whatever its name says
	Media       Media
	FrameStep   int // frames from one frame of a clip to the next; the paper's code has 4
	FirstFrame  int // number of a video's first frame in the names of the frames
}

// VHICO reads {"annos": {action: {video: [{path, label, object, human, width, height}]}}} (Li et al., ICCV 2021). The target is the
// one rectangle around all people and objects of the frame. Key frames are <path> in the folder, the others
// <action>/<video>/<frame>.jpg; where one of these is missing, the key frame stands in every place.
func VHICO(ctx context.Context, o VHICOOptions) (*manifest.Manifest, error) {
	if o.FrameStep < 1 {
		return nil, fmt.Errorf("%w: frame step %d, want 1 or more", ErrOptions, o.FrameStep)
	}
	root, err := openPickle(o.Annotations)
	if err != nil {
		return nil, err
	}
	b, err := newBuilder("vhico", o.Media, manifest.Repeat, map[string]string{
		"frame-step": strconv.Itoa(o.FrameStep), "first-frame": strconv.Itoa(o.FirstFrame),
	})
	if err != nil {
		return nil, err
	}
	b.out.Header.Float32 = true
	annos, err := root.get("annos")
	if err != nil {
		return nil, err
	}
	actions, err := annos.members()
	if err != nil {
		return nil, err
	}
	for action, videos := range actions {
		byVideo, err := videos.members()
		if err != nil {
			return nil, err
		}
		for video, records := range byVideo {
			items, err := records.items()
			if err != nil {
				return nil, err
			}
			if err := b.visit(ctx); err != nil {
				return nil, err
			}
			for _, r := range items {
				if err := b.visit(ctx); err != nil {
					return nil, err
				}
				if err := b.vhico(o, fmt.Sprint(action), fmt.Sprint(video), r); err != nil {
					return nil, err
				}
			}
		}
	}
	return b.out, nil
}

// vhico adds one annotated frame.
func (b *builder) vhico(o VHICOOptions, action, video string, record node) error {
	r, err := readVHICO(record)
	if err != nil {
		return err
	}
	if !r.hasBox {
		b.skip(noBox)
		return nil
	}
	media, ok := b.frames(shot{
		key:       r.file,
		neighbour: func(i int) string { return fmt.Sprintf("%s/%s/%d.jpg", action, video, r.frame+i*o.FrameStep) },
		video:     action + "/" + video,
		frame:     func(i int) int { return r.frame - o.FirstFrame + i*o.FrameStep },
	})
	if !ok {
		return nil
	}
	b.add(manifest.Sample{
		ID: r.file, Label: r.label, Class: action, Prompts: texts(prompt.FirstWord(r.label)), Media: media, Key: clipKey,
		Boxes: [][4]float64{r.box}, Space: [2]int{r.width, r.height},
	})
	return nil
}

// vhicoRecord is an annotated frame.
type vhicoRecord struct {
	file, label   string
	frame         int
	box           [4]float64
	hasBox        bool
	width, height int
}

func readVHICO(n node) (vhicoRecord, error) {
	var r vhicoRecord
	var err error
	field := func(name string, read func(node) error) {
		if err != nil {
			return
		}
		var v node
		if v, err = n.get(name); err == nil {
			err = read(v)
		}
	}
	field("path", func(v node) (err error) { r.file, err = v.text(); return err })
	field("label", func(v node) (err error) { r.label, err = v.text(); return err })
	field("width", func(v node) (err error) { r.width, err = v.integer(); return err })
	field("height", func(v node) (err error) { r.height, err = v.integer(); return err })
	r.box = [4]float64{math.Inf(1), math.Inf(1), 0, 0}
	for _, name := range []string{"object", "human"} {
		field(name, func(v node) error { return r.join(v) })
	}
	if err != nil {
		return r, err
	}
	name := path.Base(r.file)
	if r.frame, err = strconv.Atoi(name[:len(name)-len(path.Ext(name))]); err != nil {
		return r, fmt.Errorf("%w: %s: path %q does not end in a frame's number", ErrAnnotations, n.path, r.file)
	}
	return r, nil
}

// join widens the target by a list of boxes.
func (r *vhicoRecord) join(boxes node) error {
	items, err := boxes.items()
	if err != nil {
		return err
	}
	for _, item := range items {
		b, err := item.box()
		if err != nil {
			return err
		}
		r.box = [4]float64{min(r.box[0], b[0]), min(r.box[1], b[1]), max(r.box[2], b[2]), max(r.box[3], b[3])}
		r.hasBox = true
	}
	return nil
}
