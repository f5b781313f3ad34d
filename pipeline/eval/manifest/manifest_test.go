package manifest

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/democam"
)

func prompts() Prompts {
	return Prompts{Action: "A photo of a person crack eggs.", Verbs: []string{"A photo of a person crack something."}, Objects: []string{"A photo of a person using eggs."}}
}

func images() Sample {
	return Sample{
		ID: "a/1", Label: "crack eggs", Class: "crack", Prompts: prompts(), Media: Media{Kind: Images, Paths: []string{"a/0.75.jpg", "a/1.jpg"}},
		Key: 1, Boxes: [][4]float64{{1, 2, 3.5, 4}}, Space: [2]int{640, 480}, Missing: Skip,
	}
}

func video() Sample {
	s := images()
	s.ID, s.Media, s.Missing = "a/2", Media{Kind: Video, Path: "a.mp4", Times: []float64{-.25, 0}}, Repeat
	return s
}

func demo() Sample {
	s := images()
	s.ID, s.Key = "900000000/0", 4
	s.Media = Media{Kind: Demo, Clip: &Clip{Seed: 900000000, Width: 96, Height: 96, Frames: 8, Span: 1.2, Actors: "3", Ease: 1, MinHeight: .4, MaxHeight: .65}}
	return s
}

func whole() *Manifest {
	return &Manifest{
		Header: Header{
			Format: Format, Dataset: "test", Samples: 3, Root: "frames", Float32: true, Options: map[string]string{"split": "test"},
			Skipped: map[string]int{"key frame missing": 2}, Incomplete: map[string]int{"neighbour missing": 1},
		},
		Samples: []Sample{images(), video(), demo()},
	}
}

func text(t testing.TB, m *Manifest) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, Write(&out, m))
	return out.String()
}

func TestRoundTrip(t *testing.T) {
	m := whole()
	read, err := Read(strings.NewReader(text(t, m)))
	require.NoError(t, err)
	require.Equal(t, m, read)
	require.Equal(t, 8, read.Samples[2].Media.Frames())
}

func TestOpenResolvesPaths(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.jsonl")
	m := whole()
	absolute := filepath.Join(dir, "elsewhere.jpg")
	m.Samples[0].Media.Paths[1] = absolute
	require.NoError(t, Save(path, m))
	read, err := Open(path)
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(dir, "frames", "a", "0.75.jpg"), absolute}, read.Samples[0].Media.Paths)
	require.Equal(t, filepath.Join(dir, "frames", "a.mp4"), read.Samples[1].Media.Path)
	require.Empty(t, read.Samples[2].Media.Path)

	m.Header.Root = filepath.Join(dir, "root")
	require.NoError(t, Save(path, m))
	read, err = Open(path)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "root", "a.mp4"), read.Samples[1].Media.Path)

	_, err = Open(filepath.Join(dir, "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestSaveIsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.jsonl")
	require.NoError(t, Save(path, whole()))
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	broken := whole()
	broken.Samples[2].ID = ""
	require.ErrorIs(t, Save(path, broken), ErrMalformed)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func TestWriteRefusesWhatReadWould(t *testing.T) {
	for name, change := range map[string]func(*Sample){
		"no id":         func(s *Sample) { s.ID = "" },
		"same id":       func(s *Sample) { s.ID = "a/2" },
		"no label":      func(s *Sample) { s.Label = "" },
		"blank prompt":  func(s *Sample) { s.Prompts.Verbs = []string{" "} },
		"long prompt":   func(s *Sample) { s.Prompts.Action = strings.Repeat("very ", 101) },
		"no class":      func(s *Sample) { s.Class = "" },
		"no action":     func(s *Sample) { s.Prompts.Action = "" },
		"no verbs":      func(s *Sample) { s.Prompts.Verbs = nil },
		"no objects":    func(s *Sample) { s.Prompts.Objects = []string{} },
		"empty verb":    func(s *Sample) { s.Prompts.Verbs = []string{"a", ""} },
		"no rule":       func(s *Sample) { s.Missing = "" },
		"no space":      func(s *Sample) { s.Space = [2]int{640, 0} },
		"no box":        func(s *Sample) { s.Boxes = nil },
		"NaN box":       func(s *Sample) { s.Boxes = [][4]float64{{0, 0, math.NaN(), 1}} },
		"huge box":      func(s *Sample) { s.Boxes = [][4]float64{{0, 0, 1e30, 1}} },
		"key too large": func(s *Sample) { s.Key = 2 },
		"key below 0":   func(s *Sample) { s.Key = -1 },
		"kind":          func(s *Sample) { s.Media.Kind = "pictures" },
		"empty path":    func(s *Sample) { s.Media.Paths[0] = "" },
		"no path":       func(s *Sample) { s.Media.Paths = nil },
		"two kinds":     func(s *Sample) { s.Media.Path = "x" },
		"video without frames": func(s *Sample) {
			s.Media = Media{Kind: Video, Path: "x"}
		},
		"video with both": func(s *Sample) {
			s.Media = Media{Kind: Video, Path: "x", Times: []float64{1, 2}, FrameNumbers: []int{1, 2}}
		},
		"time": func(s *Sample) {
			s.Media = Media{Kind: Video, Path: "x", Times: []float64{1, math.Inf(1)}}
		},
		"demo without clip":   func(s *Sample) { s.Media = Media{Kind: Demo} },
		"demo without people": func(s *Sample) { s.Media = Media{Kind: Demo, Clip: &Clip{Frames: 8}} },
		"too many frames":     func(s *Sample) { s.Media = Media{Kind: Video, Path: "x", FrameNumbers: make([]int, 1025)} },
	} {
		t.Run(name, func(t *testing.T) {
			m := whole()
			change(&m.Samples[0])
			require.ErrorIs(t, Write(&bytes.Buffer{}, m), ErrMalformed)
		})
	}
	for name, change := range map[string]func(*Header){
		"no dataset": func(h *Header) { h.Dataset = "" },
		"counts":     func(h *Header) { h.Skipped["x"] = -1 },
		"no reason":  func(h *Header) { h.Incomplete[""] = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			m := whole()
			change(&m.Header)
			require.ErrorIs(t, Write(&bytes.Buffer{}, m), ErrMalformed)
		})
	}
}

func TestReadNamesTheLine(t *testing.T) {
	good := text(t, whole())
	lines := strings.SplitAfter(strings.TrimSuffix(good, "\n"), "\n")
	for name, ca := range map[string]struct {
		text  string
		is    error
		about string
	}{
		"empty":         {"", ErrMalformed, "empty"},
		"no manifest":   {"hello\n", ErrMalformed, "line 1"},
		"other JSON":    {"{\"a\":1}\n", ErrMalformed, "line 1"},
		"other version": {`{"format":"videogem-eval-2","new":1}` + "\n", ErrVersion, "videogem-eval-2"},
		"unknown head":  {`{"format":"videogem-eval-1","dataset":"x","new":1}` + "\n", ErrMalformed, "line 1"},
		"cut off":       {strings.Join(lines[:3], ""), ErrMalformed, "2 samples, the header says 3"},
		"cut in a line": {good[:len(good)-9], ErrMalformed, "line 4"},
		"unknown field": {strings.Replace(good, `"key":1`, `"kye":1`, 1), ErrMalformed, "line 2"},
		"wrong type":    {strings.Replace(good, `"key":4`, `"key":"4"`, 1), ErrMalformed, "line 4"},
		"rule broken":   {strings.Replace(good, `"repeat"`, `"fail"`, 1), ErrMalformed, "line 3"},
		"same id":       {strings.Replace(good, `"a/2"`, `"a/1"`, 1), ErrMalformed, "stands in line 2"},
		"empty line":    {strings.Replace(good, "\n", "\n\n", 1), ErrMalformed, "line 2"},
		"two in a line": {strings.Replace(good, "}\n{\"id\":\"a/2\"", "}{\"id\":\"a/2\"", 1), ErrMalformed, "line 2"},
		"long line":     {lines[0] + strings.Repeat(" ", maxLine+1), ErrMalformed, "line 2"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(strings.NewReader(ca.text))
			require.ErrorIs(t, err, ca.is)
			require.ErrorContains(t, err, ca.about)
		})
	}
}

func TestClipConfig(t *testing.T) {
	c, err := demo().Media.Clip.Config()
	require.NoError(t, err)
	require.Equal(t, democam.DefaultClipConfig(), c)
}

// TestClipKeepsEverything sets every field of the settings, whatever fields there are.
func TestClipKeepsEverything(t *testing.T) {
	var c democam.ClipConfig
	fill(reflect.ValueOf(&c).Elem())
	c.Actors = democam.Mix{{Actors: 2, Weight: .5}}
	s := demo()
	s.Media.Clip = NewClip(7, c, "2:.5")
	s.Media.Clip.Shuffle = true
	m := &Manifest{Header: Header{Dataset: "test", Absent: []string{"a person swimming"}}, Samples: []Sample{s}}
	read, err := Read(strings.NewReader(text(t, m)))
	require.NoError(t, err)
	require.Equal(t, m.Header.Absent, read.Header.Absent)
	require.Equal(t, s, read.Samples[0])
	got, err := read.Samples[0].Media.Clip.Config()
	require.NoError(t, err)
	require.Equal(t, c, got)
}

// fill sets every number to 5 and every flag; not what is in slices.
func fill(v reflect.Value) {
	for _, f := range v.Fields() {
		switch f.Kind() {
		case reflect.Struct:
			fill(f)
		case reflect.Int:
			f.SetInt(5)
		case reflect.Float64:
			f.SetFloat(5)
		case reflect.Bool:
			f.SetBool(true)
		}
	}
}

func TestOrder(t *testing.T) {
	c := demo().Media.Clip
	require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 7}, c.Order())
	c.Shuffle = true
	require.Equal(t, democam.ShuffledOrder(900000000, 8, 4), c.Order())
}

func FuzzRead(f *testing.F) {
	f.Add(text(f, whole()))
	f.Fuzz(func(t *testing.T, file string) {
		m, err := Read(strings.NewReader(file))
		if err != nil {
			if !strings.Contains(err.Error(), ErrVersion.Error()) {
				require.ErrorIs(t, err, ErrMalformed)
			}
			return
		}
		again, err := Read(strings.NewReader(text(t, m)))
		require.NoError(t, err)
		require.Equal(t, text(t, m), text(t, again))
	})
}
