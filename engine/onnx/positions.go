package onnx

import "math"

// resizePositions resizes a grid of position embeddings [h*w,c] bicubically with antialias, as GEM does to run a tower at another
// resolution than it was trained at: PyTorch's F.interpolate(mode="bicubic", antialias=True, align_corners=False), whose
// kernel is Keys' with a = -0.5.
func resizePositions(x []float32, h, w, toH, toW, c int) []float32 {
	if h == toH && w == toW {
		return x
	}
	// Columns first, then rows, as PyTorch does.
	tmp := make([]float32, h*toW*c)
	for i, t := range bicubicTaps(w, toW) {
		for y := range h {
			dst := tmp[(y*toW+i)*c : (y*toW+i+1)*c]
			for k, weight := range t.weights {
				src := x[(y*w+t.first+k)*c:]
				for j := range dst {
					dst[j] += src[j] * weight
				}
			}
		}
	}
	out := make([]float32, toH*toW*c)
	for i, t := range bicubicTaps(h, toH) {
		dst := out[i*toW*c : (i+1)*toW*c]
		for k, weight := range t.weights {
			src := tmp[(t.first+k)*toW*c:]
			for j := range dst {
				dst[j] += src[j] * weight
			}
		}
	}
	return out
}

// taps are the weights of the inputs from first on for one output.
type taps struct {
	first   int
	weights []float32
}

func bicubicTaps(n, to int) []taps {
	scale := float64(n) / float64(to)
	stretch := math.Max(1, scale) // a kernel that widens when it scales down does not alias
	out := make([]taps, to)
	for i := range out {
		centre := (float64(i) + .5) * scale
		first := max(0, int(centre-2*stretch+.5))
		last := min(n, int(centre+2*stretch+.5))
		weights, sum := make([]float64, 0, last-first), 0.
		for k := first; k < last; k++ {
			v := keys((float64(k) + .5 - centre) / stretch)
			weights = append(weights, v)
			sum += v
		}
		out[i] = taps{first: first, weights: make([]float32, len(weights))}
		for k, v := range weights {
			out[i].weights[k] = float32(v / sum)
		}
	}
	return out
}

// keys is Keys' cubic convolution kernel with a = -0.5.
func keys(x float64) float64 {
	const a = -.5
	x = math.Abs(x)
	switch {
	case x < 1:
		return ((a+2)*x-(a+3))*x*x + 1
	case x < 2:
		return (((x-5)*x+8)*x - 4) * a
	default:
		return 0
	}
}
