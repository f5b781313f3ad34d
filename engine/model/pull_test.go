package model_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine/model"
	"github.com/videogem/videogem/engine/model/hub"
)

const (
	commitA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	commitB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// fakeHub is a hub with one repository under any name.
type fakeHub struct {
	commit string
	files  map[string][]byte
	hold   func(file string) // called before a file is served
	asked  []string
}

// ServeHTTP answers as the Hugging Face Hub does.
func (h *fakeHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.asked = append(h.asked, r.URL.Path)
	if strings.HasPrefix(r.URL.Path, "/api/models/") {
		var siblings []map[string]any
		for name, data := range h.files {
			sum := sha256.Sum256(data)
			siblings = append(siblings, map[string]any{
				"rfilename": name, "size": len(data), "lfs": map[string]any{"sha256": hex.EncodeToString(sum[:]), "size": len(data)},
			})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"sha": h.commit, "siblings": siblings, "cardData": map[string]any{"license": "apache-2.0"}})
		return
	}
	name := path.Base(r.URL.Path)
	if h.hold != nil {
		h.hold(name)
	}
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(h.files[name])))
}

// newHub serves a tiny Hugging Face CLIP, and keeps models in a folder of the test.
func newHub(t *testing.T) (*fakeHub, *hub.Client, string) {
	t.Helper()
	dir := t.TempDir()
	huggingFace().write(t, filepath.Join(dir, "m"))
	data, err := os.ReadFile(filepath.Join(dir, "m"))
	require.NoError(t, err)
	h := &fakeHub{commit: commitA, files: map[string][]byte{
		"model.safetensors": data, "pytorch_model.bin": []byte("not wanted"), "README.md": []byte("not wanted"),
		"config.json": []byte(`{"vision_config": {"num_attention_heads": 6}, "text_config": {}}`), "LICENSE": []byte("text"),
	}}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	t.Setenv("HF_ENDPOINT", s.URL)
	t.Setenv("XDG_DATA_HOME", filepath.Join(dir, "data"))
	c, err := hub.New()
	require.NoError(t, err)
	c.Wait = func(ctx context.Context, _ int) error { return ctx.Err() }
	t.Cleanup(c.Close)
	return h, c, filepath.Join(dir, "data", "videogem", "models")
}

func pull(t *testing.T, c *hub.Client, name string) string {
	t.Helper()
	dir, err := model.Pull(t.Context(), name, model.PullOptions{Client: c})
	require.NoError(t, err)
	return dir
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestPull(t *testing.T) {
	h, c, folder := newHub(t)
	seen := map[string]int64{}
	dir, err := model.Pull(t.Context(), "clip-b16", model.PullOptions{Client: c, Progress: func(f string, done, _ int64) { seen[f] = done }})
	require.NoError(t, err)
	require.Equal(t, filepath.Join(folder, "clip-b16"), dir)
	require.Equal(t, []string{"LICENSE", "config.json", "model.json", "model.safetensors"}, entries(t, dir))
	require.Equal(t, []string{".lock-clip-b16", "clip-b16"}, entries(t, folder))
	require.Equal(t, int64(len(h.files["model.safetensors"])), seen["model.safetensors"])
	require.Contains(t, h.asked, "/openai/clip-vit-base-patch16/resolve/"+commitA+"/config.json")

	for _, name := range []string{"clip-b16", "openai/clip-vit-base-patch16", dir} {
		m := load(t, name).Manifest
		require.Equal(t, "clip-b16", m.Name)
		require.Equal(t, 6, m.VisionHeads, "config.json was read")
		require.Equal(t, "openai/clip-vit-base-patch16@"+commitA, m.Source)
		require.Contains(t, m.License, "not stated")
		require.Len(t, m.Files, 3)
	}
	require.NoError(t, model.Verify(t.Context(), "clip-b16", func(_ model.File, err error) { require.NoError(t, err) }))

	h.asked = nil
	pull(t, c, "clip-b16")
	require.Equal(t, []string{"/api/models/openai/clip-vit-base-patch16/revision/main"}, h.asked, "it is there already")

	h.commit, h.files["config.json"] = commitB, []byte(`{"vision_config": {"num_attention_heads": 4}, "text_config": {}}`)
	pull(t, c, "clip-b16@v2")
	require.Equal(t, 4, load(t, "clip-b16").Manifest.VisionHeads, "a newer revision takes the place")
	require.Equal(t, []string{".lock-clip-b16", "clip-b16"}, entries(t, folder))

	list, err := model.List()
	require.NoError(t, err)
	require.Equal(t, "demo", list[0].Name)
	for _, l := range list {
		require.Equal(t, l.Name == "clip-b16", l.Size > 0, l.Name)
	}
	require.NoError(t, model.Remove("clip-b16"))
	_, err = model.Load("clip-b16")
	require.ErrorIs(t, err, model.ErrUnknown)
	require.ErrorIs(t, model.Remove("clip-b16"), model.ErrUnknown)
	require.ErrorIs(t, model.Remove("demo"), model.ErrUnknown)
	require.ErrorIs(t, model.Remove("../../.."), model.ErrUnknown)
}

func TestPullOfAnyRepository(t *testing.T) {
	h, c, folder := newHub(t)
	data := h.files["model.safetensors"]
	h.files = map[string][]byte{"weights.safetensors": data}
	require.Equal(t, filepath.Join(folder, "someone--clip.v1"), pull(t, c, "someone/clip.v1@"+commitA))
	m := load(t, "someone/clip.v1").Manifest
	require.Equal(t, "apache-2.0", m.License)
	require.Equal(t, "weights.safetensors", m.Checkpoint)
	list, err := model.List()
	require.NoError(t, err)
	last := list[len(list)-1]
	require.Equal(t, [2]string{"someone--clip.v1", "someone/clip.v1"}, [2]string{last.Name, last.Repo})
	require.NoError(t, model.Remove("someone--clip.v1"))
}

func TestPullOfShards(t *testing.T) {
	h, c, _ := newHub(t)
	a, b, index := shapes{}, shapes{}, map[string]string{}
	for name, shape := range huggingFace() {
		part, file := a, "model-00001-of-00002.safetensors"
		if strings.HasPrefix(name, "text_model") {
			part, file = b, "model-00002-of-00002.safetensors"
		}
		part[name], index[name] = shape, file
	}
	dir := t.TempDir()
	h.files = map[string][]byte{}
	for file, part := range map[string]shapes{"model-00001-of-00002.safetensors": a, "model-00002-of-00002.safetensors": b} {
		part.write(t, filepath.Join(dir, file))
		data, err := os.ReadFile(filepath.Join(dir, file))
		require.NoError(t, err)
		h.files[file] = data
	}
	text, err := json.Marshal(map[string]any{"weight_map": index})
	require.NoError(t, err)
	h.files["model.safetensors.index.json"] = text
	pull(t, c, "clip-l14")
	require.Len(t, load(t, "clip-l14").Manifest.Files, 3)
}

func TestPullResumesAfterCancel(t *testing.T) {
	h, c, folder := newHub(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := model.Pull(ctx, "clip-b16", model.PullOptions{Client: c, Progress: func(f string, _, _ int64) {
		if f == "config.json" {
			cancel()
		}
	}})
	// The cancel may come too late for config.json itself; then the next file is the one that is not fetched.
	require.ErrorIs(t, err, context.Canceled)
	_, err = model.Load("clip-b16")
	require.ErrorIs(t, err, model.ErrUnknown, "nothing half-done is offered")
	require.Contains(t, entries(t, folder), ".pull-clip-b16@"+commitA)

	h.asked = nil
	pull(t, c, "clip-b16")
	require.NotContains(t, strings.Join(h.asked, " "), "model.safetensors", "what was fetched is not fetched again")
	require.Equal(t, []string{".lock-clip-b16", "clip-b16"}, entries(t, folder))
}

func TestTwoPullsAtOnce(t *testing.T) {
	h, c, _ := newHub(t)
	second := make(chan error, 1)
	h.hold = func(file string) {
		if file == "model.safetensors" {
			_, err := model.Pull(context.WithoutCancel(t.Context()), "clip-b16", model.PullOptions{Client: c})
			second <- err
		}
	}
	pull(t, c, "clip-b16")
	err := <-second
	require.ErrorIs(t, err, model.ErrBusy)
	require.ErrorContains(t, err, "clip-b16")
}

func TestPullErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		pull string
		edit func(*fakeHub)
		want error
		says string
	}{
		{"demo", "demo", nil, model.ErrUnknown, "built in"},
		{"unknown", "clip-b17", nil, model.ErrUnknown, "clip-b16"},
		{"no revision", "clip-b16@", nil, hub.ErrName, "revision"},
		{"three parts", "a/b/c", nil, model.ErrUnknown, "a/b/c"},
		{"traversal", "../x", nil, hub.ErrName, "../x"},
		{"traversal in a list", "clip-b16", func(h *fakeHub) { h.files["../../evil.safetensors"] = nil }, hub.ErrPath, "evil"},
		{"no weights", "clip-b16", func(h *fakeHub) { h.files = map[string][]byte{"README.md": nil} }, model.ErrConfig, "no .safetensors"},
		{"another kind of model", "clip-b16", func(h *fakeHub) { h.files["config.json"] = []byte(`{"model_type": "bert"}`) }, model.ErrKind, "bert"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, client, folder := newHub(t)
			if c.edit != nil {
				c.edit(h)
			}
			_, err := model.Pull(t.Context(), c.pull, model.PullOptions{Client: client})
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.says)
			if _, err := os.Stat(folder); err == nil {
				for _, e := range entries(t, folder) {
					require.True(t, strings.HasPrefix(e, ".lock-"), "%s is left", e)
				}
			}
		})
	}
}

func TestVerify(t *testing.T) {
	_, c, _ := newHub(t)
	dir := pull(t, c, "tinyclip-8m")
	f, err := os.OpenFile(filepath.Join(dir, "model.safetensors"), os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = f.WriteAt([]byte{1}, 100_000)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.NoError(t, os.Truncate(filepath.Join(dir, "LICENSE"), 1))
	require.NoError(t, os.Remove(filepath.Join(dir, "config.json")))
	said := map[string]string{}
	err = model.Verify(t.Context(), "tinyclip-8m", func(f model.File, err error) { said[f.Path] = fmt.Sprint(err) })
	require.ErrorIs(t, err, model.ErrDamaged)
	require.ErrorContains(t, err, "3 of 3")
	require.Contains(t, said["model.safetensors"], "sha256")
	require.Contains(t, said["LICENSE"], "has 1 bytes, wanted 4")
	require.Contains(t, said["config.json"], "no such file")

	none := func(model.File, error) {}
	require.ErrorIs(t, model.Verify(t.Context(), model.Demo, none), model.ErrNothingToVerify)
	require.ErrorIs(t, model.Verify(t.Context(), "nothing", none), model.ErrUnknown)
	require.ErrorIs(t, model.Verify(t.Context(), t.TempDir(), none), model.ErrNothingToVerify)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, model.Verify(canceled, "tinyclip-8m", none), context.Canceled)
}

func TestRegistry(t *testing.T) {
	list, err := model.Registry()
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, e := range list {
		require.Regexp(t, `^[a-z0-9-]+$`, e.Name)
		require.Regexp(t, `^[^/]+/[^/]+$`, e.Repo)
		require.NotEmpty(t, e.About)
		require.NotEmpty(t, e.License)
		require.False(t, seen[e.Name] || seen[e.Repo], e.Name)
		seen[e.Name], seen[e.Repo] = true, true
	}
}
