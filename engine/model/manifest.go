// Package model finds models: by name, as a folder with a model.json, or as a bare checkpoint file. It holds the demo model.
package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/onnx"
)

// ErrManifest means that a model.json cannot be read or contradicts its checkpoint.
var ErrManifest = errors.New("bad model.json")

// Family is a kind of model.
type Family string

// The families.
const (
	FamilyCLIP     Family = "clip"     // OpenAI's CLIP, in its own layout or Hugging Face's
	FamilyOpenCLIP Family = "openclip" // OpenCLIP
	FamilyViCLIP   Family = "viclip"   // ViCLIP: clips of several frames
)

// Manifest is what a model.json says. What the weights tell may be left out; a value that contradicts them is an error.
type Manifest struct {
	Name          string          `json:"name"`
	Family        Family          `json:"family"`
	Checkpoint    string          `json:"checkpoint"`
	Frames        int             `json:"frames"`
	ClipSeconds   float64         `json:"clip_seconds"` // time a clip covers in live video
	ImageSize     [2]int          `json:"image_size"`   // height, width
	PatchSize     int             `json:"patch_size"`
	VisionHeads   int             `json:"vision_heads"`
	TextHeads     int             `json:"text_heads"`
	Activation    onnx.Activation `json:"activation"`
	ContextLength int             `json:"context_length"`
	Mean          [3]float32      `json:"mean"`
	Std           [3]float32      `json:"std"`
	Resize        Resize          `json:"resize"`
	GEM           GEM             `json:"gem"`
	Notice        string          `json:"notice,omitempty"` // an honest line that people see beside the model's answers
	License       string          `json:"license,omitempty"`
	Source        string          `json:"source,omitempty"`
}

// GEM are the method's settings.
type GEM struct {
	Depth       int       `json:"depth"`
	Iterations  int       `json:"iterations"`
	Temperature *float32  `json:"temperature"` // null: from the data
	Weights     string    `json:"weights"`
	Scope       gem.Scope `json:"scope"`
}

// Resize says how pictures are brought to the model's size.
type Resize string

// The ways to resize.
const (
	BilinearStretch Resize = "bilinear-stretch" // OpenCV's INTER_LINEAR, no crop (ViCLIP)
	BicubicStretch  Resize = "bicubic-stretch"  // Pillow's BICUBIC, no crop (GEM on CLIP)
	BicubicCrop     Resize = "bicubic-crop"     // Pillow's BICUBIC of the shorter side, then the centre (CLIP)
)

// ParseManifest reads a model.json strictly: an unknown key is an error. The error wraps ErrManifest.
func ParseManifest(data []byte) (Manifest, error) {
	var m Manifest
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return m, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	if m.Family != "" && !slices.Contains([]Family{FamilyCLIP, FamilyOpenCLIP, FamilyViCLIP}, m.Family) {
		return m, fmt.Errorf("%w: family %q: use clip, openclip or viclip", ErrManifest, m.Family)
	}
	if m.Resize != "" && !slices.Contains([]Resize{BilinearStretch, BicubicStretch, BicubicCrop}, m.Resize) {
		return m, fmt.Errorf("%w: resize %q: use bilinear-stretch, bicubic-stretch or bicubic-crop", ErrManifest, m.Resize)
	}
	if m.Activation != "" && m.Activation != onnx.QuickGELU && m.Activation != onnx.GELU {
		return m, fmt.Errorf("%w: activation %q: use quick_gelu or gelu", ErrManifest, m.Activation)
	}
	if m.GEM.Weights != "" {
		if _, err := gem.ParseWeights(m.GEM.Weights); err != nil {
			return m, fmt.Errorf("%w: gem.weights: %w", ErrManifest, err)
		}
	}
	if m.GEM.Scope != "" {
		if _, err := gem.ParseScope(string(m.GEM.Scope)); err != nil {
			return m, fmt.Errorf("%w: gem.scope: %w", ErrManifest, err)
		}
	}
	return m, nil
}

// ClipDuration is the time a clip covers in live video.
func (m Manifest) ClipDuration() time.Duration {
	return time.Duration(m.ClipSeconds * float64(time.Second))
}

// complete fills in what was left out, from the weights and the family's habits, and checks what was said.
func (m *Manifest) complete(w *onnx.Weights) error {
	s, err := w.Sizes()
	if err != nil {
		return err
	}
	if m.Family == "" {
		m.Family = FamilyCLIP
		if w.Layout == onnx.ViCLIP {
			m.Family = FamilyViCLIP
		}
	}
	for _, v := range []struct {
		key  string
		said *int
		told int
	}{
		{"patch_size", &m.PatchSize, s.Patch},
		{"context_length", &m.ContextLength, s.Text},
		{"frames", &m.Frames, s.Frames},
	} {
		if *v.said == 0 {
			*v.said = v.told
		}
		if *v.said != v.told {
			return fmt.Errorf("%w: %s is %d, but the checkpoint says %d", ErrManifest, v.key, *v.said, v.told)
		}
	}
	if m.ImageSize == [2]int{} {
		m.ImageSize = [2]int{s.Grid * s.Patch, s.Grid * s.Patch}
		if m.Family != FamilyViCLIP {
			m.ImageSize = [2]int{448, 448} // GEM's resolution for images
		}
	}
	setDefault(&m.VisionHeads, max(1, s.Width/64))
	setDefault(&m.TextHeads, max(1, s.TextWidth/64))
	setDefault(&m.ClipSeconds, 2)
	setDefault(&m.Activation, onnx.QuickGELU)
	setDefault(&m.GEM.Depth, 7)
	setDefault(&m.GEM.Iterations, 1)
	setDefault(&m.GEM.Weights, "videogem")
	setDefault(&m.GEM.Scope, gem.Joint)
	if m.Family == FamilyViCLIP { // ImageNet's statistics
		setDefault(&m.Mean, [3]float32{.485, .456, .406})
		setDefault(&m.Std, [3]float32{.229, .224, .225})
		setDefault(&m.Resize, BilinearStretch)
	} else { // OpenAI's
		setDefault(&m.Mean, [3]float32{.48145466, .4578275, .40821073})
		setDefault(&m.Std, [3]float32{.26862954, .26130258, .27577711})
		setDefault(&m.Resize, BicubicStretch)
	}
	return nil
}

func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// Image is the configuration of the manifest's image tower.
func (m Manifest) Image() onnx.ImageConfig {
	c := onnx.ImageConfig{
		Heads: m.VisionHeads, Activation: m.Activation, Height: m.ImageSize[0], Width: m.ImageSize[1], Frames: m.Frames, Mean: m.Mean, Std: m.Std,
		Depth: m.GEM.Depth, Iterations: m.GEM.Iterations, Scope: m.GEM.Scope,
	}
	if m.GEM.Temperature != nil {
		c.Temperature = *m.GEM.Temperature
	}
	return c
}

// Text is the configuration of the manifest's text tower.
func (m Manifest) Text() onnx.TextConfig {
	return onnx.TextConfig{Heads: m.TextHeads, Activation: m.Activation}
}
