package dataset

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/eval/dataset/mat5"
	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/pickle"
	"github.com/videogem/videogem/pipeline/eval/pickle/pickletest"
)

// expected tells an error that blames the file.
func expected(err error) bool {
	for _, s := range []error{ErrAnnotations, pickle.ErrMalformed, pickle.ErrUnsupported, pickle.ErrRefused, pickle.ErrLimit, mat5.ErrMalformed, mat5.ErrUnsupported, mat5.ErrLimit} {
		if errors.Is(err, s) {
			return true
		}
	}
	return false
}

// checked writes what was read.
func checked(t *testing.T, m *manifest.Manifest, err error) {
	t.Helper()
	if err != nil {
		require.True(t, expected(err), "%v", err)
		return
	}
	for _, s := range m.Samples {
		require.NotEmpty(t, s.ID)
		require.NotEmpty(t, s.Boxes)
	}
}

// FuzzPickles gives any pickle to the three readers of pickles.
func FuzzPickles(f *testing.F) {
	one := pickletest.Dict{{Key: "v", Value: pickletest.Dict{{Key: 5, Value: pickletest.Tuple{1, 2, 3, 4}}}}}
	f.Add(pickletest.New().Value(one).Bytes())
	f.Add(pickletest.New().Value(pickletest.Set{pickletest.Tuple{"v", 1, 9}}).Bytes())
	f.Add(pickletest.New().Value(pickletest.Dict{{Key: "annos", Value: pickletest.Dict{{Key: "a", Value: pickletest.Dict{{Key: "v", Value: []any{
		vhicoRecordOf("a/1.jpg", []any{[]any{1, 2, 3, 4}}, []any{}),
	}}}}}}}).Bytes())
	f.Add(pickletest.New().Value(pickletest.Dict{
		{Key: "splits", Value: []any{[]any{"v"}}},
		{Key: "annot", Value: pickletest.Dict{{Key: "v", Value: pickletest.Dict{{Key: "annot", Value: pickletest.Dict{{Key: "Drinking", Value: []any{
			pickletest.Dict{{Key: "keyframes", Value: []any{dalyKeyframe(9, 0, 0, 1, 1)}}},
		}}}}}}}},
	}).Bytes())
	captions := filepath.Join(f.TempDir(), "captions.json")
	require.NoError(f, os.WriteFile(captions, []byte(`{"database": {"v": {"annotations": [{"segment": [1, 9], "sentence": "stir"}]}}}`), 0o600))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := file(t, "a.pkl", data)
		m, err := VHICO(t.Context(), VHICOOptions{Annotations: path, FrameStep: 4})
		checked(t, m, err)
		m, err = DALY(t.Context(), DALYOptions{Annotations: path, FrameStep: 32, Split: "all"})
		checked(t, m, err)
		m, err = YouCook(t.Context(), YouCookOptions{Annotations: path, Segments: path, Captions: captions})
		checked(t, m, err)
	})
}

// FuzzText gives any text to the readers of JSON.
func FuzzText(f *testing.F) {
	f.Add(youtubeJSON)
	f.Add(vcocoJSON)
	f.Add(instancesJSON)
	f.Add(youCookJSON)
	instances := filepath.Join(f.TempDir(), "instances.json")
	require.NoError(f, os.WriteFile(instances, []byte(instancesJSON), 0o600))
	f.Fuzz(func(t *testing.T, text string) {
		path := file(t, "a.json", []byte(text))
		m, err := GroundingYouTube(t.Context(), GroundingYouTubeOptions{Annotations: path})
		checked(t, m, err)
		m, err = VCOCO(t.Context(), VCOCOOptions{Annotations: path, Instances: []string{instances}})
		checked(t, m, err)
		m, err = VCOCO(t.Context(), VCOCOOptions{Annotations: path, Instances: []string{path}})
		checked(t, m, err)
	})
}

// TestSharedLists: one list in a million places is not walked a million times.
func TestSharedLists(t *testing.T) {
	w := pickletest.New().Ops('}', 'q', 0) // a dict of many videos, each with the same records
	w.Ops('(')
	for i := range 1500 {
		w.Value(i).Ops(']')
	}
	w.Ops('u', '0', '}').Value("annos").Ops('}', '(')
	for i := range 1500 {
		w.Value(i).Ops('h', 0)
	}
	path := file(t, "a.pkl", w.Ops('u', 's').Bytes())
	_, err := VHICO(t.Context(), VHICOOptions{Annotations: path, FrameStep: 4})
	require.ErrorIs(t, err, ErrAnnotations)
	require.ErrorContains(t, err, "more than")
}
