package dataset

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/pickle"
	"github.com/videogem/videogem/pipeline/eval/pickle/pickletest"
)

func vhicoRecordOf(path string, object, human []any) pickletest.Dict {
	return pickletest.Dict{
		{Key: "path", Value: path},
		{Key: "label", Value: "catching fish"},
		{Key: "object", Value: object},
		{Key: "human", Value: human},
		{Key: "height", Value: 256},
		{Key: "width", Value: 340},
	}
}

func vhicoPickle(t *testing.T, records ...any) string {
	t.Helper()
	return pickled(t, pickletest.Dict{{Key: "annos", Value: pickletest.Dict{{Key: "catching", Value: pickletest.Dict{{Key: "v.mp4", Value: records}}}}}})
}

func TestVHICO(t *testing.T) {
	box := func(v ...any) []any { return v }
	annotations := vhicoPickle(
		t,
		vhicoRecordOf("test/catching/v.mp4/47.jpg", []any{box(100, 50, 120, 70), box(90, 60, 95, 65)}, []any{box(101.5, 40, 200, 250)}),
		vhicoRecordOf("test/catching/v.mp4/3.jpg", []any{}, []any{box(1, 2, 3, 4)}),
		vhicoRecordOf("test/catching/v.mp4/60.jpg", []any{}, []any{}),
		vhicoRecordOf("test/catching/v.mp4/90.jpg", []any{box(1, 2, 3, 4)}, []any{}),
	)
	keys, rest := t.TempDir(), t.TempDir()
	touch(t, keys, "test/catching/v.mp4/47.jpg", "test/catching/v.mp4/3.jpg", "test/catching/v.mp4/60.jpg")
	for _, n := range []string{"31", "35", "39", "43", "51", "55", "59"} {
		touch(t, rest, "catching/v.mp4/"+n+".jpg")
	}
	o := VHICOOptions{Annotations: annotations, Media: Media{Folder: keys, Neighbours: rest}, FrameStep: 4, FirstFrame: 1}
	m, err := VHICO(t.Context(), o)
	written(t, m, err)
	require.True(t, m.Header.Float32)
	require.Equal(t, map[string]int{noBox: 1, noKeyFrame: 1}, m.Header.Skipped)
	require.Equal(t, map[string]int{noNeighbour: 1}, m.Header.Incomplete)
	require.Len(t, m.Samples, 2)
	s := m.Samples[0]
	require.Equal(t, manifest.Repeat, s.Missing)
	require.Equal(t, "test/catching/v.mp4/47.jpg", s.ID)
	require.Equal(t, [][4]float64{{90, 40, 200, 250}}, s.Boxes, "around all people and objects")
	require.Equal(t, [2]int{340, 256}, s.Space)
	require.Equal(t, "catching fish", s.Label)
	require.Equal(t, "catching", s.Class)
	require.Equal(t, []string{"A photo of a person using fish."}, s.Prompts.Objects)
	require.Equal(t, "test/catching/v.mp4/47.jpg", s.Media.Paths[4])
	require.Equal(t, rest+"/catching/v.mp4/31.jpg", s.Media.Paths[0])
	require.Equal(t, rest+"/catching/v.mp4/59.jpg", s.Media.Paths[7])

	videos := t.TempDir()
	touch(t, videos, "acting/v.mp4", "catching/v.mp4")
	o.Media = Media{Folder: videos, Videos: true}
	m, err = VHICO(t.Context(), o)
	written(t, m, err)
	require.Len(t, m.Samples, 3)
	require.Equal(t, manifest.Media{Kind: manifest.Video, Path: "catching/v.mp4", FrameNumbers: []int{30, 34, 38, 42, 46, 50, 54, 58}}, m.Samples[0].Media)
}

func TestVHICORefuses(t *testing.T) {
	o := VHICOOptions{FrameStep: 4}
	for name, v := range map[string]any{
		"no annos": pickletest.Dict{}, "annos": pickletest.Dict{{Key: "annos", Value: 5}}, "list": []any{},
		"video":   pickletest.Dict{{Key: "annos", Value: pickletest.Dict{{Key: "a", Value: []any{}}}}},
		"records": pickletest.Dict{{Key: "annos", Value: pickletest.Dict{{Key: "a", Value: pickletest.Dict{{Key: "v", Value: "x"}}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			o.Annotations = pickled(t, v)
			_, err := VHICO(t.Context(), o)
			require.ErrorIs(t, err, ErrAnnotations)
		})
	}
	for name, record := range map[string]pickletest.Dict{
		"path":      vhicoRecordOf("test/key.jpg", []any{}, []any{[]any{1, 2, 3, 4}}),
		"box":       vhicoRecordOf("test/1.jpg", []any{[]any{1, 2, 3}}, nil),
		"box texts": vhicoRecordOf("test/1.jpg", []any{[]any{"1", 2, 3, 4}}, []any{}),
		"fields":    {{Key: "path", Value: "a/1.jpg"}},
	} {
		t.Run(name, func(t *testing.T) {
			o.Annotations = vhicoPickle(t, record)
			_, err := VHICO(t.Context(), o)
			require.ErrorIs(t, err, ErrAnnotations)
		})
	}
	o.Annotations = file(t, "x.json", pickletest.New().Global("os", "system").Value(pickletest.Tuple{"true"}).Ops('R').Bytes())
	_, err := VHICO(t.Context(), o)
	require.ErrorIs(t, err, pickle.ErrRefused)
	require.ErrorContains(t, err, "os.system")
	_, err = VHICO(t.Context(), VHICOOptions{})
	require.ErrorIs(t, err, ErrOptions)
}
