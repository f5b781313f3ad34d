package offline

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/checkpoint"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/imaging"
	"github.com/videogem/videogem/pipeline/democam"
	"github.com/videogem/videogem/pipeline/internal/media"
	"github.com/videogem/videogem/pipeline/internal/wholefile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ground runs and gives the report; it skips where ONNX Runtime is not installed.
func ground(t *testing.T, o Options) (Report, error) {
	t.Helper()
	var out bytes.Buffer
	o.JSON, o.Stdout = "-", &out
	r, err := groundTo(t, o)
	if err != nil {
		return Report{}, err
	}
	var read Report
	require.NoError(t, json.Unmarshal(out.Bytes(), &read))
	require.Len(t, read.Clips, len(r.Clips))
	return read, nil
}

// groundTo is ground with outputs as they are asked for.
func groundTo(t *testing.T, o Options) (*Report, error) {
	t.Helper()
	if o.Fusion == "" {
		o.Fusion = gem.FusionPoint
	}
	o.Engine.Threads = 1
	r, err := Run(t.Context(), o)
	if errors.Is(err, engine.ErrNoLibrary) {
		t.Skip(err)
	}
	return r, err
}

// filmed is a clip of the demo camera at some size, and the truth of its key frame.
func filmed(t *testing.T, w, h, frames int) (pix []byte, truth democam.Truth) {
	t.Helper()
	camera, err := democam.New(democam.Config{Seed: 11, Width: w, Height: h, FPS: 4, Actions: democam.StrongActions()})
	require.NoError(t, err)
	for i := range frames {
		frame := make([]byte, w*h*3)
		now := camera.Frame(frame)
		if i == frames/2 {
			truth = now
		}
		pix = append(pix, frame...)
	}
	return pix, truth
}

func writeU8(t *testing.T, data []byte, shape string) string {
	t.Helper()
	header := fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (%s), }\n", shape)
	b := []byte("\x93NUMPY\x01\x00")
	b = binary.LittleEndian.AppendUint16(b, uint16(len(header)))
	path := filepath.Join(t.TempDir(), "clip.npy")
	require.NoError(t, os.WriteFile(path, append(append(b, header...), data...), 0o600))
	return path
}

func TestArrayOfTheDemoCamera(t *testing.T) {
	pix, _ := filmed(t, 320, 180, 16)
	path := writeU8(t, pix, "2, 8, 180, 320, 3")
	_, truth := filmed(t, 320, 180, 8)
	var prompts []string
	for _, a := range truth.Actors {
		prompts = append(prompts, "a person "+a.Action)
	}
	dir := t.TempDir()
	r, err := ground(t, Options{Input: path, Prompts: prompts, Maps: filepath.Join(dir, "m.npz"), Out: filepath.Join(dir, "sheet.png")})
	require.NoError(t, err)
	require.Equal(t, "demo", r.Model)
	require.Len(t, r.Clips, 2)
	hits := 0
	for i, p := range r.Clips[0].Prompts {
		x, y := float64(p.PointSource[0])/320, float64(p.PointSource[1])/180
		if truth.Union(i).Contains(x, y) {
			hits++
		}
		require.Equal(t, kindPrompt, p.Kind)
		require.NotNil(t, p.Box)
	}
	require.GreaterOrEqual(t, hits, 2, "the demo model finds most actors")
	data, err := os.ReadFile(filepath.Join(dir, "m.npz"))
	require.NoError(t, err)
	heat := member(t, data, "heat")
	require.Equal(t, []int{2, len(prompts), 8, 8, 8}, heat.Shape)
	require.Equal(t, []int{len(prompts), 128}, member(t, data, "text").Shape)
	require.Equal(t, []int{2, 128}, member(t, data, "video").Shape)
	require.Equal(t, []int{2, len(prompts), 8}, member(t, data, "weights").Shape)
	f, err := os.Open(filepath.Join(dir, "sheet.png"))
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	picture, err := png.DecodeConfig(f)
	require.NoError(t, err)
	require.Equal(t, 640, picture.Width, "two clips side by side")
}

// member reads an array of an .npz file.
func member(t *testing.T, data []byte, name string) *Array {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	f, err := z.Open(name + ".npy")
	require.NoError(t, err)
	raw, err := io.ReadAll(f)
	require.NoError(t, err)
	a, err := ParseNPY(raw)
	require.NoError(t, err)
	return a
}

func TestActionsAreDecomposedAndFused(t *testing.T) {
	pix, _ := filmed(t, 96, 96, 8)
	r, err := ground(t, Options{Input: writeU8(t, pix, "8, 96, 96, 3"), Prompts: []string{"a ladder"}, Actions: []string{"climbing a ladder"}})
	require.NoError(t, err)
	c := r.Clips[0]
	var kinds, texts []string
	for _, p := range c.Prompts {
		kinds, texts = append(kinds, p.Kind), append(texts, p.Text)
	}
	require.Equal(t, []string{kindPrompt, kindVerb, kindObject, kindAction}, kinds)
	require.Equal(t, []string{"a ladder", "A photo of a person climbing something.", "A photo of a person using ladder.", "A photo of a person climbing a ladder."}, texts)
	a := c.Actions[0]
	v, o, w := c.Prompts[1].Point, c.Prompts[2].Point, c.Prompts[3].Point
	require.Equal(t, [2]int{(3*w[0] + v[0] + o[0]) / 5, (3*w[1] + v[1] + o[1]) / 5}, *a.Point)
	require.Equal(t, "climbing", a.Verb)
}

// TestVideoPicturesAndFolder writes a film with the package's own encoder, and reads it and its pictures back.
func TestVideoPicturesAndFolder(t *testing.T) {
	dir := t.TempDir()
	camera, err := democam.New(democam.Config{Seed: 3, Width: 160, Height: 91, FPS: 10})
	require.NoError(t, err)
	path := filepath.Join(dir, "film.webm")
	file, err := wholefile.Create(t.Context(), path)
	require.NoError(t, err)
	e, err := newFilmEncoder(path, file, media.Frame{Picture: imaging.RGB{W: 160, H: 91}, Duration: 100 * time.Millisecond}, nil)
	require.NoError(t, err)
	folder := filepath.Join(dir, "pictures")
	require.NoError(t, os.Mkdir(folder, 0o700))
	for i := range 45 {
		p := imaging.RGB{W: 160, H: 91, Pix: make([]byte, 160*91*3)}
		camera.Frame(p.Pix)
		require.NoError(t, e.write(t.Context(), p, time.Duration(i)*100*time.Millisecond, 0))
		if i%4 == 0 {
			require.NoError(t, writePNG(t.Context(), filepath.Join(folder, fmt.Sprintf("%03d.png", i)), p))
		}
	}
	require.NoError(t, e.finish(t.Context()))
	e.close()
	require.NoError(t, file.Commit())
	out := filepath.Join(dir, "heat.webm")
	r, err := ground(t, Options{Input: path, Prompts: []string{"a person waving"}, Out: out})
	require.NoError(t, err)
	require.Len(t, r.Clips, 4, "4.5 s hold three clips of 1.2 s and more than half of another")
	require.InDelta(t, .6, r.Clips[0].Time, 1e-9, "the key frame is the clip's middle")
	frames, err := media.OpenVideo(out, media.VideoOptions{})
	require.NoError(t, err)
	n := 0
	for {
		f, err := frames.Next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		require.Equal(t, [2]int{160, 91}, [2]int{f.Picture.W, f.Picture.H})
		n++
	}
	frames.Close()
	require.Equal(t, 45, n, "every frame is there again")

	r, err = ground(t, Options{Input: folder, Prompts: []string{"a person waving"}})
	require.NoError(t, err)
	require.Len(t, r.Clips, 2, "twelve pictures are a clip of eight and a short one")
	r, err = ground(t, Options{Input: filepath.Join(folder, "000.png"), Prompts: []string{"a person waving"}, Out: filepath.Join(dir, "one.png")})
	require.NoError(t, err)
	require.Len(t, r.Clips, 1)
	f, err := os.Open(filepath.Join(dir, "one.png"))
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	img, _, err := image.Decode(f)
	require.NoError(t, err)
	require.Equal(t, image.Rect(0, 0, 160, 91), img.Bounds())
}

// TestACutPromptIsSaid: in the report and, once, in the log.
func TestACutPromptIsSaid(t *testing.T) {
	var log bytes.Buffer
	long := "a person " + strings.Repeat("very ", 90) + "waving"
	pix := make([]byte, 2*8*96*96*3)
	r, err := ground(t, Options{
		Input: writeU8(t, pix, "2, 8, 96, 96, 3"), Prompts: []string{long, "a person waving"}, Engine: engine.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))},
	})
	require.NoError(t, err)
	require.Len(t, r.Clips, 2)
	for _, c := range r.Clips {
		require.True(t, c.Prompts[0].Truncated)
		require.False(t, c.Prompts[1].Truncated)
	}
	require.Equal(t, 1, strings.Count(log.String(), "longer than the model reads"))
}

func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	rubbish := filepath.Join(dir, "rubbish.mp4")
	require.NoError(t, os.WriteFile(rubbish, []byte("no video at all"), 0o600))
	broken := filepath.Join(dir, "broken.png")
	require.NoError(t, os.WriteFile(broken, []byte("no picture"), 0o600))
	pix := make([]byte, 8*96*96*3)
	for name, ca := range map[string]struct {
		o    Options
		want error
	}{
		"missing":         {Options{Input: filepath.Join(dir, "missing.mp4")}, ErrInput},
		"corrupt video":   {Options{Input: rubbish}, ErrInput},
		"corrupt picture": {Options{Input: broken}, ErrInput},
		"empty folder":    {Options{Input: t.TempDir()}, ErrInput},
		"wrong frames":    {Options{Input: writeU8(t, pix[:7*96*96*3], "7, 96, 96, 3")}, ErrInput},
		"wrong dtype":     {Options{Input: writeU8(t, pix, "8, 96, 96, 3"), Preprocessed: true}, ErrInput},
		"wrong channels":  {Options{Input: writeU8(t, pix, "8, 96, 288, 1")}, ErrInput},
		"empty prompt":    {Options{Input: writeU8(t, pix, "8, 96, 96, 3"), Prompts: []string{" "}}, engine.ErrEmptyPrompt},
		"long prompt":     {Options{Input: writeU8(t, pix, "8, 96, 96, 3"), Prompts: []string{strings.Repeat("x", 501)}}, engine.ErrLongPrompt},
		"long action":     {Options{Input: writeU8(t, pix, "8, 96, 96, 3"), Actions: []string{strings.Repeat("x", 501)}}, engine.ErrLongPrompt},
		"unknown model":   {Options{Input: writeU8(t, pix, "8, 96, 96, 3"), Engine: engine.Options{Model: "no-such-model"}}, engine.ErrUnknownModel},
	} {
		t.Run(name, func(t *testing.T) {
			if ca.o.Prompts == nil && ca.o.Actions == nil {
				ca.o.Prompts = []string{"a person waving"}
			}
			_, err := ground(t, ca.o)
			require.ErrorIs(t, err, ca.want)
		})
	}
}

// TestGolden runs the authors' model and clips through everything the command does.
func TestGolden(t *testing.T) {
	dir := os.Getenv("VIDEOGEM_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	dir = filepath.Join(dir, "golden")
	numbers, err := checkpoint.Open(filepath.Join(dir, "viclip.golden.safetensors"))
	if err != nil {
		t.Skipf("the full golden set is not there: %v", err)
	}
	defer func() { require.NoError(t, numbers.Close()) }()
	path, err := filepath.Abs(filepath.Join(dir, "viclip.pth"))
	require.NoError(t, err)
	model := t.TempDir()
	require.NoError(t, os.Symlink(path, filepath.Join(model, "viclip.pth")))
	require.NoError(t, os.WriteFile(filepath.Join(model, "model.json"),
		[]byte(`{"name": "golden", "family": "viclip", "checkpoint": "viclip.pth", "vision_heads": 4, "text_heads": 2, "image_size": [64, 64]}`), 0o600))
	var meta struct {
		Prompts []string
		ViCLIP  struct {
			Pipeline []struct {
				Clip        int
				Res         int
				Scope       string
				Action      string
				Mode        int
				Weights     string
				TakeImg     int      `json:"take_img"`
				Point       [2]int   `json:"point"`
				VerbObjFull [][2]int `json:"verb_obj_full"`
				FullPrompt  string   `json:"full_prompt"`
			}
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "meta.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &meta))
	frames, err := numbers.Tensor("r64x64/c0/frames_u8")
	require.NoError(t, err)
	input := writeU8(t, frames.Bytes(), "8, 64, 64, 3")

	out := filepath.Join(t.TempDir(), "m.npz")
	_, err = ground(t, Options{Input: input, Engine: engine.Options{Model: model}, Prompts: meta.Prompts, Maps: out})
	require.NoError(t, err)
	raw, err := os.ReadFile(out)
	require.NoError(t, err)
	want, err := numbers.Tensor("r64x64/c0/all/heat_low")
	require.NoError(t, err)
	heat, err := want.Float32()
	require.NoError(t, err)
	got := member(t, raw, "heat").Floats
	for i, v := range heat[len(heat)/4*3:] { // the fourth weighting is VideoGEM's
		require.InDelta(t, v, got[i], 1e-4)
	}

	scopes := map[string]gem.Scope{"all": gem.Joint, "same": gem.Official1, "other": gem.Official2, "avg": gem.Official3, "w13": gem.Official4}
	weights := map[string]gem.Weights{"plain": gem.None, "static": gem.Static, "dynamic": gem.Dynamic, "static_dynamic": gem.VideoGEM}
	fusions := map[int]gem.Fusion{1: gem.FusionPoint, 2: gem.FusionMean, 3: gem.FusionProduct}
	checked := 0
	for _, p := range meta.ViCLIP.Pipeline {
		scope, ok := scopes[p.Scope]
		if !ok || p.Res != 64 || p.Clip != 0 || checked >= 30 {
			continue
		}
		w := weights[p.Weights]
		r, err := ground(t, Options{Input: input, Engine: engine.Options{Model: model, Scope: scope}, Actions: []string{p.Action}, Weights: &w, Fusion: fusions[p.Mode]})
		require.NoError(t, err)
		if r.Clips[0].Prompts[2].Text != p.FullPrompt {
			continue // the authors' tagger splits this phrase in another way
		}
		same := true
		for i, v := range p.VerbObjFull {
			same = same && r.Clips[0].Prompts[i].Point != nil && *r.Clips[0].Prompts[i].Point == v
		}
		if !same {
			continue // another split of the phrase: other prompts, other maps
		}
		require.Equal(t, p.Point, *r.Clips[0].Actions[0].Point, "%+v", p)
		checked++
	}
	require.GreaterOrEqual(t, checked, 12, "too few of the authors' results could be compared")
}

func FuzzNPY(f *testing.F) {
	var b bytes.Buffer
	require.NoError(f, writeNPY(&b, []float32{1, 2, 3, 4, 5, 6}, 2, 3))
	f.Add(b.Bytes())
	f.Add([]byte("\x93NUMPY\x01\x00\x10\x00{'descr': '|u1'}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := ParseNPY(data)
		if err != nil {
			require.ErrorIs(t, err, ErrNPY)
			return
		}
		n := 1
		for _, d := range a.Shape {
			n *= d
		}
		require.Len(t, a.Bytes, max(0, n-len(a.Floats)))
	})
}

func TestNPYRoundTrip(t *testing.T) {
	var b bytes.Buffer
	data := []float32{1, -2, float32(math.Inf(1)), 0.5, 3, 4}
	require.NoError(t, writeNPY(&b, data, 1, 2, 3))
	a, err := ParseNPY(b.Bytes())
	require.NoError(t, err)
	require.Equal(t, []int{1, 2, 3}, a.Shape)
	require.Equal(t, data, a.Floats)
	require.Zero(t, (b.Len()-24)%64, "the data begins at a multiple of 64")
}
