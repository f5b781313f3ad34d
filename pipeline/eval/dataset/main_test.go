package dataset

import (
	"bytes"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/pickle/pickletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// file writes a file into a folder of the test's own.
func file(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

func pickled(t testing.TB, v any) string {
	t.Helper()
	return file(t, "annotations.pkl", pickletest.New().Value(v).Bytes())
}

// touch makes empty files below a folder.
func touch(t testing.TB, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, nil, 0o600))
	}
}

// picture makes a JPEG of a size.
func picture(t testing.TB, dir, name string, w, h int) {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, w, h)), nil))
	touch(t, dir, name)
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), out.Bytes(), 0o600))
}

// written checks that a manifest can be written and read back.
func written(t testing.TB, m *manifest.Manifest, err error) {
	t.Helper()
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, manifest.Write(&out, m))
	again, err := manifest.Read(&out)
	require.NoError(t, err)
	require.Equal(t, m.Samples, again.Samples)
}
