package onnx_test

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/onnx"
)

// precisionCase is a precision and the share of points that must stay within one patch of fp32's.
type precisionCase struct {
	precision onnx.Precision
	half      bool
	share     float64
}

func precisions() []precisionCase {
	return []precisionCase{{onnx.FP16, false, .98}, {onnx.FP16, true, .98}, {onnx.INT8, false, .95}}
}

// agreement counts points of one precision against fp32's.
type agreement struct {
	points, near int
	heat, score  float64 // largest differences
}

func (a agreement) share() float64 { return float64(a.near) / float64(a.points) }

// TestPointAgreement runs every golden clip, size, scope and prompt in each precision.
func TestPointAgreement(t *testing.T) {
	dir := goldenFolder(t)
	total := make([]agreement, len(precisions()))
	for _, s := range sets() {
		t.Run(s.name, func(t *testing.T) {
			golden := openGolden(t, filepath.Join(dir, s.name+".golden.safetensors"))
			w := openWeights(t, filepath.Join(dir, s.checkpoint))
			found := make([]agreement, len(precisions()))
			for _, size := range s.sizes {
				for scopeName, scope := range scopes(s.frames) {
					g := &goldenRun{golden: golden, set: s, dir: dir, weights: w, size: size, scopeName: scopeName, scope: scope}
					g.agree(t, found)
				}
			}
			for i, p := range precisions() {
				t.Logf("%s half products %v: %d of %d points within one patch (%.1f %%), heat differs by up to %.2g, scores %.2g",
					p.precision, p.half, found[i].near, found[i].points, 100*found[i].share(), found[i].heat, found[i].score)
				total[i].points += found[i].points
				total[i].near += found[i].near
			}
		})
	}
	for i, p := range precisions() {
		require.GreaterOrEqual(t, total[i].share(), p.share, "%s, half products %v: %d of %d", p.precision, p.half, total[i].near, total[i].points)
	}
}

// agree runs one size and scope in fp32 and in every other precision.
func (g *goldenRun) agree(t *testing.T, found []agreement) {
	t.Helper()
	want := g.clips(t, precisionCase{precision: onnx.FP32})
	for i, p := range precisions() {
		for clip, got := range g.clips(t, p) {
			found[i].compare(want[clip], got, g.size)
		}
	}
}

// clips gives the outputs for the golden clips, by their number.
func (g *goldenRun) clips(t *testing.T, p precisionCase) map[int][][]float32 {
	t.Helper()
	config := g.set.config(g.size, g.scope)
	config.Precision, config.HalfProducts = p.precision, p.half
	tower := session(t, g.weights, config)
	defer func() { require.NoError(t, tower.Close()) }()
	text := textEmbeddings(t, g.weights, onnx.TextConfig{
		Heads: g.set.textHeads, Activation: g.set.activation, Precision: p.precision, HalfProducts: p.half,
	}, g.golden)
	out := map[int][][]float32{}
	for clip := range g.set.clips {
		prefix := fmt.Sprintf("r%dx%d/c%d/", g.size[0], g.size[1], clip)
		if g.golden.has(prefix + g.scopeName + "heat_low") {
			frames := backend.Tensor{Shape: []int{1, g.set.frames, g.size[0], g.size[1], 3}, Data: g.frames(t, prefix)}
			out[clip] = runTower(t, tower, frames, text, gem.VideoGEM, indices(g.set.frames))
		}
	}
	return out
}

// compare adds one clip's outputs.
func (a *agreement) compare(want, got [][]float32, size [2]int) {
	a.heat, a.score = max(a.heat, farthest(want[0], got[0])), max(a.score, farthest(want[1], got[1]))
	h, w := size[0]/16, size[1]/16
	for i := 0; i < len(want[0]); i += h * w {
		x, y := peak(gem.Map{H: h, W: w, Data: want[0][i : i+h*w]}, size)
		x2, y2 := peak(gem.Map{H: h, W: w, Data: got[0][i : i+h*w]}, size)
		a.points++
		if max(x-x2, x2-x) <= 16 && max(y-y2, y2-y) <= 16 {
			a.near++
		}
	}
}

func peak(m gem.Map, size [2]int) (x, y int) {
	x, y, _ = m.Resize(size[0], size[1]).Peak()
	return x, y
}

func farthest(a, b []float32) float64 {
	worst := 0.
	for i := range a {
		worst = max(worst, math.Abs(float64(a[i])-float64(b[i])))
	}
	return worst
}

func TestParsePrecision(t *testing.T) {
	for name, want := range map[string]onnx.Precision{"": onnx.FP32, "fp32": onnx.FP32, "fp16": onnx.FP16, "int8": onnx.INT8} {
		p, err := onnx.ParsePrecision(name)
		require.NoError(t, err)
		require.Equal(t, want, p)
	}
	_, err := onnx.ParsePrecision("fp8")
	require.ErrorIs(t, err, onnx.ErrConfig)
	require.ErrorContains(t, err, "fp16")
}
