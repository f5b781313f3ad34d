package heat_test

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming/heat"
)

func sample() heat.Message {
	return heat.Message{
		GridW: 3, GridH: 2, Timestamp: 0xfedcba98, Age: 123 * time.Millisecond, Inference: 24 * time.Millisecond,
		Prompts: []heat.Prompt{
			{Text: "a person waving", R: 255, G: 90, B: 54, Score: .125, Found: true, X: 1, Y: 0, Box: [4]float64{0, 0, 1, 1}, Heat: []byte{0, 1, 2, 3, 254, 255}},
			{Text: "ein Mensch fällt", Score: -.5, Seen: true, Judged: true, Own: true, Heat: make([]byte, 6)},
		},
	}
}

func TestRoundTrip(t *testing.T) {
	want := sample()
	b, err := want.Append([]byte("before"))
	require.NoError(t, err)
	got, err := heat.Parse(bytes.TrimPrefix(b, []byte("before")))
	require.NoError(t, err)
	require.Equal(t, &want, got)
}

// TestLayout holds the bytes themselves: the page reads them.
func TestLayout(t *testing.T) {
	m := heat.Message{
		GridW: 2, GridH: 1, Timestamp: 0x01020304, Age: 258 * time.Millisecond, Inference: 3 * time.Millisecond,
		Prompts: []heat.Prompt{{Text: "ab", R: 7, G: 8, B: 9, Score: 1, Found: true, Seen: true, Judged: true, X: 1, Box: [4]float64{0, 1, 0, 1}, Heat: []byte{17, 18}}},
	}
	b, err := m.Append(nil)
	require.NoError(t, err)
	require.Equal(t, []byte{
		2, 1, 2, 1, 1, 2, 3, 4, 1, 2, 0, 3,
		11, 7, 8, 9, 0x3f, 0x80, 0, 0, 255, 255, 0, 0, 0, 0, 255, 255, 0, 0, 255, 255, 0, 2, 'a', 'b', 17, 18,
	}, b)
}

func TestPlacesAndTimesAreClamped(t *testing.T) {
	m := heat.Message{
		GridW: 1, GridH: 1, Age: time.Hour, Inference: -time.Second,
		Prompts: []heat.Prompt{{X: 7, Y: math.NaN(), Box: [4]float64{-1, 0, 2, 1}, Heat: []byte{0}}},
	}
	b, err := m.Append(nil)
	require.NoError(t, err)
	got, err := heat.Parse(b)
	require.NoError(t, err)
	require.Equal(t, 65535*time.Millisecond, got.Age)
	require.Zero(t, got.Inference)
	require.Equal(t, 1., got.Prompts[0].X)
	require.Zero(t, got.Prompts[0].Y)
	require.Equal(t, [4]float64{0, 0, 1, 1}, got.Prompts[0].Box)
}

func TestWhatCannotBeWritten(t *testing.T) {
	for name, m := range map[string]heat.Message{
		"no grid":              {},
		"a large grid":         {GridW: 256, GridH: 1},
		"too many prompts":     {GridW: 1, GridH: 1, Prompts: make([]heat.Prompt, 256)},
		"heat of another size": {GridW: 1, GridH: 2, Prompts: []heat.Prompt{{Heat: []byte{1}}}},
		"a long text":          {GridW: 1, GridH: 1, Prompts: []heat.Prompt{{Heat: []byte{1}, Text: strings.Repeat("x", 65536)}}},
		"a text not in UTF-8":  {GridW: 1, GridH: 1, Prompts: []heat.Prompt{{Heat: []byte{1}, Text: "\xff"}}},
	} {
		_, err := m.Append(nil)
		require.ErrorIs(t, err, heat.ErrMessage, name)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	m := sample()
	good, err := m.Append(nil)
	require.NoError(t, err)
	for n := range good {
		_, err := heat.Parse(good[:n])
		require.ErrorIs(t, err, heat.ErrMessage, "%d bytes", n)
	}
	_, err = heat.Parse(append(bytes.Clone(good), 0))
	require.ErrorIs(t, err, heat.ErrMessage)
	other := bytes.Clone(good)
	other[0] = heat.Version + 1
	_, err = heat.Parse(other)
	require.ErrorIs(t, err, heat.ErrMessage)
}

func FuzzParse(f *testing.F) {
	m := sample()
	b, err := m.Append(nil)
	require.NoError(f, err)
	f.Add(b)
	f.Add([]byte{1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := heat.Parse(b)
		if err != nil {
			require.ErrorIs(t, err, heat.ErrMessage)
			return
		}
		again, err := m.Append(nil)
		require.NoError(t, err)
		parsed, err := heat.Parse(again)
		require.NoError(t, err)
		for i := range parsed.Prompts { // a score may be NaN
			parsed.Prompts[i].Score, m.Prompts[i].Score = 0, 0
		}
		require.Equal(t, m, parsed)
	})
}
