package runner

import (
	"context"
	"fmt"
	"hash/fnv"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/model"
	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/metric"
)

const grid = 14

// heat is a grid of zeros with hot patches at x, y.
func heat(hot ...[2]int) gem.Map {
	m := gem.Map{H: grid, W: grid, Data: make([]float32, grid*grid)}
	for _, p := range hot {
		m.Data[p[1]*grid+p[0]] = 1
	}
	return m
}

// grounder answers prompts with planted heat; one that nobody planted gets a heat map that hangs on its text and on the weighting.
type grounder struct {
	frames  int
	scopes  int // 0 is one
	planted map[string]gem.Map
	scores  map[string]float32
	before  func(ctx context.Context, n int) error // called before the n-th clip, from 1; may be nil
	clips   atomic.Int64
}

func (g *grounder) Spec() engine.Spec {
	return engine.Spec{
		Name: "planted", Frames: g.frames, Height: 224, Width: 224, GridH: grid, GridW: grid, Weights: gem.VideoGEM,
		Resize: model.BilinearStretch, Precision: "fp32", Device: "cpu",
	}
}

func (g *grounder) GroundAll(ctx context.Context, r engine.Request, weights []gem.Weights) ([]*engine.Result, error) {
	n := g.clips.Add(1)
	if g.before != nil {
		if err := g.before(ctx, int(n)); err != nil {
			return nil, err
		}
	}
	var all []*engine.Result
	for scope := range max(1, g.scopes) {
		for _, w := range weights {
			result := &engine.Result{}
			for _, p := range r.Prompts {
				m, ok := g.planted[p]
				if !ok {
					h := fnv.New64a()
					_, _ = fmt.Fprint(h, p, scope, w.Base[0], w.Alpha, len(r.Clip.Pix), r.Clip.Pix[0])
					v := h.Sum64() % (grid * grid)
					m = heat([2]int{int(v % grid), int(v / grid)})
				}
				result.Prompts = append(result.Prompts, engine.Grounding{Prompt: p, Score: g.scores[p], Heat: []gem.Map{m}})
			}
			all = append(all, result)
		}
	}
	return all, nil
}

func (g *grounder) Embed(context.Context, []string) ([][]float32, error) { return nil, nil }

// folder has a picture of each name.
func folder(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, n := range names {
		img := image.NewGray(image.Rect(0, 0, 4, 4))
		img.Pix[0] = byte(i)
		f, err := os.Create(filepath.Join(dir, n))
		require.NoError(t, err)
		require.NoError(t, png.Encode(f, img))
		require.NoError(t, f.Close())
	}
	return dir
}

// question is a sample about one still picture, in a frame of 640x480.
func question(id, dir string, boxes ...[4]float64) manifest.Sample {
	return manifest.Sample{
		ID: id, Label: id, Class: id, Boxes: boxes, Space: [2]int{640, 480}, Missing: manifest.Skip,
		Prompts: manifest.Prompts{Action: id + " action", Verbs: []string{id + " verb"}, Objects: []string{id + " object"}},
		Media:   manifest.Media{Kind: manifest.Images, Paths: []string{filepath.Join(dir, "a.png")}},
	}
}

func options(t *testing.T, samples []manifest.Sample, v ...Variant) Options {
	t.Helper()
	return Options{
		Manifest: &manifest.Manifest{Header: manifest.Header{Dataset: "planted"}, Samples: samples}, Digest: "0", Scopes: []gem.Scope{""},
		Point: metric.Raster, Variants: v, Results: filepath.Join(t.TempDir(), File),
	}
}

var (
	byAction = Variant{Prompts: metric.Action}
	byParts  = Variant{Prompts: metric.Decomposed, Fuse: gem.FusionPoint}
)

// TestPlantedHeat has a sample for each trap of the protocol, and the hit or miss that the authors' code makes of it. A hot patch (x, y)
// inside the frame peaks at pixels 16x+7 and 16x+8, of which the first counts; one on the edge is a plateau of 8 pixels and a half.
func TestPlantedHeat(t *testing.T) {
	dir := folder(t, "a.png")
	model := [2]int{224, 224} // boxes in the model's pixels
	double := [2]int{448, 448}
	middle, next := heat([2]int{5, 5}), heat([2]int{6, 5}) // peaks (87,87) and (103,87)
	flat, nan := heat(), heat()
	nan.Data[0] = float32(math.NaN())
	for _, ca := range []struct {
		name                 string
		v                    Variant
		verb, object, action gem.Map
		space                [2]int
		boxes                [][4]float64
		hit                  bool
	}{
		{"corner plateau is its first pixel", byAction, flat, flat, heat([2]int{0, 0}), model, [][4]float64{{0, 0, 0, 0}}, true},
		{"corner plateau is not its middle", byAction, flat, flat, heat([2]int{0, 0}), model, [][4]float64{{1, 1, 15, 15}}, false},
		{"bottom right corner", byAction, flat, flat, heat([2]int{13, 13}), model, [][4]float64{{216, 216, 216, 216}}, true},
		{"bottom right corner, beyond", byAction, flat, flat, heat([2]int{13, 13}), model, [][4]float64{{217, 217, 223, 223}}, false},
		{"tie across rows: the upper", byAction, flat, flat, heat([2]int{9, 2}, [2]int{1, 7}), model, [][4]float64{{151, 39, 151, 39}}, true},
		{"tie in a row: the left", byAction, flat, flat, heat([2]int{9, 2}, [2]int{1, 2}), model, [][4]float64{{23, 39, 23, 39}}, true},
		{"edges are inside", byAction, flat, flat, middle, model, [][4]float64{{87, 87, 87, 87}}, true},
		{"left of the box", byAction, flat, flat, middle, model, [][4]float64{{88, 80, 99, 99}}, false},
		{"below the box", byAction, flat, flat, middle, model, [][4]float64{{80, 80, 99, 86}}, false},
		{"86.5 is rounded to 86", byAction, flat, flat, middle, double, [][4]float64{{0, 0, 173, 200}}, false},
		{"87.5 is rounded to 88", byAction, flat, flat, middle, double, [][4]float64{{175, 0, 200, 200}}, false},
		{"174 is 87", byAction, flat, flat, middle, double, [][4]float64{{174, 174, 174, 174}}, true},
		{"any box", byAction, flat, flat, middle, model, [][4]float64{{0, 0, 9, 9}, {80, 80, 90, 90}}, true},
		{"x2 < x1", byAction, flat, flat, middle, model, [][4]float64{{90, 80, 80, 90}}, false},
		{"box reaches out of the frame", byAction, flat, flat, heat([2]int{13, 13}), [2]int{640, 480}, [][4]float64{{600, 400, 700, 900}}, true},
		{"box outside the frame", byAction, flat, flat, heat([2]int{13, 13}), [2]int{640, 480}, [][4]float64{{650, 400, 700, 900}}, false},
		{"portrait: 480x640", byAction, flat, flat, middle, [2]int{480, 640}, [][4]float64{{180, 240, 188, 251}}, true},
		{"portrait, as if it were 640x480", byAction, flat, flat, middle, [2]int{640, 480}, [][4]float64{{180, 240, 188, 251}}, false},
		{"constant map", byAction, middle, middle, flat, model, [][4]float64{{-9, -9, 300, 300}}, false},
		{"map of NaN", byAction, middle, middle, nan, model, [][4]float64{{-9, -9, 300, 300}}, false},
		{"fused point is cut: 90.2 is 90", byParts, next, middle, middle, model, [][4]float64{{90, 87, 90, 87}}, true},
		{"fused point is not rounded up", byParts, next, next, heat([2]int{5, 5}), model, [][4]float64{{94, 80, 99, 99}}, false},
		{"constant verb counts as -1", byParts, flat, middle, middle, model, [][4]float64{{69, 69, 69, 69}}, true},
		{"constant action counts as -1", byParts, middle, middle, flat, model, [][4]float64{{34, 34, 34, 34}}, true},
		{"all constant", byParts, flat, flat, flat, model, [][4]float64{{-9, -9, 300, 300}}, false},
		{"mean with a constant map", Variant{"", "", metric.Decomposed, gem.FusionMean}, flat, middle, middle, model, [][4]float64{{0, 0, 223, 223}}, false},
		{"mean", Variant{"", "", metric.Decomposed, gem.FusionMean}, next, middle, middle, model, [][4]float64{{88, 87, 88, 87}}, true},
		{"product", Variant{"", "", metric.Decomposed, gem.FusionProduct}, middle, middle, middle, model, [][4]float64{{87, 87, 87, 87}}, true},
		{"verb alone", Variant{Prompts: metric.Verb}, next, middle, middle, model, [][4]float64{{103, 87, 103, 87}}, true},
		{"object alone", Variant{Prompts: metric.Object}, middle, next, middle, model, [][4]float64{{103, 87, 103, 87}}, true},
	} {
		t.Run(ca.name, func(t *testing.T) {
			s := question("q", dir, ca.boxes...)
			s.Space = ca.space
			g := &grounder{frames: 1, planted: map[string]gem.Map{"q verb": ca.verb, "q object": ca.object, "q action": ca.action}}
			r, err := Run(t.Context(), g, options(t, []manifest.Sample{s}, ca.v))
			require.NoError(t, err)
			require.Equal(t, ca.hit, r.Records[0].Answers[0].Hit, "answer %v", r.Records[0].Answers[0])
		})
	}
}

// TestBestOfSeveral: of several verbs and objects those most like the clip are used, the first among equals.
func TestBestOfSeveral(t *testing.T) {
	s := question("q", folder(t, "a.png"), [4]float64{0, 0, 1, 1})
	s.Prompts.Verbs, s.Prompts.Objects = []string{"cut", "peel", "wash"}, []string{"knife", "apple"}
	g := &grounder{
		frames: 1, scores: map[string]float32{"cut": .1, "peel": .3, "wash": .2},
		planted: map[string]gem.Map{
			"cut": heat([2]int{1, 1}), "peel": heat([2]int{2, 2}), "wash": heat([2]int{3, 3}),
			"knife": heat([2]int{4, 4}), "apple": heat([2]int{5, 5}), "q action": heat([2]int{6, 6}),
		},
	}
	r, err := Run(t.Context(), g, options(t, []manifest.Sample{s}, Variant{Prompts: metric.Verb}, Variant{Prompts: metric.Object}, byParts))
	require.NoError(t, err)
	a := r.Records[0].Answers
	require.Equal(t, [2]float64{39, 39}, [2]float64{a[0].X, a[0].Y})
	require.Equal(t, [2]float64{71, 71}, [2]float64{a[1].X, a[1].Y})
	require.Equal(t, float64((3*103+39+71)/5), a[2].X)
}

// TestMissingFrames has a whole clip, one without a neighbour and one without its key frame.
func TestMissingFrames(t *testing.T) {
	dir := folder(t, "a.png", "b.png", "c.png", "d.png")
	path := func(n string) string { return filepath.Join(dir, n+".png") }
	clip := func(id string, rule manifest.Missing, names ...string) manifest.Sample {
		s := question(id, dir, [4]float64{0, 0, 640, 480})
		s.Media.Paths, s.Key, s.Missing = nil, 2, rule
		for _, n := range names {
			s.Media.Paths = append(s.Media.Paths, path(n))
		}
		return s
	}
	samples := []manifest.Sample{
		clip("whole", manifest.Skip, "a", "b", "c", "d"),
		clip("skips", manifest.Skip, "a", "x", "c", "d"),
		clip("repeats", manifest.Repeat, "a", "x", "c", "d"),
		clip("keyless", manifest.Repeat, "a", "b", "x", "d"),
	}
	for rule, want := range map[Missing][4]string{
		AsPrepared: {"scored", "missing frame", "repeated", "missing frame"},
		Skip:       {"scored", "missing frame", "missing frame", "missing frame"},
		Repeat:     {"scored", "repeated", "repeated", "missing frame"},
	} {
		o := options(t, samples, byAction)
		o.Missing = rule
		r, err := Run(t.Context(), &grounder{frames: 4}, o)
		require.NoError(t, err)
		var got [4]string
		for i, rec := range r.Records {
			got[i] = "scored"
			if rec.Repeated {
				got[i] = "repeated"
			}
			if rec.Skipped != "" {
				got[i] = rec.Skipped
				require.Empty(t, rec.Answers)
			}
		}
		require.Equal(t, want, got, "rule %q", rule)
	}
	o := options(t, samples, byAction)
	o.Missing = Fail
	_, err := Run(t.Context(), &grounder{frames: 4}, o)
	require.ErrorIs(t, err, ErrFrames)
	require.ErrorContains(t, err, "x.png")
}

// TestOnePassServesAll: samples about one picture share a pass, and so do all variants.
func TestOnePassServesAll(t *testing.T) {
	dir := folder(t, "a.png", "b.png")
	var samples []manifest.Sample
	for i := range 6 {
		s := question(fmt.Sprint("q", i), dir, [4]float64{0, 0, 320, 240})
		if i >= 4 {
			s.Media.Paths = []string{filepath.Join(dir, "b.png")}
		}
		samples = append(samples, s)
	}
	scopes := []gem.Scope{gem.Joint, gem.Frame}
	all := Variants(scopes, []string{"none", "static", "", "videogem"}, []metric.Mode{metric.Action, metric.Decomposed}, []gem.Fusion{gem.FusionPoint, gem.FusionMean})
	require.Len(t, all, 2*4*3)
	o := options(t, samples, all...)
	o.Scopes = scopes
	g := &grounder{frames: 1, scopes: 2}
	r, err := Run(t.Context(), g, o)
	require.NoError(t, err)
	require.EqualValues(t, 2, g.clips.Load())
	require.Equal(t, 2, r.Timing.Clips)
	require.Equal(t, []int{0, 0, 0, 0, 1, 1}, r.Scenes)
	for k, v := range all {
		alone := options(t, samples, v)
		alone.Scopes = scopes
		one, err := Run(t.Context(), &grounder{frames: 1, scopes: 2}, alone)
		require.NoError(t, err)
		for i := range samples {
			require.Equal(t, one.Records[i].Answers[0], r.Records[i].Answers[k], v.String())
		}
	}
	require.Equal(t, "frame/none/decomposed/mean", all[14].String())
	_, err = Run(t.Context(), g, options(t, samples, Variant{Weights: "heavy", Prompts: metric.Action}))
	require.ErrorIs(t, err, gem.ErrWeights)
}
