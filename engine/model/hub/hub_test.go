package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const commit = "0123456789abcdef0123456789abcdef01234567"

// content is a file of a length that no buffer divides.
func content() []byte {
	b := make([]byte, 700_001)
	for i := range b {
		b[i] = byte(i * 7 >> 3)
	}
	return b
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// client is one that does not wait.
func client(t *testing.T, handler http.Handler) *Client {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return clientOf(t, s.URL)
}

func clientOf(t *testing.T, url string) *Client {
	t.Helper()
	t.Setenv("HF_ENDPOINT", url)
	c, err := New()
	require.NoError(t, err)
	c.Wait = func(ctx context.Context, _ int) error { return ctx.Err() }
	t.Cleanup(c.Close)
	return c
}

// serve answers a request for data with ranges.
func serve(w http.ResponseWriter, r *http.Request, data []byte) {
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(data)))
}

// breakOff sends n bytes of what was asked for under the full length, then drops the connection.
func breakOff(w http.ResponseWriter, r *http.Request, data []byte, n int) {
	start := 0
	if s := r.Header.Get("Range"); s != "" {
		if _, err := fmt.Sscanf(s, "bytes=%d-", &start); err != nil {
			panic(err)
		}
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, len(data)-1, len(data)))
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(data)-start))
	if start > 0 {
		w.WriteHeader(http.StatusPartialContent)
	}
	_, _ = w.Write(data[start:min(start+n, len(data))])
	if start+n < len(data) {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func repo() *Repo { return &Repo{ID: "owner/name", Commit: commit} }

func whole() File { return File{Path: "model.safetensors", Size: 700_001, SHA256: sum(content())} }

func TestDownload(t *testing.T) {
	data := content()
	var paths []string
	c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.Path)
		serve(w, r, data)
	}))
	dir := t.TempDir()
	var last, total int64
	got, err := c.Download(t.Context(), repo(), whole(), dir, func(d, n int64) { last, total = d, n })
	require.NoError(t, err)
	require.Equal(t, whole(), got)
	require.Equal(t, []string{"/owner/name/resolve/" + commit + "/model.safetensors"}, paths)
	require.Equal(t, [2]int64{700_001, 700_001}, [2]int64{last, total})
	there, err := os.ReadFile(filepath.Join(dir, "model.safetensors"))
	require.NoError(t, err)
	require.Equal(t, data, there)

	_, err = c.Download(t.Context(), repo(), whole(), dir, nil)
	require.NoError(t, err)
	require.Len(t, paths, 1, "a file that is there is only checked")
}

func TestDownloadResumesWithinAPull(t *testing.T) {
	data := content()
	var ranges []string
	c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ranges = append(ranges, r.Header.Get("Range"))
		breakOff(w, r, data, 100_000)
	}))
	c.Attempts = 2 // progress starts the count again: eight requests are fine
	got, err := c.Download(t.Context(), repo(), whole(), t.TempDir(), nil)
	require.NoError(t, err)
	require.Equal(t, whole(), got)
	require.Greater(t, len(ranges), 2)
	require.Empty(t, ranges[0])
	require.True(t, strings.HasPrefix(ranges[1], "bytes="), ranges[1])
}

func TestDownloadResumesAfterCancel(t *testing.T) {
	data := content()
	var once sync.Once
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stop := make(chan struct{})
	var ranges []string
	c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ranges = append(ranges, r.Header.Get("Range"))
		first := false
		once.Do(func() { first = true })
		if !first {
			serve(w, r, data)
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		_, _ = w.Write(data[:300_000])
		_ = http.NewResponseController(w).Flush()
		<-stop // throttled to nothing
	}))
	dir := t.TempDir()
	_, err := c.Download(ctx, repo(), whole(), dir, func(done, _ int64) {
		if done == 300_000 {
			cancel()
		}
	})
	close(stop)
	require.ErrorIs(t, err, ErrInterrupted)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "at byte 300000")
	info, err := os.Stat(filepath.Join(dir, "model.safetensors.part"))
	require.NoError(t, err)
	require.Equal(t, int64(300_000), info.Size())

	_, err = c.Download(t.Context(), repo(), whole(), dir, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"", "bytes=300000-"}, ranges)
	_, err = os.Stat(filepath.Join(dir, "model.safetensors.part"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestDownloadOfASilentHub(t *testing.T) {
	data := content()
	var once sync.Once
	c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		silent := false
		once.Do(func() { silent = true })
		if silent {
			w.Header().Set("Content-Length", fmt.Sprint(len(data)))
			_, _ = w.Write(data[:10])
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done() // until the client hangs up
			return
		}
		serve(w, r, data)
	}))
	c.Stall = 50 * time.Millisecond
	_, err := c.Download(t.Context(), repo(), whole(), t.TempDir(), nil)
	require.NoError(t, err)
}

func TestDownloadOfAThrottledHub(t *testing.T) {
	data := content()[:2000]
	c := client(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		for i := range data {
			_, _ = w.Write(data[i : i+1])
			_ = http.NewResponseController(w).Flush()
		}
	}))
	got, err := c.Download(t.Context(), repo(), File{Path: "a", Size: 2000, SHA256: sum(data)}, t.TempDir(), nil)
	require.NoError(t, err)
	require.Equal(t, int64(2000), got.Size)
}

func TestDownloadStartsOverWithoutRanges(t *testing.T) {
	data := content()
	c := client(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data) }))
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "model.safetensors.part"), []byte("rubbish"), 0o600))
	got, err := c.Download(t.Context(), repo(), whole(), dir, nil)
	require.NoError(t, err)
	require.Equal(t, whole(), got)
}

func TestDownloadOfALongerPart(t *testing.T) {
	data := content()
	c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve(w, r, data) }))
	for name, size := range map[string]int64{"size known": 700_001, "size unknown": -1} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "a.part"), make([]byte, 800_000), 0o600))
			got, err := c.Download(t.Context(), repo(), File{Path: "a", Size: size}, dir, nil)
			require.NoError(t, err)
			require.Equal(t, sum(data), got.SHA256)
		})
	}
}

func TestLyingHubs(t *testing.T) {
	data := content()
	for _, c := range []struct {
		name    string
		file    File
		handler http.HandlerFunc
		want    error
		text    string
	}{
		{"list says more than it sends", File{Path: "a", Size: 800_000}, func(w http.ResponseWriter, r *http.Request) { serve(w, r, data) }, ErrSize, "800000 bytes"},
		{"list says less than it sends", File{Path: "a", Size: 10}, func(w http.ResponseWriter, r *http.Request) { serve(w, r, data) }, ErrSize, "10 bytes"},
		{"sends without end", File{Path: "a", Size: 1000}, func(w http.ResponseWriter, _ *http.Request) {
			for range 100 { // chunked: no length
				_, _ = w.Write(data)
			}
		}, ErrSize, "sends more"},
		{"ends too soon, each time", File{Path: "a", Size: 1000}, func(w http.ResponseWriter, _ *http.Request) {
			_ = http.NewResponseController(w).Flush()
		}, ErrInterrupted, "at byte 0"},
		{"wrong hash in the list", File{Path: "a", Size: 700_001, SHA256: sum(nil)}, func(w http.ResponseWriter, r *http.Request) { serve(w, r, data) }, ErrHash, "pull again"},
		{"wrong hash in the header", File{Path: "a", Size: -1}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Linked-Etag", `"`+sum(nil)+`"`)
			serve(w, r, data)
		}, ErrHash, "pull again"},
		{"list and header disagree", whole(), func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Linked-Etag", `"`+sum(nil)+`"`)
			serve(w, r, data)
		}, ErrHash, "its headers"},
		{"header's size disagrees", whole(), func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Linked-Size", "5")
			serve(w, r, data)
		}, ErrSize, "its headers"},
		{"not there", whole(), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, ErrNotFound, "spelling"},
		{"private", whole(), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, ErrForbidden, "HF_TOKEN"},
		{"gated", whole(), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, ErrForbidden, "accept its terms"},
		{"teapot", whole(), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(418) }, ErrAnswer, "418"},
		{"always busy", whole(), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, ErrInterrupted, "503"},
		{"wrong part, each time", whole(), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 5-9/700001")
			w.WriteHeader(206)
		}, ErrInterrupted, "wrong part"},
		{"redirects in a circle", whole(), func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, ErrAnswer, "redirects"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := client(t, c.handler).Download(t.Context(), repo(), c.file, dir, nil)
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.text)
			_, err = os.Stat(filepath.Join(dir, c.file.Path))
			require.ErrorIs(t, err, fs.ErrNotExist, "nothing half-done is left under the real name")
		})
	}
}

func TestHashAndSizeOfTheRedirect(t *testing.T) {
	data := content()
	var atCDN http.Header
	cdn := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		atCDN = r.Header.Clone()
		serve(w, r, data)
	}))
	defer cdn.Close()
	t.Setenv("HF_TOKEN", "secret")
	var atHub string
	c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		atHub = r.Header.Get("Authorization")
		w.Header().Set("X-Linked-Etag", `"`+sum(data)+`"`)
		w.Header().Set("X-Linked-Size", "700001")
		http.Redirect(w, r, cdn.URL, http.StatusFound)
	}))
	got, err := c.Download(t.Context(), repo(), File{Path: "model.safetensors", Size: -1}, t.TempDir(), nil)
	require.NoError(t, err)
	require.Equal(t, whole(), got)
	require.Equal(t, "Bearer secret", atHub)
	require.Empty(t, atCDN.Get("Authorization"), "the token goes to the hub alone")
}

func TestTraversalNames(t *testing.T) {
	for _, name := range []string{"../a", "/etc/passwd", "a/../../b", `..\a`, "a\x00b", "", "C:a"} {
		_, err := parseRepo(list(t, map[string]any{"rfilename": name, "size": 1}))
		require.ErrorIs(t, err, ErrPath, name)
		c := client(t, http.NotFoundHandler())
		_, err = c.Download(t.Context(), repo(), File{Path: name}, t.TempDir(), nil)
		require.ErrorIs(t, err, ErrPath, name)
	}
}

func list(t *testing.T, siblings ...map[string]any) []byte {
	t.Helper()
	b, err := json.Marshal(map[string]any{"sha": commit, "cardData": map[string]any{"license": "mit"}, "siblings": siblings})
	require.NoError(t, err)
	return b
}

func TestRepo(t *testing.T) {
	var asked string
	failures := 2
	c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.RequestURI()
		if failures--; failures >= 0 {
			w.WriteHeader(502)
			return
		}
		_, _ = w.Write(list(t,
			map[string]any{"rfilename": "config.json", "size": 12, "blobId": "abc"},
			map[string]any{"rfilename": "model.safetensors", "size": 130, "lfs": map[string]any{"sha256": sum(nil), "size": 700_001}},
			map[string]any{"rfilename": "sub/other.txt"}))
	}))
	r, err := c.Repo(t.Context(), "owner/name", "refs/pr/1")
	require.NoError(t, err)
	require.Equal(t, "/api/models/owner/name/revision/refs%2Fpr%2F1?blobs=true", asked)
	require.Equal(t, &Repo{ID: "owner/name", Commit: commit, License: "mit", Files: []File{
		{"config.json", 12, ""}, {"model.safetensors", 700_001, sum(nil)}, {"sub/other.txt", -1, ""},
	}}, r)
}

func TestRepoErrors(t *testing.T) {
	for _, c := range []struct {
		name, id string
		status   int
		body     string
		want     error
	}{
		{"one name only", "clip", 200, "{}", ErrName},
		{"three names", "a/b/c", 200, "{}", ErrName},
		{"traversal", "../b", 200, "{}", ErrName},
		{"not there", "a/b", 404, "", ErrNotFound},
		{"private", "a/b", 401, "", ErrForbidden},
		{"web page", "a/b", 200, "<html>", ErrAnswer},
		{"odd commit", "a/b", 200, `{"sha": "../.."}`, ErrAnswer},
		{"negative size", "a/b", 200, `{"siblings": [{"rfilename": "a", "size": -4}]}`, ErrAnswer},
		{"busy", "a/b", 500, "", errAgain},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := client(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			})).Repo(t.Context(), c.id, "main")
			require.ErrorIs(t, err, c.want)
		})
	}
}

func TestEndpoint(t *testing.T) {
	t.Setenv("HF_ENDPOINT", "")
	c, err := New()
	require.NoError(t, err)
	require.Equal(t, DefaultEndpoint, c.endpoint.String())
	t.Setenv("HF_ENDPOINT", "ftp://x")
	_, err = New()
	require.ErrorIs(t, err, ErrName)
	require.ErrorContains(t, err, "HF_ENDPOINT")
}
