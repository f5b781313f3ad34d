package imaging

import "math"

// ResizeBilinear stretches src to w x h with OpenCV's INTER_LINEAR for 8-bit pictures: two pixels a direction whatever the scale (no
// antialias), weights of 11 bits, rounded once. Halving both sides exactly is the mean of four pixels, as OpenCV has it.
// The result equals cv2.resize bit for bit (modules/imgproc/src/resize.cpp).
func ResizeBilinear(src RGB, w, h int) RGB {
	switch {
	case src.empty() || !fits(w, h):
		return RGB{}
	case w == src.W && h == src.H:
		return src.clone()
	case src.W == 2*w && src.H == 2*h:
		return halve(src, w, h)
	}
	out := newRGB(w, h)
	columns := linearTaps(src.W, w)
	for i, c := range columns { // at the right and left border only one pixel counts
		if c.at < 0 || c.at >= src.W-1 {
			columns[i] = tap{at: min(max(c.at, 0), src.W-1), near: linearOne}
		}
	}
	above, below := line{at: -1}, line{at: -1}
	for y, r := range linearTaps(src.H, h) {
		above, below = above.of(src, columns, r.at, below), below.of(src, columns, r.at+1, above)
		to := out.Pix[3*y*w : 3*(y+1)*w]
		for i := range to {
			to[i] = byte((r.near*(above.values[i]>>4)>>16 + r.far*(below.values[i]>>4)>>16 + 2) >> 2)
		}
	}
	return out
}

// linearOne is the whole of OpenCV's weights.
const linearOne = 1 << 11

// tap is what one output pixel is made of along a direction: near of the pixel at index at, far of the next.
type tap struct {
	at        int
	near, far int32
}

func linearTaps(in, out int) []tap {
	scale := 1 / (float64(out) / float64(in))
	taps := make([]tap, out)
	for i := range taps {
		at := float32(float64((float64(i)+0.5)*scale) - 0.5)
		first := math.Floor(float64(at))
		far := at - float32(first)
		taps[i] = tap{int(first), linearWeight(1 - far), linearWeight(far)}
	}
	return taps
}

func linearWeight(w float32) int32 {
	return int32(math.RoundToEven(float64(w * linearOne)))
}

// line is a source row with the columns' weights applied, 11 bits left of 8-bit pixels.
type line struct {
	at     int
	values []int32
}

// of gives the line of row at (or the nearest there is), taking it from l or other when one of them has it.
func (l line) of(src RGB, columns []tap, at int, other line) line {
	at = min(max(at, 0), src.H-1)
	switch at {
	case l.at:
		return l
	case other.at:
		return other
	}
	values := make([]int32, 3*len(columns))
	row := src.Pix[3*at*src.W : 3*(at+1)*src.W]
	for x, c := range columns {
		near := row[3*c.at : 3*c.at+3]
		far := near
		if c.at+1 < src.W {
			far = row[3*c.at+3 : 3*c.at+6]
		}
		for k := range 3 {
			values[3*x+k] = c.near*int32(near[k]) + c.far*int32(far[k])
		}
	}
	return line{at, values}
}

func halve(src RGB, w, h int) RGB {
	out := newRGB(w, h)
	stride := 3 * src.W
	for y := range h {
		top := src.Pix[2*y*stride : (2*y+1)*stride]
		bottom := src.Pix[(2*y+1)*stride : (2*y+2)*stride]
		for x := range w {
			for k := range 3 {
				i := 6*x + k
				sum := int(top[i]) + int(top[i+3]) + int(bottom[i]) + int(bottom[i+3])
				out.Pix[3*(y*w+x)+k] = byte((sum + 2) >> 2)
			}
		}
	}
	return out
}
