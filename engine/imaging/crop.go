package imaging

import "math"

// CenterCrop cuts the middle w x h pixels out, as torchvision's CenterCrop: an odd margin's half is rounded to even, and a side that
// is too short gets black borders.
func CenterCrop(src RGB, w, h int) RGB {
	out := newRGB(w, h)
	if src.empty() || out.empty() {
		return RGB{}
	}
	fromX, toX, nx := overlap(src.W, w)
	fromY, toY, ny := overlap(src.H, h)
	for y := range ny {
		from, to := 3*((fromY+y)*src.W+fromX), 3*((toY+y)*w+toX)
		copy(out.Pix[to:to+3*nx], src.Pix[from:])
	}
	return out
}

// overlap places a line of want pixels on one of have pixels, middle on middle: n pixels go from index from to index to.
func overlap(have, want int) (from, to, n int) {
	if want > have {
		return 0, (want - have) / 2, have
	}
	return CropStart(have, want), 0, want
}

// CropStart is the first of have pixels in a row that CenterCrop keeps want of; 0 where it keeps all.
func CropStart(have, want int) int { return max(0, int(math.RoundToEven(float64(have-want)/2))) }
