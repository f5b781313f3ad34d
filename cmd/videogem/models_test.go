package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// videogem runs a command and gives its exit code and what it says.
func videogem(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, diagnostics bytes.Buffer
	code = run(t.Context(), args, &out, &diagnostics)
	return code, out.String(), diagnostics.String()
}

// viclipHub serves the small ViCLIP of the golden files under any repository's name.
func viclipHub(t *testing.T) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "engine", "onnx", "testdata", "golden", "viclip.pth"))
	require.NoError(t, err)
	sum := sha256.Sum256(data)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "gone"):
			w.WriteHeader(http.StatusNotFound)
		case strings.HasPrefix(r.URL.Path, "/api/"):
			_ = json.NewEncoder(w).Encode(map[string]any{"sha": strings.Repeat("c", 40), "siblings": []map[string]any{
				{"rfilename": "viclip.pth", "size": len(data), "lfs": map[string]any{"sha256": hex.EncodeToString(sum[:]), "size": len(data)}},
			}})
		case path.Base(r.URL.Path) == "viclip.pth":
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
		}
	}))
	t.Cleanup(s.Close)
	t.Setenv("HF_ENDPOINT", s.URL)
	t.Setenv("XDG_DATA_HOME", t.TempDir())
}

func TestModels(t *testing.T) {
	viclipHub(t)
	code, stdout, _ := videogem(t, "models", "list")
	require.Equal(t, exitDone, code)
	require.Regexp(t, `(?m)^demo +built in`, stdout)
	require.Regexp(t, `(?m)^viclip-b16 +- +none stated in the repository +OpenGVLab/ViCLIP-B-16-hf`, stdout)

	code, stdout, stderr := videogem(t, "models", "pull", "viclip-b16")
	require.Equal(t, exitDone, code, stderr)
	require.Equal(t, "viclip.pth (4.3 MB)\n", stderr, "plain lines where there is no terminal")
	require.Contains(t, stdout, "viclip-b16 is in ")
	require.Contains(t, stdout, untried)
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	require.Contains(t, string(readme), untried)

	var list []struct {
		Name, Where string
		Size        int64
	}
	code, stdout, _ = videogem(t, "models", "list", "--json")
	require.Equal(t, exitDone, code)
	require.NoError(t, json.Unmarshal([]byte(stdout), &list))
	for _, l := range list {
		require.Equal(t, l.Name == "viclip-b16", l.Size == 4_264_768, l.Name)
	}

	code, stdout, _ = videogem(t, "models", "inspect", "viclip-b16")
	require.Equal(t, exitDone, code)
	for _, s := range []string{"viclip, tensors named as in viclip", "64x64 pixels", "8 a clip", "9 blocks, width 64, 1 heads", "quick_gelu", "none stated"} {
		require.Contains(t, stdout, s)
	}
	code, stdout, _ = videogem(t, "models", "verify", "viclip-b16")
	require.Equal(t, exitDone, code)
	require.Regexp(t, `^ok +viclip\.pth +[0-9a-f]{64}\n$`, stdout)

	_, stdout, _ = videogem(t, "models", "inspect", "viclip-b16", "--json")
	var i inspection
	require.NoError(t, json.Unmarshal([]byte(stdout), &i))
	require.Equal(t, [4]int{8, 16, 64, 32}, [4]int{i.Frames, i.PatchSize, i.Width, i.ContextLength})
	require.NoError(t, os.Truncate(i.Where, 100))
	code, stdout, stderr = videogem(t, "models", "verify", "viclip-b16")
	require.Equal(t, exitFailed, code)
	require.Regexp(t, `^DAMAGED +viclip\.pth`, stdout)
	require.Contains(t, stderr, "pull it again")

	code, _, _ = videogem(t, "models", "rm", "viclip-b16")
	require.Equal(t, exitDone, code)
	code, _, stderr = videogem(t, "models", "inspect", "viclip-b16")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr, "videogem models pull viclip-b16")
}

func TestModelsFail(t *testing.T) {
	viclipHub(t)
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"models", exitUsage, "list"},
		{"models pull", exitUsage, "<name>"},
		{"models pull clip-b17", exitFailed, "clip-b16"},
		{"models pull owner/gone", exitFailed, "check the spelling"},
		{"models pull owner/repo@", exitFailed, "owner/name@revision"},
		{"models inspect nothing", exitFailed, "videogem models pull NAME"},
		{"models rm demo", exitFailed, "built in"},
		{"models rm clip-b16", exitFailed, "videogem models list"},
		{"models verify demo", exitFailed, "part of the program"},
	} {
		t.Run(c.args, func(t *testing.T) {
			code, stdout, stderr := videogem(t, strings.Fields(c.args)...)
			require.Equal(t, c.code, code)
			require.Contains(t, stdout+stderr, c.says)
		})
	}
}

// TestPullSaysThatItTriesAgain: a hub that is busy for a moment leaves nobody before a silent screen.
func TestPullSaysThatItTriesAgain(t *testing.T) {
	var asked atomic.Int32
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	defer hub.Close()
	t.Setenv("HF_ENDPOINT", hub.URL)
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	code, _, stderr := videogem(t, "models", "pull", "clip-b16")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr, "attempt 1 of 6 failed, trying again")
	require.Contains(t, stderr, "503")
}

// TestInspectSaysWhatWasAssumed: the golden ViCLIP is a bare file of no published size.
func TestInspectSaysWhatWasAssumed(t *testing.T) {
	path := filepath.Join("..", "..", "engine", "onnx", "testdata", "golden", "viclip.pth")
	code, stdout, _ := videogem(t, "models", "inspect", path)
	require.Equal(t, exitDone, code)
	require.Regexp(t, `(?m)^ASSUMED +neither the checkpoint nor a file beside it says vision_heads, text_heads, activation`, stdout)
	_, stdout, _ = videogem(t, "models", "inspect", path, "--json")
	var i inspection
	require.NoError(t, json.Unmarshal([]byte(stdout), &i))
	require.Len(t, i.Assumed, 1)
	require.Contains(t, i.Assumed[0], "model.json")
}

func TestInspectDemo(t *testing.T) {
	code, stdout, _ := videogem(t, "models", "inspect", "demo")
	require.Equal(t, exitDone, code)
	for _, s := range []string{
		"built in", "8 a clip", "Apache-2.0", "calibrated for this model",
		"Demo model: knows drawn people only; `videogem models pull viclip-b16` for real scenes.",
	} {
		require.Contains(t, stdout, s)
	}
}
