package imaging

import "math"

// ResizeBicubic stretches src to w x h with Pillow's BICUBIC: a cubic kernel (a = -0.5) that is widened by the scale when shrinking, so
// that every source pixel counts; columns first, then rows, each rounded to 8 bits.
// The result equals Pillow 11's bit for bit (src/libImaging/Resample.c); Pillow 13 sometimes takes rows first, which can differ by rounding.
func ResizeBicubic(src RGB, w, h int) RGB {
	if src.empty() || !fits(w, h) {
		return RGB{}
	}
	if w != src.W {
		src = bicubicColumns(src, w)
	}
	if h != src.H {
		return bicubicRows(src, h)
	}
	return src.clone()
}

// kernelBits is the precision of Pillow's whole-number weights: a sum of products with 8-bit pixels fits 32 bits.
const kernelBits = 32 - 8 - 2

// window is what one output pixel is made of: weights of the input pixels from first on.
type window struct {
	first   int
	weights []int32
}

func bicubicWindows(in, out int) []window {
	scale := float64(in) / float64(out)
	widened := max(scale, 1)
	support := 2 * widened
	windows := make([]window, out)
	for i := range windows {
		center := float64((float64(i) + 0.5) * scale)
		first := max(int(center-support+0.5), 0)
		last := min(int(center+support+0.5), in)
		weights := make([]float64, last-first)
		sum := 0.0
		for k := range weights {
			weights[k] = cubic(float64(float64(k+first)-center+0.5) * (1 / widened))
			sum += weights[k]
		}
		windows[i] = window{first, fixedPoint(weights, sum)}
	}
	return windows
}

func fixedPoint(weights []float64, sum float64) []int32 {
	fixed := make([]int32, len(weights))
	for k, w := range weights {
		if sum != 0 {
			w /= sum
		}
		fixed[k] = int32(float64(w*(1<<kernelBits)) + math.Copysign(0.5, w))
	}
	return fixed
}

// cubic is Keys' kernel. The conversions keep compilers from fusing operations, which would round differently.
func cubic(x float64) float64 {
	const a = -0.5
	x = math.Abs(x)
	switch {
	case x < 1:
		return float64(float64(float64((a+2)*x-(a+3))*x)*x) + 1
	case x < 2:
		return float64(float64(float64(float64(x-5)*x+8)*x)-4) * a
	default:
		return 0
	}
}

func bicubicColumns(src RGB, w int) RGB {
	out := newRGB(w, src.H)
	windows := bicubicWindows(src.W, w)
	for y := range src.H {
		row := src.Pix[3*y*src.W : 3*(y+1)*src.W]
		to := out.Pix[3*y*w : 3*(y+1)*w]
		for x, win := range windows {
			r, g, b := int32(1<<(kernelBits-1)), int32(1<<(kernelBits-1)), int32(1<<(kernelBits-1))
			from := row[3*win.first:]
			for k, weight := range win.weights {
				r += weight * int32(from[3*k])
				g += weight * int32(from[3*k+1])
				b += weight * int32(from[3*k+2])
			}
			to[3*x], to[3*x+1], to[3*x+2] = clip(r), clip(g), clip(b)
		}
	}
	return out
}

func bicubicRows(src RGB, h int) RGB {
	out := newRGB(src.W, h)
	stride := 3 * src.W
	sums := make([]int32, stride)
	for y, win := range bicubicWindows(src.H, h) {
		for i := range sums {
			sums[i] = 1 << (kernelBits - 1)
		}
		for k, weight := range win.weights {
			row := src.Pix[(win.first+k)*stride : (win.first+k+1)*stride]
			for i, v := range row {
				sums[i] += weight * int32(v)
			}
		}
		to := out.Pix[y*stride : (y+1)*stride]
		for i, sum := range sums {
			to[i] = clip(sum)
		}
	}
	return out
}

func clip(sum int32) byte {
	return byte(min(max(sum>>kernelBits, 0), 255))
}
