package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// testIndex is a package index and file host on loopback that serves one wheel, well or badly.
type testIndex struct {
	wheel   []byte
	name    string
	asHTML  bool
	noRange bool
	breakAt int // the first answer breaks off after so many bytes, 0 = never
	silent  int // so many first answers stop in the middle and stay open
	status  int // answer to every request for the file, 0 = serve it

	mu     sync.Mutex
	ranges []string // Range headers of the requests for the file
}

func (s *testIndex) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/simple/onnxruntime/":
		s.servePage(w, r)
	case "/files/" + s.name:
		s.serveFile(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (s *testIndex) servePage(w http.ResponseWriter, r *http.Request) {
	if s.asHTML || !strings.Contains(r.Header.Get("Accept"), "application/vnd.pypi.simple.v1+json") {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!DOCTYPE html><a href=\"../../files/other.whl\">other</a>\n<a data-x='1' href='../../files/%s#sha256=00&amp;x'>%s</a>", s.name, s.name)
		return
	}
	w.Header().Set("Content-Type", "application/vnd.pypi.simple.v1+json")
	fmt.Fprintf(w, `{"files":[{"url":"http://%s/files/other.whl"},{"url":"http://%s/files/%s"}]}`, r.Host, r.Host, s.name)
}

func (s *testIndex) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.ranges = append(s.ranges, r.Header.Get("Range"))
	first := len(s.ranges) == 1
	silent := len(s.ranges) <= s.silent
	s.mu.Unlock()
	switch {
	case s.status != 0:
		w.WriteHeader(s.status)
	case s.breakAt > 0 && first, silent:
		w.Header().Set("Content-Length", strconv.Itoa(len(s.wheel)))
		_, _ = w.Write(s.wheel[:max(s.breakAt, 1)])
		w.(http.Flusher).Flush()
		if silent {
			<-r.Context().Done()
			return
		}
		panic(http.ErrAbortHandler) // cuts the connection
	case s.noRange:
		_, _ = w.Write(s.wheel)
	default:
		http.ServeContent(w, r, s.name, time.Time{}, bytes.NewReader(s.wheel))
	}
}

func (s *testIndex) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.ranges...)
}

// testRelease makes a small wheel and the release that pins it.
func testRelease(t *testing.T) (release, []byte) {
	t.Helper()
	library := bytes.Repeat([]byte("not a library "), 5000)
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, member := range []struct {
		name string
		data []byte
	}{
		{"onnxruntime/capi/libonnxruntime.so.9.9.9", library},
		{"onnxruntime/LICENSE", []byte("a licence")},
		{"onnxruntime/ThirdPartyNotices.txt", []byte("notices")},
		{"onnxruntime/__init__.py", []byte("not wanted")},
	} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: member.name, Method: zip.Store})
		require.NoError(t, err)
		_, err = w.Write(member.data)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return release{
		Version: "9.9.9", Project: "onnxruntime", Wheel: "onnxruntime-9.9.9-any.whl", SHA256: hash(buf.Bytes()),
		Library: "onnxruntime/capi/libonnxruntime.so.9.9.9", LibrarySHA256: hash(library),
		Licences: []string{"onnxruntime/LICENSE", "onnxruntime/ThirdPartyNotices.txt"},
	}, buf.Bytes()
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// serve starts s for rel's wheel and answers a fetcher that uses it, and an empty folder.
func serve(t *testing.T, s *testIndex, rel release, wheel []byte) (fetcher, string) {
	t.Helper()
	s.wheel, s.name = wheel, rel.Wheel
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	f := fetcher{client: server.Client(), index: server.URL + "/simple", out: io.Discard, tries: 3, stall: time.Minute}
	return f, filepath.Join(t.TempDir(), "onnxruntime", rel.Version)
}

// requireFetched checks that dir holds the three files and that nothing else was left beside it.
func requireFetched(t *testing.T, rel release, dir string) {
	t.Helper()
	require.NoError(t, checkSHA256(filepath.Join(dir, rel.libraryName()), rel.LibrarySHA256))
	require.FileExists(t, filepath.Join(dir, "LICENSE"))
	require.FileExists(t, filepath.Join(dir, "ThirdPartyNotices.txt"))
	for folder, want := range map[string]int{dir: 3, filepath.Dir(dir): 1} {
		entries, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.Len(t, entries, want, folder)
	}
}

func TestFetch(t *testing.T) {
	t.Parallel()
	half := []string{"", "bytes=30000-"}
	for _, c := range []struct {
		name   string
		server *testIndex
		asked  []string
	}{
		{"JSON index", &testIndex{}, []string{""}},
		{"HTML index, relative links", &testIndex{asHTML: true}, []string{""}},
		{"breaks off in the middle", &testIndex{breakAt: 30000}, half},
		{"breaks off, no ranges served", &testIndex{breakAt: 30000, noRange: true}, half},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rel, wheel := testRelease(t)
			f, dir := serve(t, c.server, rel, wheel)
			require.NoError(t, f.fetch(t.Context(), rel, dir))
			requireFetched(t, rel, dir)
			require.Equal(t, c.asked, c.server.asked())
		})
	}
}

func TestFetchResumesAnEarlierRun(t *testing.T) {
	t.Parallel()
	rel, wheel := testRelease(t)
	s := &testIndex{breakAt: 30000}
	f, dir := serve(t, s, rel, wheel)
	f.tries = 1
	require.ErrorContains(t, f.fetch(t.Context(), rel, dir), "gave up after 1 tries")
	require.NoFileExists(t, dir)
	require.NoError(t, f.fetch(t.Context(), rel, dir))
	requireFetched(t, rel, dir)
	require.Equal(t, []string{"", "bytes=30000-"}, s.asked())
}

func TestFetchCompletePart(t *testing.T) {
	t.Parallel()
	rel, wheel := testRelease(t)
	s := &testIndex{}
	f, dir := serve(t, s, rel, wheel)
	require.NoError(t, os.MkdirAll(filepath.Dir(dir), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(dir), rel.Wheel+".part"), wheel, 0o600))
	require.NoError(t, f.fetch(t.Context(), rel, dir))
	requireFetched(t, rel, dir)
}

func TestFetchTwiceAsksOnce(t *testing.T) {
	t.Parallel()
	rel, wheel := testRelease(t)
	s := &testIndex{}
	f, dir := serve(t, s, rel, wheel)
	require.NoError(t, f.fetch(t.Context(), rel, dir))
	f.index = "" // a rerun needs no index at all
	require.NoError(t, f.fetch(t.Context(), rel, dir))
	require.Len(t, s.asked(), 1)
}

func TestFetchMendsDamage(t *testing.T) {
	t.Parallel()
	rel, wheel := testRelease(t)
	f, dir := serve(t, &testIndex{}, rel, wheel)
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, rel.libraryName()), []byte("half"), 0o600))
	require.NoError(t, f.fetch(t.Context(), rel, dir))
	requireFetched(t, rel, dir)
}

func TestFetchSilentServer(t *testing.T) {
	t.Parallel()
	rel, wheel := testRelease(t)
	f, dir := serve(t, &testIndex{silent: 3}, rel, wheel)
	f.stall = 20 * time.Millisecond
	require.ErrorIs(t, f.fetch(t.Context(), rel, dir), errSilent)
	require.NoFileExists(t, dir)
}

func TestFetchRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*release, *testIndex, *fetcher)
		is     error
		text   string
		asked  int
	}{
		{"wrong wheel hash", func(r *release, _ *testIndex, _ *fetcher) { r.SHA256 = hash(nil) }, errSHA256, "thrown away", 1},
		{"wrong library hash", func(r *release, _ *testIndex, _ *fetcher) { r.LibrarySHA256 = hash(nil) }, errSHA256, "libonnxruntime.so.9.9.9", 1},
		{"not in the index", func(_ *release, s *testIndex, _ *fetcher) { s.name = "x.whl" }, errNotInIndex, "PIP_INDEX_URL", 0},
		{"file gone", func(_ *release, s *testIndex, _ *fetcher) { s.status = http.StatusNotFound }, errFinal, "404", 1},
		{"server down", func(_ *release, s *testIndex, _ *fetcher) { s.status = http.StatusBadGateway }, nil, "gave up after 3 tries", 3},
		{"licence missing", func(r *release, _ *testIndex, _ *fetcher) { r.Licences = []string{"onnxruntime/NONE"} }, os.ErrNotExist, "NONE", 1},
		{"no index", func(_ *release, _ *testIndex, f *fetcher) { f.index = "" }, errNoIndex, "", 0},
		{"no such index", func(_ *release, _ *testIndex, f *fetcher) { f.index += "x" }, nil, "404", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rel, wheel := testRelease(t)
			s := &testIndex{}
			f, dir := serve(t, s, rel, wheel)
			c.change(&rel, s, &f)
			err := f.fetch(t.Context(), rel, dir)
			require.ErrorContains(t, err, c.text)
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			require.NoFileExists(t, dir)
			require.Len(t, s.asked(), c.asked)
		})
	}
}

func TestWrongHashIsThrownAway(t *testing.T) {
	t.Parallel()
	rel, wheel := testRelease(t)
	f, dir := serve(t, &testIndex{}, rel, wheel)
	rel.SHA256 = hash(nil)
	require.Error(t, f.fetch(t.Context(), rel, dir))
	require.NoFileExists(t, filepath.Join(filepath.Dir(dir), rel.Wheel+".part"))
}

func TestParseIndexRubbish(t *testing.T) {
	t.Parallel()
	_, err := parseIndex("application/vnd.pypi.simple.v1+json", []byte("{"))
	require.Error(t, err)
	_, err = parseIndex("", nil)
	require.ErrorContains(t, err, "content type")
	links, err := parseIndex("text/html", []byte("<a name=x>"))
	require.NoError(t, err)
	require.Empty(t, links)
}

func FuzzParseIndex(f *testing.F) {
	f.Add(true, []byte(`{"files":[{"url":"a.whl"}]}`))
	f.Add(false, []byte(`<a href="a.whl">a</a>`))
	f.Fuzz(func(t *testing.T, asJSON bool, body []byte) {
		contentType := "text/html"
		if asJSON {
			contentType = "application/json"
		}
		links, err := parseIndex(contentType, body)
		require.True(t, err == nil || links == nil)
	})
}

func TestReleases(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{"linux/amd64", "linux/arm64"} {
		rel, err := releaseFor(platform)
		require.NoError(t, err)
		require.Len(t, rel.SHA256, 64)
		require.Len(t, rel.LibrarySHA256, 64)
		require.Contains(t, rel.Wheel, rel.Version)
		require.True(t, strings.HasSuffix(rel.libraryName(), ".so."+rel.Version))
	}
	_, err := releaseFor("plan9/mips")
	require.ErrorIs(t, err, errNoRelease)
	cpu, err := releaseFor("linux/amd64")
	require.NoError(t, err)
	gpu, err := gpuReleaseFor("linux/amd64")
	require.NoError(t, err)
	require.Equal(t, cpu.Version, gpu.Version)
	require.NotEqual(t, cpu.folder(), gpu.folder())
	require.Len(t, gpu.SHA256, 64)
	require.Len(t, gpu.LibrarySHA256, 64)
	_, err = gpuReleaseFor("linux/arm64")
	require.ErrorIs(t, err, errNoRelease)
}

func TestRun(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	var out, errs bytes.Buffer
	require.Equal(t, 0, run(t.Context(), []string{"-root", root, "-where"}, &out, &errs))
	require.True(t, strings.HasPrefix(out.String(), root), out.String())
	require.Equal(t, 1, run(t.Context(), []string{"-root", root}, &out, &errs))
	require.Contains(t, errs.String(), "--index")
	require.Equal(t, 2, run(t.Context(), []string{"-nonsense"}, &out, &errs))
}
