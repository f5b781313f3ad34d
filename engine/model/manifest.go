// Package model finds models: by name, as a folder, or as a bare checkpoint file; it reads what stands beside a checkpoint, fetches
// models from a hub and keeps them. It holds the demo model.
package model

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
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

// Manifest is what a model.json says. What is left out comes from the files beside the checkpoint, the weights, and the family's
// habits, in that order; a value that contradicts the weights is an error.
type Manifest struct {
	Name          string          `json:"name,omitzero"`
	Family        Family          `json:"family,omitzero"`
	Checkpoint    string          `json:"checkpoint,omitzero"` // file in the same folder, or an absolute path; "": the one that is there
	Frames        int             `json:"frames,omitzero"`
	ClipSeconds   float64         `json:"clip_seconds,omitzero"` // time a clip covers in live video
	LiveAges      []float64       `json:"live_ages,omitempty"`   // of a clip's frames before its newest in live video, oldest first, in shares of clip_seconds; none: evenly
	ImageSize     [2]int          `json:"image_size,omitzero"`   // height, width
	PatchSize     int             `json:"patch_size,omitzero"`
	VisionHeads   int             `json:"vision_heads,omitzero"`
	TextHeads     int             `json:"text_heads,omitzero"`
	Activation    onnx.Activation `json:"activation,omitzero"`
	ContextLength int             `json:"context_length,omitzero"`
	Mean          [3]float32      `json:"mean,omitzero"`
	Std           [3]float32      `json:"std,omitzero"`
	Resize        Resize          `json:"resize,omitzero"`
	GEM           GEM             `json:"gem,omitzero"`
	Threshold     *float64        `json:"threshold,omitzero"` // calibrated cosine of clip and prompt from which the prompt counts as there; nil: not calibrated
	Notice        string          `json:"notice,omitzero"`    // an honest line that people see beside the model's answers
	Known         []string        `json:"known,omitzero"`     // prompts that the model is known to understand, to be suggested; none: it is not tied to any
	License       string          `json:"license,omitzero"`
	Source        string          `json:"source,omitzero"` // hub repository and revision
	Files         []File          `json:"files,omitempty"` // what was pulled
}

// GEM are the method's settings.
type GEM struct {
	Depth       int       `json:"depth,omitzero"`
	Iterations  int       `json:"iterations,omitzero"`
	Temperature *float32  `json:"temperature,omitzero"` // null: from the data
	Weights     string    `json:"weights,omitzero"`
	Scope       gem.Scope `json:"scope,omitzero"`
}

// File is a file of a pulled model.
type File struct {
	Path   string `json:"path"` // relative to the model's folder
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Resize says how pictures are brought to the model's size.
type Resize string

// The ways to resize.
const (
	BilinearStretch Resize = "bilinear-stretch" // OpenCV's INTER_LINEAR, no crop (ViCLIP)
	BicubicStretch  Resize = "bicubic-stretch"  // Pillow's BICUBIC, no crop (GEM on CLIP)
	BicubicCrop     Resize = "bicubic-crop"     // Pillow's BICUBIC of the shorter side, then the centre (CLIP)
)

// What a model.json may ask for at most; real models stay far below.
const (
	maxCount   = 1 << 16 // heads, frames, pixels of a side, and the like
	maxSeconds = 3600
)

// ParseManifest reads a model.json strictly: an unknown key is an error, and so is a value that no model can have. The error
// wraps ErrManifest and names the key.
func ParseManifest(data []byte) (Manifest, error) {
	var m Manifest
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Manifest{}, fmt.Errorf("%w: something follows the closing brace", ErrManifest)
	}
	if err := m.check(); err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	return m, nil
}

// check looks at each value by itself.
func (m Manifest) check() error {
	if err := errors.Join(
		oneOf("family", m.Family, FamilyCLIP, FamilyOpenCLIP, FamilyViCLIP),
		oneOf("resize", m.Resize, BilinearStretch, BicubicStretch, BicubicCrop),
		oneOf("activation", m.Activation, onnx.QuickGELU, onnx.GELU),
	); err != nil {
		return err
	}
	for _, n := range []struct {
		key   string
		value int
	}{
		{"frames", m.Frames},
		{"image_size", m.ImageSize[0]},
		{"image_size", m.ImageSize[1]},
		{"patch_size", m.PatchSize},
		{"vision_heads", m.VisionHeads},
		{"text_heads", m.TextHeads},
		{"context_length", m.ContextLength},
		{"gem.depth", m.GEM.Depth},
		{"gem.iterations", m.GEM.Iterations},
	} {
		if n.value < 0 || n.value > maxCount {
			return fmt.Errorf("%s is %d: use 1 to %d, or leave it out", n.key, n.value, maxCount)
		}
	}
	if (m.ImageSize[0] == 0) != (m.ImageSize[1] == 0) {
		return fmt.Errorf("image_size is %v: give height and width, both in pixels", m.ImageSize)
	}
	if m.ClipSeconds < 0 || m.ClipSeconds > maxSeconds {
		return fmt.Errorf("clip_seconds is %v: use a time over 0 and up to %d", m.ClipSeconds, maxSeconds)
	}
	for i, a := range m.LiveAges {
		if !(a >= 0 && a <= 1) || i > 0 && a > m.LiveAges[i-1] || i == len(m.LiveAges)-1 && a != 0 {
			return fmt.Errorf("live_ages is %v: use shares of clip_seconds, 0 to 1, that fall to 0", m.LiveAges)
		}
	}
	if t := m.Threshold; t != nil && (*t < -1 || *t > 1) {
		return fmt.Errorf("threshold is %v: use a cosine, -1 to 1, or leave it out", *t)
	}
	if m.Std != [3]float32{} && slices.Min(m.Std[:]) <= 0 {
		return fmt.Errorf("std is %v: pixels are divided by it, so all three must be over 0", m.Std)
	}
	if t := m.GEM.Temperature; t != nil && *t <= 0 {
		return fmt.Errorf("gem.temperature is %v: use a number over 0, or null to take it from the data", *t)
	}
	if m.GEM.Weights != "" {
		if _, err := gem.ParseWeights(m.GEM.Weights); err != nil {
			return fmt.Errorf("gem.weights: %w", err)
		}
	}
	if m.GEM.Scope != "" {
		if _, err := gem.ParseScope(string(m.GEM.Scope)); err != nil {
			return fmt.Errorf("gem.scope: %w", err)
		}
	}
	for i, f := range m.Files {
		sum, err := hex.DecodeString(f.SHA256)
		if !filepath.IsLocal(f.Path) || f.Size < 0 || err != nil || len(sum) != 32 {
			return fmt.Errorf("files[%d] is %+v: wanted a path inside the folder, a size in bytes and a sha256 of 64 hexadecimal digits", i, f)
		}
	}
	return nil
}

func oneOf[T ~string](key string, value T, allowed ...T) error {
	if value == "" || slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("%s is %q: use one of %v, or leave it out", key, value, allowed)
}

// ClipDuration is the time a clip covers in live video.
func (m Manifest) ClipDuration() time.Duration {
	return time.Duration(m.ClipSeconds * float64(time.Second))
}

// Image is the configuration of the manifest's image tower.
func (m Manifest) Image() onnx.ImageConfig {
	c := onnx.ImageConfig{
		Heads: m.VisionHeads, Activation: m.Activation, Height: m.ImageSize[0], Width: m.ImageSize[1], Frames: m.Frames, Mean: m.Mean, Std: m.Std,
		Depth: m.GEM.Depth, Iterations: m.GEM.Iterations, Scopes: []gem.Scope{m.GEM.Scope},
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
