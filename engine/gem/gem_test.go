package gem

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestResizeHalfPixelCentres(t *testing.T) {
	m := Map{H: 1, W: 2, Data: []float32{0, 1}}
	require.Equal(t, []float32{0, .25, .75, 1}, m.Resize(1, 4).Data)
	require.Equal(t, []float32{.5}, m.Resize(1, 1).Data)
	require.Equal(t, m.Data, m.Resize(1, 2).Data)
}

func TestConstantAndBrokenMaps(t *testing.T) {
	nan := float32(math.NaN())
	for name, data := range map[string][]float32{"constant": {.5, .5, .5, .5}, "nan": {nan, nan, nan, nan}, "inf": {float32(math.Inf(1)), 0, 0, 0}} {
		t.Run(name, func(t *testing.T) {
			n, ok := Map{H: 2, W: 2, Data: data}.Normalize()
			require.False(t, ok)
			require.Equal(t, []float32{0, 0, 0, 0}, n.Data)
		})
	}
	_, _, ok := Map{H: 2, W: 2, Data: []float32{.5, .5, .5, .5}}.Peak()
	require.False(t, ok)
	_, _, ok = Map{}.PlateauPeak()
	require.False(t, ok)
}

func TestNormalize(t *testing.T) {
	n, ok := Map{H: 1, W: 3, Data: []float32{-1, 0, 3}}.Normalize()
	require.True(t, ok)
	require.Equal(t, []float32{0, .25, 1}, n.Data)
}

func TestPeaks(t *testing.T) {
	m := Map{H: 3, W: 4, Data: []float32{
		0, 0, 0, 9,
		0, 9, 9, 0,
		0, 9, 9, 0,
	}}
	x, y, ok := m.Peak()
	require.True(t, ok)
	require.Equal(t, [2]int{3, 0}, [2]int{x, y}, "the first in raster order")
	fx, fy, ok := m.PlateauPeak()
	require.True(t, ok)
	require.Equal(t, [2]float64{3, 0}, [2]float64{fx, fy}, "the plateau of that first one")
	m.Data[3] = 0
	fx, fy, _ = m.PlateauPeak()
	require.Equal(t, [2]float64{1.5, 1.5}, [2]float64{fx, fy})
}

func TestCentre(t *testing.T) {
	for name, ca := range map[string]struct {
		m    Map
		x, y float64
	}{
		"of one place":                    {Map{H: 1, W: 4, Data: []float32{0, 1, 0, 0}}, .375, .5},
		"between two":                     {Map{H: 1, W: 4, Data: []float32{0, 1, 1, 0}}, .5, .5},
		"towards the warmer neighbour":    {Map{H: 1, W: 4, Data: []float32{-1, 0, -.5, -1}}, (1.5 + 2.5/2) / 1.5 / 4, .5},
		"the first of the hottest":        {Map{H: 1, W: 7, Data: []float32{0, 0, 0, 0, 0, 1, 0}}, 5.5 / 7, .5},
		"of what is far it knows nothing": {Map{H: 1, W: 5, Data: []float32{1, 0, 0, 0, .9}}, .1, .5},
		"of a corner, not beyond it":      {Map{H: 2, W: 2, Data: []float32{3, 0, 0, 0}}, .25, .25},
		"of a plateau its first":          {Map{H: 4, W: 4, Data: []float32{1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0}}, .125, .125},
	} {
		t.Run(name, func(t *testing.T) {
			x, y, ok := ca.m.Centre()
			require.True(t, ok)
			require.InDelta(t, ca.x, x, 1e-6)
			require.InDelta(t, ca.y, y, 1e-6)
		})
	}
	_, _, ok := Map{H: 2, W: 2, Data: []float32{.5, .5, .5, .5}}.Centre()
	require.False(t, ok)
}

func TestBox(t *testing.T) {
	m := Map{H: 3, W: 4, Data: []float32{
		.9, 0, 0, .6,
		0, 0, 1, .6,
		0, 0, .7, 0,
	}}
	x0, y0, x1, y1, ok := m.Box(.6)
	require.True(t, ok)
	require.Equal(t, [4]int{2, 0, 4, 3}, [4]int{x0, y0, x1, y1})
	_, _, _, _, ok = m.Box(1.1)
	require.False(t, ok)
}

func TestParseWeights(t *testing.T) {
	for text, want := range map[string]Weights{"none": None, "static": Static, "Dynamic": Dynamic, "videogem": VideoGEM, "1,2,3,4,5,6,7,8": {Base: [8]float32{1, 2, 3, 4, 5, 6, 7, 8}}} {
		got, err := ParseWeights(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"", "all", "1,2", "1,2,3,4,5,6,7,x"} {
		_, err := ParseWeights(text)
		require.ErrorIs(t, err, ErrWeights)
	}
}

func TestParseScope(t *testing.T) {
	s, err := ParseScope("official-4")
	require.NoError(t, err)
	require.Equal(t, Official4, s)
	_, err = ParseScope("band")
	require.ErrorIs(t, err, ErrScope)
}

func TestFuse(t *testing.T) {
	at := func(x, y int) Map {
		m := Map{H: 4, W: 8, Data: make([]float32, 32)}
		m.Data[y*8+x] = 1
		return m
	}
	verb, object, action := at(7, 3), at(0, 1), at(4, 0)
	x, y, ok := Fuse(FusionPoint, verb, object, action)
	require.True(t, ok)
	require.Equal(t, [2]int{3, 0}, [2]int{x, y}, "each axis is truncated")
	x, y, ok = Fuse(FusionMean, verb, object, action)
	require.True(t, ok)
	require.Equal(t, [2]int{4, 0}, [2]int{x, y}, "the action counts three times")
	_, _, ok = Fuse(FusionProduct, verb, object, action)
	require.False(t, ok, "maps that share no heat have no product")
	x, y, ok = Fuse(FusionProduct, at(2, 2), at(2, 2), at(2, 2))
	require.True(t, ok)
	require.Equal(t, [2]int{2, 2}, [2]int{x, y})
	_, _, ok = Fuse(FusionPoint, Map{H: 4, W: 8, Data: make([]float32, 32)}, object, action)
	require.False(t, ok, "a constant map has no peak to average")
	_, err := ParseFusion("median")
	require.ErrorIs(t, err, ErrFusion)
}

func TestLeaveOneOut(t *testing.T) {
	w := Static.LeaveOneOut(3)
	require.Zero(t, w.Base[3])
	require.InDelta(t, .6, Static.Base[3], 1e-6, "the original stays")
}

func TestInfiniteMapHasNoPeak(t *testing.T) {
	_, _, ok := Map{H: 1, W: 2, Data: []float32{0, float32(math.Inf(1))}}.Peak()
	require.False(t, ok)
}
