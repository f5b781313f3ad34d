package onnx_test

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/checkpoint"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/onnx"
)

// tolerance is what every number may differ from the authors' code by.
const tolerance = 1e-4

var (
	clipMean, clipStd         = [3]float32{.48145466, .4578275, .40821073}, [3]float32{.26862954, .26130258, .27577711}
	imagenetMean, imagenetStd = [3]float32{.485, .456, .406}, [3]float32{.229, .224, .225}
)

// set is one family's golden files.
type set struct {
	name       string // <name>.golden.safetensors
	checkpoint string
	heads      int
	textHeads  int
	activation onnx.Activation
	frames     int
	mean, std  [3]float32
	sizes      [][2]int
	clips      int
}

func sets() []set {
	return []set{
		{"viclip", "viclip.pth", 4, 2, onnx.QuickGELU, 8, imagenetMean, imagenetStd, [][2]int{{64, 64}, {64, 96}, {224, 224}}, 3},
		{"openai_clip", "openai_clip.pt", 2, 1, onnx.QuickGELU, 1, clipMean, clipStd, [][2]int{{64, 64}, {96, 128}}, 3},
		{"openclip", "openclip/open_clip_model.safetensors", 4, 2, onnx.GELU, 1, clipMean, clipStd, [][2]int{{64, 64}, {96, 128}}, 3},
		{"hf_clip", "hf_clip/model.safetensors", 4, 2, onnx.QuickGELU, 1, clipMean, clipStd, [][2]int{{96, 128}}, 1},
	}
}

// config is the set's image tower as the paper has it.
func (s set) config(size [2]int, scope gem.Scope) onnx.ImageConfig {
	return onnx.ImageConfig{
		Heads: s.heads, Activation: s.activation, Height: size[0], Width: size[1], Frames: s.frames, Mean: s.mean, Std: s.std,
		Depth: 7, Iterations: 1, Scopes: []gem.Scope{scope},
	}
}

// scopes maps the golden files' names of scopes to ours.
func scopes(frames int) map[string]gem.Scope {
	if frames == 1 {
		return map[string]gem.Scope{"": gem.Joint}
	}
	return map[string]gem.Scope{
		"all/": gem.Joint, "same/": gem.Official1, "other/": gem.Official2, "avg/": gem.Official3, "w13/": gem.Official4,
		"NONOFFICIAL_framefix_same/": gem.Frame,
	}
}

func modes() []gem.Weights { // in the order of the golden files' axis
	return []gem.Weights{gem.None, gem.Dynamic, gem.Static, gem.VideoGEM}
}

// goldenFolders are where golden files may be: the small set in this repository, and the full one beside the project.
func goldenFolder(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("VIDEOGEM_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	dir = filepath.Join(dir, "golden")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the full golden set is not there: %v", err)
	}
	return dir
}

func TestGoldenFull(t *testing.T) {
	dir := goldenFolder(t)
	for _, s := range sets() {
		t.Run(s.name, func(t *testing.T) { testSet(t, dir, s) })
	}
}

// TestGoldenSmall runs everywhere: the ViCLIP model and its first clip lie in testdata.
func TestGoldenSmall(t *testing.T) {
	s := sets()[0]
	s.sizes, s.clips = [][2]int{{64, 64}}, 1
	testSet(t, filepath.Join("testdata", "golden"), s)
}

func testSet(t *testing.T, dir string, s set) {
	t.Helper()
	golden := openGolden(t, filepath.Join(dir, s.name+".golden.safetensors"))
	model, err := checkpoint.Open(filepath.Join(dir, s.checkpoint))
	require.NoError(t, err)
	defer func() { require.NoError(t, model.Close()) }()
	weights, err := onnx.NewWeights(model)
	require.NoError(t, err)

	text := golden.text(t, s)
	requireClose(t, text, runText(t, weights, s, golden), "text embeddings")
	for _, size := range s.sizes {
		for scopeName, scope := range scopes(s.frames) {
			if !golden.has(fmt.Sprintf("r%dx%d/c0/%sheat_low", size[0], size[1], scopeName)) {
				continue // the golden set has not every scope at every size
			}
			g := &goldenRun{golden: golden, set: s, dir: dir, weights: weights, text: text, size: size, scopeName: scopeName, scope: scope}
			t.Run(fmt.Sprintf("%dx%d %s", size[0], size[1], scopeName), g.test)
		}
	}
}

// goldenRun checks one size and scope.
type goldenRun struct {
	golden    goldenFile
	set       set
	dir       string
	weights   *onnx.Weights
	text      []float32
	size      [2]int
	scopeName string
	scope     gem.Scope
}

func (g *goldenRun) test(t *testing.T) {
	config := g.set.config(g.size, g.scope)
	var tower, debug backend.Session
	for clip := range g.set.clips {
		prefix := fmt.Sprintf("r%dx%d/c%d/", g.size[0], g.size[1], clip)
		if !g.golden.has(prefix + g.scopeName + "heat_low") {
			continue
		}
		if tower == nil {
			tower = session(t, g.weights, config)
			config.Debug = true
			debug = session(t, g.weights, config)
		}
		frames := g.frames(t, prefix)
		all := indices(g.set.frames)
		for i, w := range modes() {
			out := g.run(t, tower, frames, w, all)
			p := prefix + g.scopeName
			requireClose(t, part(g.golden.get(t, p+"heat_low"), i, 4), out[0], p+"heat")
			requireClose(t, g.golden.get(t, p+"cos_scores"), out[1], p+"scores")
			requireClose(t, part(g.golden.get(t, p+"weights"), i, 4), out[2], p+"weights")
			requireClose(t, g.golden.get(t, p+"feat_ori_cls"), out[3], p+"embedding")
			g.points(t, p, i, out[0])
			g.oneFrame(t, tower, frames, w, out[0])
		}
		g.stack(t, debug, prefix, frames)
	}
	require.NotNil(t, tower, "no clip of this size and scope")
	require.NoError(t, tower.Close())
	require.NoError(t, debug.Close())
}

// oneFrame checks that asking for one frame's heat gives the same as asking for all.
func (g *goldenRun) oneFrame(t *testing.T, tower backend.Session, frames []byte, w gem.Weights, all []float32) {
	t.Helper()
	if g.set.frames == 1 {
		return
	}
	const prompts = 5
	want := 5
	one := g.run(t, tower, frames, w, []int64{int64(want)})[0]
	n := len(one) / prompts
	for p := range prompts {
		from := (p*g.set.frames + want) * n
		requireClose(t, all[from:from+n], one[p*n:(p+1)*n], "one frame of eight")
	}
}

// points checks the hottest pixel at full resolution, where the golden's margin says that it is no coin toss.
func (g *goldenRun) points(t *testing.T, prefix string, mode int, heat []float32) {
	t.Helper()
	points := part(g.golden.get(t, prefix+"points_xy"), mode, 4)
	margins := part(g.golden.get(t, prefix+"points_margin"), mode, 4)
	h, w := g.size[0]/16, g.size[1]/16
	for i, margin := range margins {
		if margin <= 1e-5 {
			continue
		}
		m := gem.Map{H: h, W: w, Data: heat[i*h*w : (i+1)*h*w]}.Resize(g.size[0], g.size[1])
		x, y, ok := m.Peak()
		require.True(t, ok)
		require.Equal(t, [2]int{int(points[2*i]), int(points[2*i+1])}, [2]int{x, y}, "%s point %d of mode %d, margin %g", prefix, i, mode, margin)
	}
}

// stack checks the inside of the tower where the golden set has it.
func (g *goldenRun) stack(t *testing.T, debug backend.Session, prefix string, frames []byte) {
	t.Helper()
	out := g.run(t, debug, frames, gem.VideoGEM, indices(g.set.frames))
	p := prefix + g.scopeName
	requireClose(t, part(g.golden.get(t, p+"heat_low"), 3, 4), out[0], p+"heat of the debug graph")
	if g.golden.has(p + "ablated_cls") {
		ablated := g.golden.get(t, p+"ablated_cls")
		requireClose(t, ablated[len(ablated)/8*5:], out[5], p+"ablated CLS")
	}
	if g.golden.has(p + "stack") {
		requireClose(t, g.golden.get(t, p+"stack"), out[4], p+"stack")
	}
	if g.golden.has(p + "stack_layer7") {
		requireClose(t, g.golden.get(t, p+"stack_layer7"), part(out[4], 7, 8), p+"stack_layer7")
	}
}

func (g *goldenRun) run(t *testing.T, s backend.Session, frames []byte, w gem.Weights, wanted []int64) [][]float32 {
	t.Helper()
	clip := backend.Tensor{Shape: []int{1, g.set.frames, g.size[0], g.size[1], 3}, Data: frames}
	return runTower(t, s, clip, g.text, w, wanted)
}

// frames are the clip's pixels; those at 224x224 lie in a file of their own.
func (g *goldenRun) frames(t *testing.T, prefix string) []byte {
	t.Helper()
	if g.golden.has(prefix + "frames_u8") {
		return g.golden.bytes(t, prefix+"frames_u8")
	}
	z, err := zip.OpenReader(filepath.Join(g.dir, "viclip.r224_frames_u8.npz"))
	require.NoError(t, err)
	defer func() { require.NoError(t, z.Close()) }()
	f, err := z.Open("frames.npy")
	require.NoError(t, err)
	data, err := io.ReadAll(f)
	require.NoError(t, err)
	return data[128:] // numpy's header
}

// TestMetaNamesOurModes guards the order of modes() against the golden set's own list.
func TestMetaNamesOurModes(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(goldenFolder(t), "meta.json"))
	require.NoError(t, err)
	var meta struct {
		Modes []string `json:"modes"`
	}
	require.NoError(t, json.Unmarshal(data, &meta))
	require.Equal(t, []string{"plain", "dynamic", "static", "static_dynamic"}, meta.Modes)
}
