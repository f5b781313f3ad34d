package dataset

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/pickle/pickletest"
)

func dalyKeyframe(frame int, box ...float64) pickletest.Dict {
	return pickletest.Dict{
		{Key: []byte("boundingBox"), Value: pickletest.Array{Shape: []int{1, 4}, Data: box}},
		{Key: []byte("frameNumber"), Value: frame},
		{Key: []byte("time"), Value: 1.5},
		{Key: []byte("objects"), Value: pickletest.Array{Shape: []int{0, 7}}},
	}
}

func dalyPickle(t *testing.T) string {
	t.Helper()
	video := func(label string, frames ...any) pickletest.Dict {
		instance := pickletest.Dict{{Key: []byte("beginTime"), Value: 0.}, {Key: []byte("keyframes"), Value: frames}}
		return pickletest.Dict{{Key: []byte("suggestedClass"), Value: []byte(label)}, {Key: []byte("annot"), Value: pickletest.Dict{{Key: []byte(label), Value: []any{instance}}}}}
	}
	metadata := pickletest.Dict{{Key: []byte("t1.mp4"), Value: pickletest.Dict{{Key: []byte("nbframes_ffmpeg"), Value: 400}, {Key: []byte("fps"), Value: 25.}}}}
	return pickled(t, pickletest.Dict{
		{Key: []byte("splits"), Value: []any{pickletest.Set{[]byte("t1.mp4"), []byte("t2.mp4")}}},
		{Key: []byte("metadata"), Value: metadata},
		{Key: []byte("annot"), Value: pickletest.Dict{
			{Key: []byte("t1.mp4"), Value: video("BrushingTeeth", dalyKeyframe(200, .25, .5, .75, 1), dalyKeyframe(310, 0, 0, .1, .1), dalyKeyframe(100, 0, 0, 1, 1))},
			{Key: []byte("r.mp4"), Value: video("TakingPhotosOrVideos", dalyKeyframe(500, .1, .2, .3, .4))},
			{Key: []byte("t2.mp4"), Value: video("Drinking", dalyKeyframe(1000, .1, .2, .3, .4))},
		}},
	})
}

func TestDALY(t *testing.T) {
	o := DALYOptions{Annotations: dalyPickle(t), Split: "test", FrameStep: 32}
	m, err := DALY(t.Context(), o)
	written(t, m, err)
	require.Len(t, m.Samples, 4)
	require.Equal(t, map[string]int{noNeighbour: 2}, m.Header.Incomplete, "frames 406 of 400, and -28")
	require.Equal(t, manifest.Sample{
		ID: "t1.mp4/200/BrushingTeeth", Label: "BrushingTeeth", Class: "BrushingTeeth",
		Prompts: manifest.Prompts{
			Action: "A photo of a person Brushing Teeth.", Verbs: []string{"A photo of a person Brushing something."}, Objects: []string{"A photo of a person using Teeth."},
		},
		Media: manifest.Media{Kind: manifest.Images, Paths: []string{
			"t1/72.jpg", "t1/104.jpg", "t1/136.jpg", "t1/168.jpg", "t1/200.jpg", "t1/232.jpg", "t1/264.jpg", "t1/296.jpg",
		}},
		Key: 4, Boxes: [][4]float64{{.25, .5, .75, 1}}, Space: [2]int{1, 1}, Missing: manifest.Skip,
	}, m.Samples[0])
	require.Equal(t, []string{"A photo of a person."}, m.Samples[3].Prompts.Objects, "Drinking has no object")

	dir := t.TempDir()
	touch(t, dir, "t1.mp4", "r.webm")
	o.Media, o.Split = Media{Folder: dir, Videos: true}, "all"
	m, err = DALY(t.Context(), o)
	written(t, m, err)
	require.Equal(t, map[string]int{noVideo: 1}, m.Header.Skipped)
	require.Equal(t, []int{71, 103, 135, 167, 199, 231, 263, 295}, m.Samples[0].Media.FrameNumbers, "annotated from 1, decoded from 0")
	require.Equal(t, "r.webm", m.Samples[3].Media.Path)

	o.Split, o.Media, o.FrameStep = "train", Media{}, 2
	m, err = DALY(t.Context(), o)
	written(t, m, err)
	require.Len(t, m.Samples, 1)
	require.Equal(t, "r/492.jpg", m.Samples[0].Media.Paths[0])
	require.Equal(t, "A photo of a person Taking Photos Or Videos.", m.Samples[0].Prompts.Action)
}

func TestDALYRefuses(t *testing.T) {
	for _, o := range []DALYOptions{{Split: "val", FrameStep: 1}, {Split: "test"}} {
		_, err := DALY(t.Context(), o)
		require.ErrorIs(t, err, ErrOptions)
	}
	split := pickletest.Pair{Key: "splits", Value: []any{[]any{"v"}}}
	for name, v := range map[string]any{
		"no splits": pickletest.Dict{}, "empty splits": pickletest.Dict{{Key: "splits", Value: []any{}}}, "no annot": pickletest.Dict{split},
		"no labels": pickletest.Dict{split, {Key: "annot", Value: pickletest.Dict{{Key: "v", Value: pickletest.Dict{}}}}},
		"box": pickletest.Dict{split, {Key: "annot", Value: pickletest.Dict{{Key: "v", Value: pickletest.Dict{{Key: "annot", Value: pickletest.Dict{
			{Key: "Drinking", Value: []any{pickletest.Dict{{Key: "keyframes", Value: []any{pickletest.Dict{
				{Key: "boundingBox", Value: pickletest.Array{Shape: []int{1, 2, 2}, Data: []float64{1, 2, 3, 4}}}, {Key: "frameNumber", Value: 1},
			}}}}}},
		}}}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := DALY(t.Context(), DALYOptions{Annotations: pickled(t, v), Split: "test", FrameStep: 32})
			require.ErrorIs(t, err, ErrAnnotations)
		})
	}
}
