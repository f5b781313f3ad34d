package metric

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/engine/gem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestScale(t *testing.T) {
	for name, ca := range map[string]struct {
		box    [4]float64
		space  [2]int
		single bool
		want   Box
	}{
		"half to even":        {[4]float64{1, 3, 5, 7}, [2]int{448, 448}, false, Box{0, 2, 2, 4}},
		"below zero":          {[4]float64{-1, -3, -5, -7}, [2]int{448, 448}, false, Box{0, -2, -2, -4}},
		"shares of the frame": {[4]float64{0, .25, .5, 1}, [2]int{1, 1}, false, Box{0, 56, 112, 224}},
		"ratio first":         {[4]float64{90, 70, 90, 70}, [2]int{640, 640}, false, Box{31, 24, 31, 24}},
		"portrait":            {[4]float64{0, 320, 240, 640}, [2]int{480, 640}, false, Box{0, 112, 112, 224}},
		"out of the frame":    {[4]float64{600, 400, 700, 500}, [2]int{640, 480}, false, Box{210, 187, 245, 233}},
		"double precision":    {[4]float64{10, 5, 30, 15}, [2]int{320, 320}, false, Box{7, 4, 21, 10}},
		"single precision":    {[4]float64{10, 5, 30, 15}, [2]int{320, 320}, true, Box{7, 4, 21, 10}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, ca.want, Scale(ca.box, ca.space, 224, 224, ca.single)) })
	}
	differ := 0
	for w := 100; w < 700; w++ {
		for x := range w {
			b, s := [4]float64{float64(x)}, [2]int{w, 1}
			if Scale(b, s, 224, 224, true) != Scale(b, s, 224, 224, false) {
				differ++
			}
		}
	}
	require.Positive(t, differ, "single precision is another rule: it decides some halves")
}

func TestHitEdgesAreInside(t *testing.T) {
	b := []Box{{10, 20, 30, 40}}
	for _, p := range []Point{{10, 20}, {30, 40}, {10, 40}, {20, 30}} {
		require.True(t, Hit(p, b), p)
	}
	for _, p := range []Point{{9, 20}, {10, 19}, {31, 40}, {30, 41}, {9.99, 30}} {
		require.False(t, Hit(p, b), p)
	}
	require.True(t, Hit(Point{100, 100}, append(b, Box{100, 100, 100, 100})), "any box counts")
	require.False(t, Hit(Point{5, 5}, []Box{{8, 0, 2, 10}}), "x2 < x1")
	require.True(t, Hit(Point{-1, 3}, []Box{{-5, -5, 5, 5}}), "nothing is cut at the frame")
	require.False(t, Hit(NoPoint(), []Box{{-5, -5, 5, 5}}))
	require.False(t, Hit(Point{0, 0}, nil))
}

// planted is a grid of zeros with hot patches.
func planted(values map[[2]int]float32) gem.Map {
	m := gem.Map{H: 14, W: 14, Data: make([]float32, 196)}
	for at, v := range values {
		m.Data[at[1]*14+at[0]] = v
	}
	return m
}

func one(x, y int) gem.Map { return planted(map[[2]int]float32{{x, y}: 1}) }

func TestPeaksOfEnlargedMaps(t *testing.T) {
	for name, ca := range map[string]struct {
		m               gem.Map
		raster, plateau Point
	}{
		"top left corner":     {one(0, 0), Point{0, 0}, Point{3.5, 3.5}},
		"bottom right corner": {one(13, 13), Point{216, 216}, Point{219.5, 219.5}},
		"top edge":            {one(5, 0), Point{87, 0}, Point{87.5, 3.5}},
		"inside":              {one(5, 6), Point{87, 103}, Point{87.5, 103.5}},
		"two alike":           {planted(map[[2]int]float32{{9, 2}: 1, {3, 8}: 1}), Point{151, 39}, Point{151.5, 39.5}},
		"flat":                {planted(nil), NoPoint(), NoPoint()},
		"NaN":                 {planted(map[[2]int]float32{{1, 1}: float32(math.NaN())}), NoPoint(), NoPoint()},
	} {
		t.Run(name, func(t *testing.T) {
			raster, plateau := NewHeat(ca.m, 224, 224, Raster), NewHeat(ca.m, 224, 224, Plateau)
			require.Equal(t, ca.raster, raster.Peak)
			require.Equal(t, ca.plateau, plateau.Peak)
			require.Equal(t, ca.raster == NoPoint(), raster.Flat)
		})
	}
}

func TestFuse(t *testing.T) {
	heat := func(m gem.Map, r PointRule) Heat { return NewHeat(m, 224, 224, r) }
	near, far, flat := one(5, 5), one(6, 5), planted(nil)
	for name, ca := range map[string]struct {
		f                    gem.Fusion
		verb, object, action gem.Map
		raster, plateau      Point
	}{
		"whole pixels":          {gem.FusionPoint, far, near, near, Point{90, 87}, Point{90.7, 87.5}},
		"action counts thrice":  {gem.FusionPoint, near, near, far, Point{96, 87}, Point{97.1, 87.5}},
		"flat verb":             {gem.FusionPoint, flat, near, near, Point{69, 69}, Point{69.8, 69.8}},
		"flat action":           {gem.FusionPoint, near, near, flat, Point{34, 34}, Point{34.4, 34.4}},
		"all flat":              {gem.FusionPoint, flat, flat, flat, NoPoint(), NoPoint()},
		"mean":                  {gem.FusionMean, far, far, near, Point{88, 87}, Point{88, 87.5}},
		"product":               {gem.FusionProduct, near, near, near, Point{87, 87}, Point{87.5, 87.5}},
		"mean of a flat map":    {gem.FusionMean, flat, near, near, NoPoint(), NoPoint()},
		"product of a flat map": {gem.FusionProduct, near, near, flat, NoPoint(), NoPoint()},
		"product of strangers":  {gem.FusionProduct, one(1, 1), near, near, NoPoint(), NoPoint()},
	} {
		t.Run(name, func(t *testing.T) {
			for rule, want := range map[PointRule]Point{Raster: ca.raster, Plateau: ca.plateau} {
				got := Fuse(ca.f, heat(ca.verb, rule), heat(ca.object, rule), heat(ca.action, rule), rule).Peak
				require.InDelta(t, want.X, got.X, 1e-9, rule)
				require.InDelta(t, want.Y, got.Y, 1e-9, rule)
			}
		})
	}
}

func TestIoU(t *testing.T) {
	m := gem.Map{H: 4, W: 4, Data: []float32{
		1, 1, 0, 0,
		1, .4, 0, 0,
		0, 0, 0, 0,
		0, 0, 0, .41,
	}}
	require.Equal(t, 3./5, IoU(m, []Box{{0, 0, 2, 2}}), "0.4 is not above 0.4; [0,2) are two pixels")
	require.Equal(t, 4./5, IoU(m, []Box{{0, 0, 2, 2}, {3, 3, 9, 9}, {0, 0, 1, 1}}), "several boxes are one mask, cut at the frame")
	require.Zero(t, IoU(m, []Box{{2, 0, 2, 4}}), "half-open: a box of no width")
	require.Zero(t, IoU(gem.Map{H: 4, W: 4, Data: make([]float32, 16)}, nil))
}

func TestWilson(t *testing.T) {
	low, high := Wilson(8, 10) // R: binom.confint(8, 10, method = "wilson")
	require.InDelta(t, .4901625, low, 1e-6)
	require.InDelta(t, .9433178, high, 1e-6)
	low, high = Wilson(0, 10)
	require.Zero(t, low)
	require.InDelta(t, .2775328, high, 1e-6)
	low, high = Wilson(10, 10)
	require.InDelta(t, .7224672, low, 1e-6)
	require.Equal(t, 1., high)
	low, high = Wilson(0, 0)
	require.Equal(t, [2]float64{0, 1}, [2]float64{low, high})
}

func TestMcNemar(t *testing.T) {
	for name, ca := range map[string]struct {
		a, b      int
		p         float64
		exact     bool
		statistic float64
	}{
		"alike":            {0, 0, 1, true, 0},
		"balanced":         {5, 5, 1, true, 0},
		"one against nine": {1, 9, 22. / 1024, true, 0},
		"the other way":    {9, 1, 22. / 1024, true, 0},
		"24 is exact":      {0, 24, 2 * math.Pow(.5, 24), true, 0},
		"25 is not":        {10, 15, .4237108, false, 16. / 25},
		"large":            {10, 25, .0179602, false, 196. / 35},
		"even and large":   {20, 20, 1, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := McNemar(ca.a, ca.b)
			require.InDelta(t, ca.p, r.P, 1e-6)
			require.Equal(t, ca.exact, r.Exact)
			require.InDelta(t, ca.statistic, r.Statistic, 1e-12)
		})
	}
}

func TestParse(t *testing.T) {
	_, err := ParseMode("sentence")
	require.ErrorIs(t, err, ErrRule)
	m, err := ParseMode("decomposed")
	require.NoError(t, err)
	require.Equal(t, Decomposed, m)
	_, err = ParsePointRule("middle")
	require.ErrorIs(t, err, ErrRule)
	r, err := ParsePointRule("plateau")
	require.NoError(t, err)
	require.Equal(t, Plateau, r)
}
