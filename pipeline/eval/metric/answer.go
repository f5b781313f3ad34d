package metric

import (
	"errors"
	"fmt"

	"github.com/videogem/videogem/engine/gem"
)

// ErrRule means that a rule of scoring has no such name.
var ErrRule = errors.New("unknown rule")

// PointRule says which pixel of a plateau of equal heat is the answer.
type PointRule string

// The point rules. Bilinear enlargement leaves flat tops along the frame's edges, so the rule decides some samples.
const (
	Raster  PointRule = "raster"  // the first in raster order, and fused points cut to whole pixels: the authors' code
	Plateau PointRule = "plateau" // the middle of the plateau, never rounded
)

// ParsePointRule checks a name. The error wraps ErrRule.
func ParsePointRule(s string) (PointRule, error) {
	switch r := PointRule(s); r {
	case Raster, Plateau:
		return r, nil
	default:
		return "", fmt.Errorf("%w %q: use raster or plateau", ErrRule, s)
	}
}

// Mode says which of a sample's prompts give the answer.
type Mode string

// The modes.
const (
	Action     Mode = "action"     // the whole action
	Verb       Mode = "verb"       // the verb alone
	Object     Mode = "object"     // the object alone
	Decomposed Mode = "decomposed" // all three, fused: the paper's method
)

// ParseMode checks a name. The error wraps ErrRule.
func ParseMode(s string) (Mode, error) {
	switch m := Mode(s); m {
	case Action, Verb, Object, Decomposed:
		return m, nil
	default:
		return "", fmt.Errorf("%w %q for prompts: use action, verb, object or decomposed", ErrRule, s)
	}
}

// Heat is one prompt's normalised heat map in the model's pixels, and its peak.
type Heat struct {
	Map  gem.Map // 0..1; zeros when it is flat
	Flat bool    // the cosines were the same everywhere: there is no peak
	Peak Point   // NoPoint when it is flat
}

// NewHeat enlarges a frame's cosines to the model's pixels, stretches them to 0..1 and finds the peak.
func NewHeat(cosines gem.Map, width, height int, rule PointRule) Heat {
	m, ok := cosines.Resize(height, width).Normalize()
	h := Heat{Map: m, Flat: !ok, Peak: NoPoint()}
	if ok {
		h.Peak = peak(m, rule)
	}
	return h
}

func peak(m gem.Map, rule PointRule) Point {
	if rule == Plateau {
		if x, y, ok := m.PlateauPeak(); ok {
			return Point{x, y}
		}
		return NoPoint()
	}
	if x, y, ok := m.Peak(); ok {
		return Point{float64(x), float64(y)}
	}
	return NoPoint()
}

// Fuse merges the three groundings of a decomposed prompt into one answer: a point, and the map whose overlap is measured.
//
// With gem.FusionPoint the point is (3*action + verb + object)/5, and a flat map takes part with its (-1,-1), as in the authors' code;
// its map is that of gem.FusionMean. With the other two a flat map leaves no point, since there its NaN spread over the merged map.
// The merged map is stretched to 0..1 again, so that MaskLevel means the same for every fusion.
func Fuse(f gem.Fusion, verb, object, action Heat, rule PointRule) Heat {
	merged := gem.FusionMean
	if f == gem.FusionProduct {
		merged = f
	}
	m, ok := gem.Combine(merged, verb.Map, object.Map, action.Map).Normalize()
	out := Heat{Map: m, Flat: !ok || verb.Flat || object.Flat || action.Flat, Peak: NoPoint()}
	switch {
	case f == gem.FusionPoint:
		out.Peak = fusePoints(verb.Peak, object.Peak, action.Peak, rule)
	case !out.Flat:
		out.Peak = peak(m, rule)
	}
	return out
}

func fusePoints(verb, object, action Point, rule PointRule) Point {
	p := Point{(3*action.X + verb.X + object.X) / 5, (3*action.Y + verb.Y + object.Y) / 5}
	if rule == Raster { // int() in the authors' code: towards zero
		p = Point{float64(int(p.X)), float64(int(p.Y))}
	}
	return p
}
