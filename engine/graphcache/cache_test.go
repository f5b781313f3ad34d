package graphcache_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/graphcache"
)

// build writes an entry of n bytes of weights.
func build(n int) func(*os.File) ([]byte, error) {
	return func(w *os.File) ([]byte, error) {
		_, err := w.Write(make([]byte, n))
		return []byte("model"), err
	}
}

func TestBuildAndFind(t *testing.T) {
	c := graphcache.Cache{Dir: filepath.Join(t.TempDir(), "a", "b"), Limit: 1 << 20}
	_, ok := c.Find("k")
	require.False(t, ok)
	built, err := c.Build("k", build(100))
	require.NoError(t, err)
	found, ok := c.Find("k")
	require.True(t, ok)
	require.Equal(t, built, found)
	model, err := os.ReadFile(found)
	require.NoError(t, err)
	require.Equal(t, "model", string(model))
	again, err := c.Build("k", build(100))
	require.NoError(t, err, "another process was faster")
	require.Equal(t, built, again)
	require.Equal(t, []string{"k"}, names(t, c.Dir))
}

func TestBrokenEntriesAreNotFoundAndReplaced(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"shorter weights": func(dir string) error { return os.Truncate(filepath.Join(dir, graphcache.WeightsFile), 50) },
		"other weights": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, graphcache.WeightsFile), append(make([]byte, 99), 1), 0o600)
		},
		"no weights": func(dir string) error { return os.Remove(filepath.Join(dir, graphcache.WeightsFile)) },
		"other graph": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, graphcache.ModelFile), []byte("modem"), 0o600)
		},
		"no sums": func(dir string) error { return os.Remove(filepath.Join(dir, "sum")) },
	} {
		t.Run(name, func(t *testing.T) {
			c := graphcache.Cache{Dir: t.TempDir(), Limit: 1 << 20}
			_, err := c.Build("k", build(100))
			require.NoError(t, err)
			require.NoError(t, spoil(filepath.Join(c.Dir, "k")))
			_, ok := c.Find("k")
			require.False(t, ok)
			_, err = c.Build("k", build(100))
			require.NoError(t, err)
			_, ok = c.Find("k")
			require.True(t, ok)
			require.Equal(t, []string{"k"}, names(t, c.Dir))
		})
	}
}

func TestAFailedBuildLeavesNothing(t *testing.T) {
	c := graphcache.Cache{Dir: t.TempDir(), Limit: 1 << 20}
	failure := errors.New("no")
	_, err := c.Build("k", func(*os.File) ([]byte, error) { return nil, failure })
	require.ErrorIs(t, err, failure)
	require.Empty(t, names(t, c.Dir))
}

func TestTheLongestUnusedGoes(t *testing.T) {
	c := graphcache.Cache{Dir: t.TempDir(), Limit: 2500}
	for i, key := range []string{"first", "second"} {
		_, err := c.Build(key, build(1000))
		require.NoError(t, err)
		old := time.Now().Add(time.Duration(i-10) * time.Minute)
		require.NoError(t, os.Chtimes(filepath.Join(c.Dir, key), old, old))
	}
	_, ok := c.Find("first") // a use
	require.True(t, ok)
	dead := filepath.Join(c.Dir, ".building-1")
	require.NoError(t, os.Mkdir(dead, 0o700))
	require.NoError(t, os.Chtimes(dead, time.Time{}, time.Now().Add(-2*time.Hour)))
	alive := filepath.Join(c.Dir, ".building-2")
	require.NoError(t, os.Mkdir(alive, 0o700))
	_, err := c.Build("third", build(1000))
	require.NoError(t, err)
	require.Equal(t, []string{".building-2", "first", "third"}, names(t, c.Dir))
	_, err = c.Build("large", build(5000))
	require.NoError(t, err, "an entry over the limit stays alone")
	require.Equal(t, []string{".building-2", "large"}, names(t, c.Dir))
}

func TestKeysTellPartsApart(t *testing.T) {
	require.NotEqual(t, graphcache.Key("ab", "c"), graphcache.Key("a", "bc"))
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}
