package baseline

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/pipeline/eval/metric"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestByHand compares with trying every pixel on every sample.
func TestByHand(t *testing.T) {
	const w, h = 23, 17
	r := rand.New(rand.NewPCG(1, 1))
	var targets []Target
	for i := range 60 {
		target := Target{Scene: i / 2}
		for range 1 + i%3 {
			x, y := r.IntN(w+10)-5, r.IntN(h+10)-5
			target.Boxes = append(target.Boxes, metric.Box{x, y, x + r.IntN(9) - 2, y + r.IntN(9) - 2})
		}
		targets = append(targets, target)
	}
	hits := func(x, y float64) (n int) {
		for _, target := range targets {
			if metric.Hit(metric.Point{X: x, Y: y}, target.Boxes) {
				n++
			}
		}
		return n
	}
	total, best, at := 0, -1, [2]int{}
	for y := range h {
		for x := range w {
			n := hits(float64(x), float64(y))
			total += n
			if n > best {
				best, at = n, [2]int{x, y}
			}
		}
	}
	b := Of(targets, w, h)
	require.Equal(t, 60, b.N)
	require.InDelta(t, float64(hits(11, 8))/60, b.Centre, 1e-12)
	require.InDelta(t, float64(total)/60/w/h, b.Random, 1e-12)
	require.InDelta(t, float64(best)/60, b.Constant, 1e-12)
	require.Equal(t, at, b.ConstantPoint, "the first in raster order")
	require.NotNil(t, b.Neighbour)
}

func TestNeighbour(t *testing.T) {
	left, right := metric.Box{0, 0, 4, 9}, metric.Box{5, 0, 9, 9}
	alone := Of([]Target{{Boxes: []metric.Box{left}, Scene: 0}, {Boxes: []metric.Box{right}, Scene: 1}}, 10, 10)
	require.Nil(t, alone.Neighbour)
	both := Of([]Target{{Boxes: []metric.Box{left}}, {Boxes: []metric.Box{right}}}, 10, 10)
	require.Equal(t, .5, *both.Neighbour, "half the time it is the other one's")
	one := Of([]Target{{Boxes: []metric.Box{left}}, {Boxes: []metric.Box{left}}, {Boxes: []metric.Box{right}, Scene: 1}}, 10, 10)
	require.Equal(t, 1., *one.Neighbour)
	require.Zero(t, Of(nil, 10, 10).Centre)
}

// TestGroundingYouTube has the numbers of the data set's own annotations, worked out apart from this program.
func TestGroundingYouTube(t *testing.T) {
	dir := os.Getenv("VIDEOGEM_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared")
	}
	data, err := os.ReadFile(filepath.Join(dir, "data", "box_anno.json"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("GroundingYouTube's box_anno.json is not there; set VIDEOGEM_SHARED to the folder that has data/box_anno.json")
	}
	require.NoError(t, err)
	var videos map[string][]struct{ Box [4]float64 }
	require.NoError(t, json.Unmarshal(data, &videos))
	var targets []Target
	for name, boxes := range videos {
		space := [2]int{640, 480}
		if name == "7mabCfrc90Y" {
			space = [2]int{480, 640}
		}
		for _, b := range boxes {
			targets = append(targets, Target{Boxes: []metric.Box{metric.Scale(b.Box, space, 224, 224, false)}, Scene: len(targets)})
		}
	}
	b := Of(targets, 224, 224)
	require.Equal(t, 17316, b.N)
	require.InDelta(t, 11717./17316, b.Centre, 1e-12)
	require.InDelta(t, .681, b.Constant, 5e-4)
	require.Equal(t, [2]int{114, 119}, b.ConstantPoint)
	require.InDelta(t, .177, b.Random, 5e-4)
	require.Nil(t, b.Neighbour)
}
