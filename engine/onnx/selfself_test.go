package onnx_test

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/checkpoint"
	"github.com/videogem/videogem/engine/gem"
)

// TestIterationsAndTemperature compares the first GEM block with the paper's formula, worked out below in float64. The golden
// set has one iteration and the data's own temperature only.
func TestIterationsAndTemperature(t *testing.T) {
	s := sets()[0]
	folder := filepath.Join("testdata", "golden")
	w := openWeights(t, filepath.Join(folder, "viclip.pth"))
	golden := openGolden(t, filepath.Join(folder, "viclip.golden.safetensors"))
	frames := golden.bytes(t, "r64x64/c0/frames_u8")
	reference := readReference(t, filepath.Join(folder, "viclip.pth"), s.heads)
	for _, ca := range []struct {
		iterations  int
		temperature float32
	}{{1, 0}, {2, 0}, {3, 0}, {1, 1}, {1, 20}, {2, 4.5}} {
		t.Run(fmt.Sprint(ca), func(t *testing.T) {
			config := s.config([2]int{64, 64}, gem.Joint)
			config.Iterations, config.Temperature, config.Debug = ca.iterations, ca.temperature, true
			tower := session(t, w, config)
			defer func() { require.NoError(t, tower.Close()) }()
			clip := backend.Tensor{Shape: []int{1, 8, 64, 64, 3}, Data: frames}
			stack := runTower(t, tower, clip, golden.text(t, s), gem.VideoGEM, indices(s.frames))[4]
			want := reference.block(part(stack, 0, 8), ca.iterations, float64(ca.temperature))
			requireClose(t, want, part(stack, 1, 8), "first GEM block")
		})
	}
}

// reference is the first GEM block's weights: block 2 of the golden model's nine.
type reference struct {
	width, heads       int
	normGain, normBias []float32
	inWeight, inBias   []float32 // [3C,C], [3C]
	outWeight, outBias []float32 // [C,C], [C]
}

func readReference(t *testing.T, path string, heads int) reference {
	t.Helper()
	c, err := checkpoint.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, c.Close()) }()
	get := func(name string) []float32 {
		tensor, err := c.Tensor("vision_encoder.transformer.resblocks.2." + name)
		require.NoError(t, err)
		data, err := tensor.Float32()
		require.NoError(t, err)
		return data
	}
	r := reference{
		heads: heads, normGain: get("ln_1.weight"), normBias: get("ln_1.bias"),
		inWeight: get("attn.in_proj_weight"), inBias: get("attn.in_proj_bias"),
		outWeight: get("attn.out_proj.weight"), outBias: get("attn.out_proj.bias"),
	}
	r.width = len(r.normGain)
	return r
}

// block is g = out_proj of the mean of self-self attention of v, k and q, with all heads and all tokens: x [N,C] -> [N,C].
func (r reference) block(x []float32, iterations int, temperature float64) []float32 {
	n, c, d := len(x)/r.width, r.width, r.width/r.heads
	y := make([][]float64, n)
	var meanNorm float64
	for i := range y {
		y[i] = layerNorm(x[i*c:(i+1)*c], r.normGain, r.normBias)
		meanNorm += length(y[i]) / float64(n)
	}
	if temperature == 0 {
		temperature = meanNorm / math.Sqrt(float64(d))
	}
	qkv := linear(y, r.inWeight, r.inBias)
	mean := make([][]float64, n)
	for i := range mean {
		mean[i] = make([]float64, c)
	}
	for head := range r.heads {
		v := columns(qkv, 2*c+head*d, d)
		for third := range 3 {
			s := columns(qkv, third*c+head*d, d)
			normalise(s)
			for range iterations {
				s = attend(s, s, temperature)
				normalise(s)
			}
			for i, o := range attend(s, v, temperature) {
				for j := range o {
					mean[i][head*d+j] += o[j] / 3
				}
			}
		}
	}
	out := make([]float32, 0, n*c)
	for _, row := range linear(mean, r.outWeight, r.outBias) {
		for _, v := range row {
			out = append(out, float32(v))
		}
	}
	return out
}

// attend is softmax(s sᵀ * temperature) v.
func attend(s, v [][]float64, temperature float64) [][]float64 {
	out := make([][]float64, len(s))
	for i := range s {
		out[i] = make([]float64, len(v[0]))
		weights, sum := make([]float64, len(s)), 0.
		for j := range s {
			weights[j] = math.Exp(dot(s[i], s[j]) * temperature)
			sum += weights[j]
		}
		for j := range v {
			for k := range out[i] {
				out[i][k] += weights[j] / sum * v[j][k]
			}
		}
	}
	return out
}

func layerNorm(x, gain, bias []float32) []float64 {
	var mean, variance float64
	for _, v := range x {
		mean += float64(v) / float64(len(x))
	}
	for _, v := range x {
		variance += (float64(v) - mean) * (float64(v) - mean) / float64(len(x))
	}
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = (float64(v)-mean)/math.Sqrt(variance+1e-5)*float64(gain[i]) + float64(bias[i])
	}
	return out
}

// linear is x Wᵀ + b, W [out,in].
func linear(x [][]float64, weight, bias []float32) [][]float64 {
	out := make([][]float64, len(x))
	for i, row := range x {
		for o, b := range bias {
			sum := float64(b)
			for k, v := range row {
				sum += v * float64(weight[o*len(row)+k])
			}
			out[i] = append(out[i], sum)
		}
	}
	return out
}

func columns(x [][]float64, from, n int) [][]float64 {
	out := make([][]float64, len(x))
	for i, row := range x {
		out[i] = append([]float64(nil), row[from:from+n]...)
	}
	return out
}

func normalise(x [][]float64) {
	for _, row := range x {
		l := length(row)
		for i := range row {
			row[i] /= l
		}
	}
}

func length(x []float64) float64 { return math.Sqrt(dot(x, x)) }

func dot(a, b []float64) float64 {
	var sum float64
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
