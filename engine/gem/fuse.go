package gem

import (
	"errors"
	"fmt"
)

// ErrFusion means that a way to fuse has no such name.
var ErrFusion = errors.New("unknown fusion")

// Fusion is a way to merge the groundings of a decomposed prompt: its verb, its object, and the whole action, which counts three
// times as much as each of the others (method of the paper; its function's main_weight 3).
type Fusion string

// The ways to fuse.
const (
	FusionPoint   Fusion = "point"   // the weighted mean of the three peaks: the paper's choice
	FusionMean    Fusion = "mean"    // the peak of the weighted mean of the three maps
	FusionProduct Fusion = "product" // the peak of verb * object * action^3
)

// ParseFusion checks a name. The error wraps ErrFusion.
func ParseFusion(s string) (Fusion, error) {
	switch f := Fusion(s); f {
	case FusionPoint, FusionMean, FusionProduct:
		return f, nil
	default:
		return "", fmt.Errorf("%w %q: use point, mean or product", ErrFusion, s)
	}
}

// Fuse gives the point of a decomposed prompt from three normalised maps of the same size, in their pixels. ok is false when
// there is no peak: all maps are constant, or for a mean point any of them.
func Fuse(f Fusion, verb, object, action Map) (x, y int, ok bool) {
	if f != FusionPoint {
		return Combine(f, verb, object, action).Peak()
	}
	vx, vy, ok1 := verb.Peak()
	ox, oy, ok2 := object.Peak()
	ax, ay, ok3 := action.Peak()
	// Each axis is truncated towards zero, as int() does in the authors' code.
	return (3*ax + vx + ox) / 5, (3*ay + vy + oy) / 5, ok1 && ok2 && ok3
}

// Combine gives the map that FusionProduct or FusionMean takes the peak of. FusionPoint merges points and has no map of its own; for it
// this is the mean too.
func Combine(f Fusion, verb, object, action Map) Map {
	if f == FusionProduct {
		return combine(verb, object, action, func(v, o, a float32) float32 { return v * o * a * a * a })
	}
	return combine(verb, object, action, func(v, o, a float32) float32 { return (v + o + 3*a) / 5 })
}

// combine works out a map pixel by pixel.
func combine(a, b, c Map, f func(a, b, c float32) float32) Map {
	out := Map{H: a.H, W: a.W, Data: make([]float32, len(a.Data))}
	for i := range out.Data {
		out.Data[i] = f(a.Data[i], b.Data[i], c.Data[i])
	}
	return out
}

// LeaveOneOut is a weighting without element i of the stack (0 is the state that enters the first GEM block): the paper's analysis
// of what each layer brings.
func (w Weights) LeaveOneOut(i int) Weights {
	w.Base[i] = 0
	return w
}
