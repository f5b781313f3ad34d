package metric

import "math"

// Box is x1, y1, x2, y2 in the model's pixels. It may reach out of the frame, and one with x2 < x1 or y2 < y1 cannot be hit.
type Box [4]int

// Scale brings the corners of a box in a frame of space = width, height to the model's width and height. The ratio comes first, as in
// the authors' code: 90*(224/640) is 31.4999…, 90*224/640 is 31.5. With float32 it multiplies in single precision, as that code does
// for V-HICO.
func Scale(box [4]float64, space [2]int, width, height int, single bool) Box {
	sx, sy := float64(width)/float64(space[0]), float64(height)/float64(space[1])
	var out Box
	for i, v := range box {
		s := sx
		if i%2 == 1 {
			s = sy
		}
		product := v * s
		if single {
			product = float64(float32(v) * float32(s))
		}
		out[i] = int(math.RoundToEven(product))
	}
	return out
}

// Point is a place in the model's pixels.
type Point struct{ X, Y float64 }

// NoPoint is where a map without a peak points: OpenCV's minMaxLoc answers so on a map of NaN, which is what the authors' min-max makes
// of a constant one.
func NoPoint() Point { return Point{-1, -1} }

// Hit says whether the point lies in any of the boxes, edges included. NoPoint never hits, even in a box that reaches out of the frame.
func Hit(p Point, boxes []Box) bool {
	if p == NoPoint() {
		return false
	}
	for _, b := range boxes {
		if float64(b[0]) <= p.X && p.X <= float64(b[2]) && float64(b[1]) <= p.Y && p.Y <= float64(b[3]) {
			return true
		}
	}
	return false
}
