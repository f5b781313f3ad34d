package dataset

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/videogem/videogem/engine/prompt"
	"github.com/videogem/videogem/pipeline/eval/manifest"
)

// YouCookOptions are what [YouCook] wants.
type YouCookOptions struct {
	Annotations string // final_dataset_annotations.pkl
	Segments    string // final_dataset_segments.pkl
	Captions    string // youcookii_annotations_trainval.json
	Media       Media

	// Decomposition says where the captions' verbs and objects come from: "" is a table that ships, made with the tagger that the
	// paper's code uses (words/make.py); [ByRule]; or a JSON file {caption: {"verbs": [...], "objects": [...]}}.
	Decomposition string
	// Filtered leaves out seven videos and takes the boxes of seven others as pixels of the video itself.
	Filtered bool
}

// Videos that the paper's code treats apart when it filters.
func youCookDropped() []string {
	return []string{"2HsWZdKKBGg", "OpURFOTdycE", "btikV_DUoCM", "9ekEjxd-A_Y", "DrXVuj1Qowo", "HF49t8uVJOE", "FliMoBfG72Y"}
}

func youCookNative() []string {
	return []string{"WYAFPvlDB_A", "vU2lND4YQjM", "oJZUxU9szWA", "1vJp-jaIaeE", "4Y8vVGsv4JE", "FzhJGCaaYVs", "30Q8k57Kbz4"}
}

const youCookScaled = "Re46osq_NkI"

// YouCook reads YouCook-Interactions (Tan et al., NeurIPS 2021): {video: {frame: (x1, y1, x2, y2)}}, frames counted from 1 at one a
// second, and the set of segments (video, start, end), whose captions are YouCook2's. A frame that lies in two segments is two
// samples. Boxes are pixels of the video, shrunk to 640x360 where it is larger; without media every video is taken for larger.
// Frames beside the key frame are a quarter of a second apart; pictures are <video>/<second>.jpg, the key frame's with a whole
// number (frame-1), the others' as Python prints them.
func YouCook(ctx context.Context, o YouCookOptions) (*manifest.Manifest, error) {
	root, err := openPickle(o.Annotations)
	if err != nil {
		return nil, err
	}
	captions, err := readYouCookCaptions(o.Segments, o.Captions)
	if err != nil {
		return nil, err
	}
	decompose, how, err := youCookDecomposition(o.Decomposition)
	if err != nil {
		return nil, err
	}
	b, err := newBuilder("youcook", o.Media, manifest.Skip, map[string]string{"filtered": strconv.FormatBool(o.Filtered), "decomposition": how})
	if err != nil {
		return nil, err
	}
	videos, err := root.members()
	if err != nil {
		return nil, err
	}
	for key, frames := range videos {
		if err := b.visit(ctx); err != nil {
			return nil, err
		}
		byFrame, err := frames.members()
		if err != nil {
			return nil, err
		}
		y := youCookVideo{name: fmt.Sprint(key), captions: captions[fmt.Sprint(key)], decompose: decompose, filtered: o.Filtered}
		for number, box := range byFrame {
			if err := b.visit(ctx); err != nil {
				return nil, err
			}
			frame, err := node{number, frames.path}.integer()
			if err != nil {
				return nil, err
			}
			if err := b.youCookFrame(ctx, y, frame, box); err != nil {
				return nil, err
			}
		}
	}
	return b.out, nil
}

// youCookVideo is a video as its key frames need it.
type youCookVideo struct {
	name      string
	captions  []youCookCaption
	decompose decomposer
	filtered  bool
}

// youCookFrame adds an annotated frame, once for every segment it lies in.
func (b *builder) youCookFrame(ctx context.Context, y youCookVideo, frame int, boxes node) error {
	box, err := boxes.box()
	if err != nil {
		return err
	}
	if y.filtered && slices.Contains(youCookDropped(), y.name) {
		b.skip("video filtered out")
		return nil
	}
	within := slices.DeleteFunc(slices.Clone(y.captions), func(c youCookCaption) bool { return float64(frame) < c.begin || float64(frame) > c.end })
	if len(within) == 0 {
		b.skip("in no captioned segment")
		return nil
	}
	second := frame - 1
	for _, c := range within {
		media, ok := b.frames(shot{
			key:       fmt.Sprintf("%s/%d.jpg", y.name, second),
			neighbour: func(i int) string { return y.name + "/" + pythonFloat(quarters(second, i)) + ".jpg" },
			video:     y.name,
			time:      func(i int) float64 { return quarters(second, i) },
			outside:   func(i int) bool { return quarters(second, i) < 0 },
		})
		if !ok {
			continue
		}
		space, err := b.youCookSpace(ctx, y, &media)
		if err != nil {
			return err
		}
		verbs, objects := y.decompose(c.text)
		b.add(manifest.Sample{
			ID: fmt.Sprintf("%s/%d/%g-%g", y.name, frame, c.begin, c.end), Label: c.text, Class: firstOr(verbs, "no verb"), Prompts: captionTexts(c.text, verbs, objects),
			Media: media, Key: clipKey, Boxes: [][4]float64{box}, Space: space,
		})
	}
	return nil
}

// youCookSpace is the frame that a video's boxes lie in.
func (b *builder) youCookSpace(ctx context.Context, y youCookVideo, m *manifest.Media) ([2]int, error) {
	scaled := [2]int{640, 360}
	if b.root == "" || y.filtered && y.name == youCookScaled {
		return scaled, nil
	}
	file := m.Path
	if m.Kind == manifest.Images {
		file = m.Paths[clipKey]
	}
	native, err := b.size(ctx, file, m.Kind == manifest.Video)
	if err != nil {
		return scaled, err
	}
	// The paper's code asks for both: a video no wider than 640 stays as it is however high.
	larger := native[0] > scaled[0] && native[1] > scaled[1]
	if larger && !(y.filtered && slices.Contains(youCookNative(), y.name)) {
		return scaled, nil
	}
	return native, nil
}

// captionTexts are the prompts of a caption with all its verbs and objects.
func captionTexts(caption string, verbs, objects []string) manifest.Prompts {
	none := texts(prompt.Parts{Action: caption})
	p := manifest.Prompts{Action: none.Action}
	for _, v := range verbs {
		p.Verbs = append(p.Verbs, texts(prompt.Parts{Verb: v}).Verbs...)
	}
	for _, o := range objects {
		p.Objects = append(p.Objects, texts(prompt.Parts{Object: o}).Objects...)
	}
	if len(p.Verbs) == 0 {
		p.Verbs = none.Verbs
	}
	if len(p.Objects) == 0 {
		p.Objects = none.Objects
	}
	return p
}

func firstOr(list []string, other string) string {
	if len(list) > 0 {
		return list[0]
	}
	return other
}
