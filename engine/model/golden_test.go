package model_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/checkpoint"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/model"
)

// goldenFolder is where the full golden set is.
func goldenFolder(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("VIDEOGEM_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	dir, err := filepath.Abs(filepath.Join(dir, "golden"))
	require.NoError(t, err)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the full golden set is not there: %v", err)
	}
	return dir
}

// Models of all families, found as users have them, give the authors' heat: the files beside the checkpoints were understood.
func TestGoldenModels(t *testing.T) {
	golden := goldenFolder(t)
	viclip := t.TempDir()
	text, err := json.Marshal(model.Manifest{Checkpoint: filepath.Join(golden, "viclip.pth"), VisionHeads: 4, TextHeads: 2})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(viclip, "model.json"), text, 0o600))
	var meta struct{ Prompts []string }
	data, err := os.ReadFile(filepath.Join(golden, "meta.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &meta))

	for _, c := range []struct {
		name, model   string
		scope         gem.Scope
		height, width int
		key           string
	}{
		{"openai_clip", filepath.Join(golden, "openai_clip.pt"), "", 64, 64, ""},
		{"openclip", filepath.Join(golden, "openclip"), "", 96, 128, ""},
		{"openclip", filepath.Join(golden, "openclip", "open_clip_model.safetensors"), "", 64, 64, ""},
		{"hf_clip", filepath.Join(golden, "hf_clip"), "", 96, 128, ""},
		{"viclip", viclip, gem.Official4, 64, 64, "w13/"},
	} {
		t.Run(c.name+" "+filepath.Base(c.model), func(t *testing.T) {
			weights := gem.VideoGEM
			e, err := engine.Open(t.Context(), engine.Options{Model: c.model, Scope: c.scope, Height: c.height, Width: c.width})
			if errors.Is(err, engine.ErrNoLibrary) {
				t.Skip(err)
			}
			require.NoError(t, err)
			defer func() { require.NoError(t, e.Close()) }()
			tensors, err := checkpoint.Open(filepath.Join(golden, c.name+".golden.safetensors"))
			require.NoError(t, err)
			defer func() { require.NoError(t, tensors.Close()) }()
			group := fmt.Sprintf("r%dx%d/c0/", c.height, c.width)
			frames, err := tensors.Tensor(group + "frames_u8")
			require.NoError(t, err)
			heat, err := tensors.Tensor(group + c.key + "heat_low")
			require.NoError(t, err)
			want, err := heat.Float32()
			require.NoError(t, err)
			want = want[len(want)*3/4:] // the last of four modes: static and dynamic

			r, err := e.Ground(t.Context(), engine.Request{
				Clip:    engine.Clip{Frames: e.Spec().Frames, H: c.height, W: c.width, Pix: frames.Bytes()},
				Prompts: meta.Prompts, Weights: &weights,
			})
			require.NoError(t, err)
			for _, p := range r.Prompts {
				for _, m := range p.Heat {
					for i, v := range m.Data {
						require.InDelta(t, want[i], v, 1e-4, "%s, %d", p.Prompt, i)
					}
					want = want[len(m.Data):]
				}
			}
			require.Empty(t, want)
		})
	}
}
