package dataset

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/pickle/pickletest"
)

const youCookJSON = `{"database": {
 "v": {"subset": "validation", "annotations": [{"segment": [20, 30], "sentence": "chop the red onion, and add salt"}, {"segment": [30, 40], "sentence": "stir"}]},
 "WYAFPvlDB_A": {"annotations": [{"segment": [1, 9], "sentence": "fry eggs"}]}, "Re46osq_NkI": {"annotations": [{"segment": [1, 9], "sentence": "fry eggs"}]},
 "btikV_DUoCM": {"annotations": [{"segment": [1, 9], "sentence": "fry eggs"}]}}}`

func youCookOptions(t *testing.T) YouCookOptions {
	t.Helper()
	box := func(n int) pickletest.Tuple { return pickletest.Tuple{334, 247.5, 415, 200 + n} }
	return YouCookOptions{
		Annotations: pickled(t, pickletest.Dict{
			{Key: "v", Value: pickletest.Dict{{Key: 22, Value: box(98)}, {Key: 30, Value: box(1)}, {Key: 50, Value: box(2)}}},
			{Key: "WYAFPvlDB_A", Value: pickletest.Dict{{Key: 5, Value: box(3)}}},
			{Key: "Re46osq_NkI", Value: pickletest.Dict{{Key: 5, Value: box(4)}}},
			{Key: "btikV_DUoCM", Value: pickletest.Dict{{Key: 5, Value: box(5)}}},
		}),
		Segments: pickled(t, pickletest.Set{
			pickletest.Tuple{"v", 30, 40},
			pickletest.Tuple{"v", 20, 30},
			pickletest.Tuple{"v", 45, 55},
			pickletest.Tuple{"WYAFPvlDB_A", 1, 9},
			pickletest.Tuple{"Re46osq_NkI", 1, 9},
			pickletest.Tuple{"btikV_DUoCM", 1, 9},
		}),
		Captions: file(t, "captions.json", []byte(youCookJSON)),
	}
}

func TestYouCook(t *testing.T) {
	m, err := YouCook(t.Context(), youCookOptions(t))
	written(t, m, err)
	require.Equal(t, map[string]int{"in no captioned segment": 1}, m.Header.Skipped)
	require.Len(t, m.Samples, 6)
	require.Equal(t, manifest.Sample{
		ID: "v/22/20-30", Label: "chop the red onion, and add salt", Class: "chop",
		Prompts: manifest.Prompts{
			Action:  "A photo of a person chop the red onion, and add salt.",
			Verbs:   []string{"A photo of a person chop something.", "A photo of a person add something."},
			Objects: []string{"A photo of a person using red onion.", "A photo of a person using salt."},
		},
		Media: manifest.Media{Kind: manifest.Images, Paths: []string{
			"v/20.0.jpg", "v/20.25.jpg", "v/20.5.jpg", "v/20.75.jpg", "v/21.jpg", "v/21.25.jpg", "v/21.5.jpg", "v/21.75.jpg",
		}},
		Key: 4, Boxes: [][4]float64{{334, 247.5, 415, 298}}, Space: [2]int{640, 360}, Missing: manifest.Skip,
	}, m.Samples[0])
	require.Equal(t, "v/30/20-30", m.Samples[1].ID, "a frame in two segments is two samples")
	require.Equal(t, "v/30/30-40", m.Samples[2].ID)
	require.Equal(t, []string{"A photo of a person."}, m.Samples[2].Prompts.Objects)
}

// TestYouCookSpace: boxes are pixels of the video, shrunk to 640x360 if it is wider and higher, with exceptions when filtered.
func TestYouCookSpace(t *testing.T) {
	o := youCookOptions(t)
	for _, ca := range []struct {
		w, h             int
		filtered         bool
		v, native, Scale [2]int
	}{
		{1280, 720, false, [2]int{640, 360}, [2]int{640, 360}, [2]int{640, 360}},
		{640, 480, false, [2]int{640, 480}, [2]int{640, 480}, [2]int{640, 480}},
		{480, 270, false, [2]int{480, 270}, [2]int{480, 270}, [2]int{480, 270}},
		{1280, 720, true, [2]int{640, 360}, [2]int{1280, 720}, [2]int{640, 360}},
		{640, 480, true, [2]int{640, 480}, [2]int{640, 480}, [2]int{640, 360}},
	} {
		dir := t.TempDir()
		for _, name := range []string{"v/21.jpg", "WYAFPvlDB_A/4.jpg", "Re46osq_NkI/4.jpg", "btikV_DUoCM/4.jpg"} {
			picture(t, dir, name, ca.w, ca.h)
		}
		o.Media, o.Filtered = Media{Folder: dir}, ca.filtered
		m, err := YouCook(t.Context(), o)
		written(t, m, err)
		require.Equal(t, 2, m.Header.Skipped[noKeyFrame])
		require.Equal(t, [][2]int{ca.v, ca.native, ca.Scale}, [][2]int{m.Samples[0].Space, m.Samples[1].Space, m.Samples[2].Space}, "%+v", ca)
		if ca.filtered {
			require.Equal(t, 1, m.Header.Skipped["video filtered out"])
			require.Len(t, m.Samples, 3)
		}
	}
	dir := t.TempDir()
	touch(t, dir, "v/21.jpg")
	o.Media = Media{Folder: dir}
	_, err := YouCook(t.Context(), o)
	require.ErrorIs(t, err, ErrMedia, "an empty file is no picture")
}

func TestYouCookDecomposition(t *testing.T) {
	o := youCookOptions(t)
	o.Decomposition = file(t, "d.json", []byte(`{"stir": {"verbs": [], "objects": ["soup", "soup", ""]}}`))
	m, err := YouCook(t.Context(), o)
	written(t, m, err)
	require.Equal(t, "table", m.Header.Options["decomposition"])
	require.Equal(t, []string{"A photo of a person doing something."}, m.Samples[2].Prompts.Verbs)
	require.Equal(t, []string{"A photo of a person using soup."}, m.Samples[2].Prompts.Objects)
	require.Equal(t, "no verb", m.Samples[2].Class)
	require.Equal(t, "chop", m.Samples[0].Class, "a caption that the table lacks is split by the rule")
}

func TestYouCookWords(t *testing.T) {
	tagger, how, err := youCookDecomposition("")
	require.NoError(t, err)
	require.Equal(t, "tagger", how)
	rule, how, err := youCookDecomposition(ByRule)
	require.NoError(t, err)
	require.Equal(t, ByRule, how)
	const caption = "add black cardamom to a large pot"
	verbs, objects := tagger(caption)
	require.Equal(t, []string{"add"}, verbs)
	require.Equal(t, []string{"black cardamom", "large pot"}, objects)
	_, objects = rule(caption)
	require.Equal(t, []string{"black cardamom"}, objects)
	verbs, _ = tagger(caption + " and stir")
	require.Equal(t, []string{"add", "stir"}, verbs, "not in the table")
}

func TestYouCookRefuses(t *testing.T) {
	for name, change := range map[string]func(*YouCookOptions){
		"annotations": func(o *YouCookOptions) { o.Annotations = pickled(t, []any{}) },
		"frames":      func(o *YouCookOptions) { o.Annotations = pickled(t, pickletest.Dict{{Key: "v", Value: 1}}) },
		"frame": func(o *YouCookOptions) {
			o.Annotations = pickled(t, pickletest.Dict{{Key: "v", Value: pickletest.Dict{{Key: "x", Value: 1}}}})
		},
		"box": func(o *YouCookOptions) {
			o.Annotations = pickled(t, pickletest.Dict{{Key: "v", Value: pickletest.Dict{{Key: 22, Value: pickletest.Tuple{1, 2}}}}})
		},
		"segments":         func(o *YouCookOptions) { o.Segments = pickled(t, 5) },
		"segment":          func(o *YouCookOptions) { o.Segments = pickled(t, pickletest.Set{pickletest.Tuple{"v", 1}}) },
		"captions":         func(o *YouCookOptions) { o.Captions = file(t, "c.json", []byte("{}")) },
		"captions no JSON": func(o *YouCookOptions) { o.Captions = file(t, "c.json", []byte("x")) },
		"decomposition":    func(o *YouCookOptions) { o.Decomposition = file(t, "d.json", []byte("{}")) },
	} {
		t.Run(name, func(t *testing.T) {
			o := youCookOptions(t)
			change(&o)
			_, err := YouCook(t.Context(), o)
			require.ErrorIs(t, err, ErrAnnotations)
		})
	}
}

// TestYouCookWhole counts the published files.
func TestYouCookWhole(t *testing.T) {
	m, err := YouCook(t.Context(), YouCookOptions{
		Annotations: published(t, "final_dataset_annotations.pkl"), Segments: published(t, "final_dataset_segments.pkl"),
		Captions: published(t, "youcookii_annotations_trainval.json"),
	})
	written(t, m, err)
	require.Len(t, m.Samples, 2496)
	require.Equal(t, map[string]int{"in no captioned segment": 82}, m.Header.Skipped)
	videos, captions := map[string]bool{}, map[string]bool{}
	for _, s := range m.Samples {
		videos[s.Media.Paths[clipKey][:11]], captions[s.Label] = true, true
	}
	require.Len(t, videos, 91)
	require.Len(t, captions, 253)
	require.Equal(t, "tagger", m.Header.Options["decomposition"])
	verbs, objects := map[string]int{}, map[string]int{}
	for _, s := range m.Samples {
		verbs[s.Label], objects[s.Label] = len(s.Prompts.Verbs), len(s.Prompts.Objects)
	}
	require.Equal(t, [2]int{377 + 11, 646 + 1}, [2]int{total(verbs), total(objects)}, "11 captions have no verb, one no object")
}

func total(counts map[string]int) int {
	n := 0
	for _, v := range counts {
		n += v
	}
	return n
}
