package model

import (
	"fmt"

	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/onnx"
)

// vocabulary is the number of tokens that CLIP's tokenizer knows, the only one here.
const vocabulary = 49408

// gemSize is the side of the pictures that GEM gives to CLIP, in pixels.
const gemSize = 448

// complete fills in what model.json left out, from the files beside the checkpoint, the weights and the family's habits, and
// compares what it said with the weights. It gives what had to be assumed, since no file says it.
func (m *Manifest) complete(layout onnx.Layout, s onnx.Sizes, b beside) ([]assumption, error) {
	setDefault(&m.Family, b.family)
	if m.Family == "" {
		m.Family = FamilyCLIP
		if layout == onnx.ViCLIP {
			m.Family = FamilyViCLIP
		}
	}
	if (m.Family == FamilyViCLIP) != (layout == onnx.ViCLIP) {
		return nil, fmt.Errorf("%w: family is %s, but the checkpoint's tensors are named in the layout %s", ErrManifest, m.Family, layout)
	}
	if s.Vocab != vocabulary {
		return nil, fmt.Errorf("%w: the token embedding has %d rows, but CLIP's tokenizer, the only one here, knows %d tokens; this model needs another tokenizer",
			ErrConfig, s.Vocab, vocabulary)
	}
	if m.Frames == 0 {
		m.Frames = s.Frames
	}
	if m.Frames > s.Frames {
		return nil, fmt.Errorf("%w: frames is %d, but the checkpoint has temporal positions for %d", ErrManifest, m.Frames, s.Frames)
	}
	for _, v := range []struct {
		key  string
		said *int
		told int
	}{
		{"patch_size", &m.PatchSize, s.Patch},
		{"context_length", &m.ContextLength, s.Text},
	} {
		setDefault(v.said, v.told)
		if *v.said != v.told {
			return nil, fmt.Errorf("%w: %s is %d, but the checkpoint says %d", ErrManifest, v.key, *v.said, v.told)
		}
	}
	assumed, err := m.completeHeads(s, b)
	if err != nil {
		return nil, err
	}
	if err := m.completeImageSize(s); err != nil {
		return nil, err
	}
	setDefault(&m.Activation, b.activation)
	if m.Family == FamilyOpenCLIP {
		setDefault(&m.Activation, onnx.GELU)
	}
	if m.Activation == "" {
		m.Activation = onnx.QuickGELU
		assumed = append(assumed, assumption{"activation", m.Activation})
	}
	setDefault(&m.Mean, b.mean)
	setDefault(&m.Std, b.std)
	if m.Family == FamilyViCLIP { // ImageNet's statistics
		setDefault(&m.Mean, [3]float32{.485, .456, .406})
		setDefault(&m.Std, [3]float32{.229, .224, .225})
		setDefault(&m.Resize, BilinearStretch)
	}
	setDefault(&m.Mean, [3]float32{.48145466, .4578275, .40821073}) // OpenAI's
	setDefault(&m.Std, [3]float32{.26862954, .26130258, .27577711})
	setDefault(&m.Resize, BicubicStretch)
	setDefault(&m.ClipSeconds, 2)
	if n := len(m.LiveAges); n > 0 && n != m.Frames {
		return nil, fmt.Errorf("%w: live_ages has %d numbers, but a clip has %d frames", ErrManifest, n, m.Frames)
	}
	setDefault(&m.GEM.Depth, 7)
	setDefault(&m.GEM.Iterations, 1)
	setDefault(&m.GEM.Weights, "videogem")
	setDefault(&m.GEM.Scope, gem.Joint)
	return assumed, nil
}

// completeHeads settles the numbers of heads, which no tensor's shape tells: OpenAI's towers have one per 64 channels. It gives those that
// no file says.
func (m *Manifest) completeHeads(s onnx.Sizes, b beside) (assumed []assumption, err error) {
	for _, v := range []struct {
		key    string
		said   *int
		beside int
		width  int
	}{
		{"vision_heads", &m.VisionHeads, b.visionHeads, s.Width},
		{"text_heads", &m.TextHeads, b.textHeads, s.TextWidth},
	} {
		setDefault(v.said, v.beside)
		if *v.said == 0 {
			*v.said = max(1, v.width/64)
			assumed = append(assumed, assumption{v.key, *v.said})
		}
		if v.width%*v.said != 0 {
			return nil, fmt.Errorf("%w: %s is %d, but the checkpoint's width is %d, which that does not divide", ErrManifest, v.key, *v.said, v.width)
		}
	}
	return assumed, nil
}

func (m *Manifest) completeImageSize(s onnx.Sizes) error {
	if m.ImageSize == [2]int{} {
		side := s.Grid * s.Patch
		if m.Family != FamilyViCLIP {
			side = max(1, gemSize/s.Patch) * s.Patch
		}
		m.ImageSize = [2]int{side, side}
	}
	if m.ImageSize[0]%s.Patch != 0 || m.ImageSize[1]%s.Patch != 0 {
		return fmt.Errorf("%w: image_size is %v, but the checkpoint's patch size is %d: give multiples of it", ErrManifest, m.ImageSize, s.Patch)
	}
	return nil
}

func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}
