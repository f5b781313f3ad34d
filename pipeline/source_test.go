package pipeline

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseSource(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "My Clip #1.mp4")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for _, ca := range []struct {
		text string
		kind Kind
		uri  string
		name string
	}{
		{"demo://", KindDemo, "demo://", "demo"},
		{file, KindFile, "file://" + dir + "/My%20Clip%20%231.mp4", "my-clip-1"},
		{"file://" + dir + "/My%20Clip%20%231.mp4", KindFile, "file://" + dir + "/My%20Clip%20%231.mp4", "my-clip-1"},
		{"rtsp://user:secret@10.0.0.7:554/ch0?x=1", KindRTSP, "rtsp://user:secret@10.0.0.7:554/ch0?x=1", "10-0-0-7-ch0"},
		{"http://host/a.m3u8", KindURL, "http://host/a.m3u8", "host-a-m3u8"},
		{"whip://My Webcam", KindWHIP, "whip://My Webcam", "my-webcam"},
		{"v4l2:///dev/null", KindCamera, "/dev/null", "null"},
	} {
		t.Run(ca.text, func(t *testing.T) {
			s, err := ParseSource(ca.text)
			require.NoError(t, err)
			require.Equal(t, ca.kind, s.Kind)
			require.Equal(t, ca.uri, s.URI)
			require.Equal(t, ca.name, s.Name)
		})
	}
}

func TestParseSourceErrors(t *testing.T) {
	for text, want := range map[string]string{
		"gopher://host/x":            `unknown scheme "gopher"`,
		"/no/such/file.mp4":          "no such file",
		"rtsp:///path":               "no host",
		"whip://":                    "no name",
		"rtsp://user:p%zz/w@host/":   "invalid",
		"rstp://user:p%25zz@host/":   "unknown scheme",
		"rtsp://user:p%25zz@/path":   "no host",
		"v4l2:///dev/no-such-camera": "no such file",
		"demo://?actors=many":        "actors",
		t.TempDir():                  "*.mp4",
		"":                           "v4l2:///dev/video0",
		"webcam":                     "v4l2:///dev/video0",
		"0":                          "v4l2:///dev/video0",
	} {
		t.Run(text, func(t *testing.T) {
			_, err := ParseSource(text)
			require.ErrorIs(t, err, ErrSource)
			require.ErrorContains(t, err, want)
			require.NotRegexp(t, "user:|p%|zz", err.Error(), "passwords stay out of errors")
		})
	}
}

func TestUniqueNames(t *testing.T) {
	got := UniqueNames([]Source{{Name: "demo"}, {Name: "door"}, {Name: "demo"}, {Name: "demo"}})
	var names []string
	for _, s := range got {
		names = append(names, s.Name)
	}
	require.Equal(t, []string{"demo", "door", "demo-2", "demo-3"}, names)
}

func TestQuote(t *testing.T) {
	require.Equal(t, `"a \"b\" \\ c ! fakesink"`, quote(`a "b" \ c ! fakesink`))
}
