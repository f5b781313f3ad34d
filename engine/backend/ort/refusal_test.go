package ort

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// stub compiles a library of the C source and gives its path. symbols is the version that its symbols bear; "" for none.
func stub(t *testing.T, name, source, symbols string) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler: ", err)
	}
	dir := t.TempDir()
	c, lib := filepath.Join(dir, "stub.c"), filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(c, []byte(source), 0o600))
	args := []string{"-shared", "-fPIC", "-o", lib, c}
	if symbols != "" {
		script := filepath.Join(dir, "versions")
		require.NoError(t, os.WriteFile(script, []byte(symbols+" { global: OrtGetApiBase; local: *; };\n"), 0o600))
		args = append(args, "-Wl,--version-script="+script)
	}
	out, err := exec.Command(cc, args...).CombinedOutput()
	require.NoError(t, err, string(out))
	return lib
}

// refusing is an ONNX Runtime of another time: it has no API of the version asked for (onnxruntime_c_api.h, OrtApiBase).
const refusing = `
struct base { const void *(*api)(unsigned); const char *(*version)(void); };
static const void *api(unsigned v) { (void)v; return 0; }
static const char *version(void) { return "1.24.1"; }
static const struct base b = { api, version };
const struct base *OrtGetApiBase(void) { return &b; }
`

// TestLibrariesThatCannotBe: what is too old is told so with its version, and only a file that is not there is missing.
func TestLibrariesThatCannotBe(t *testing.T) {
	const alone = "VIDEOGEM_TEST_ALONE" // a process has room for one library, which other tests load
	if os.Getenv(alone) == "" {
		child := exec.Command(os.Args[0], "-test.run=^TestLibrariesThatCannotBe$", "-test.v") //nolint:gosec // this program
		child.Env = append(os.Environ(), alone+"=1")
		out, err := child.CombinedOutput()
		require.NoError(t, err, string(out))
		if strings.Contains(string(out), "--- SKIP") {
			t.Skip(string(out))
		}
		require.Contains(t, string(out), "--- PASS: TestLibrariesThatCannotBe/too_old,_by_its_symbols")
		return
	}
	folder := filepath.Join(t.TempDir(), "libonnxruntime.so.1.9")
	require.NoError(t, os.Mkdir(folder, 0o700))
	text := filepath.Join(t.TempDir(), "libonnxruntime.so.1.31.0")
	require.NoError(t, os.WriteFile(text, []byte("not a library"), 0o600))
	for _, c := range []struct {
		name, path string
		want       error
		says       string
	}{
		{"too old, by its symbols", stub(t, "libonnxruntime.so", refusing, "VERS_1.24.1"), ErrOldLibrary, "1.24.1, but 1.26 or newer is needed"},
		{"too old, by its name", stub(t, "libonnxruntime.so.1.23.2", refusing, ""), ErrOldLibrary, "1.23.2, but 1.26 or newer is needed"},
		{"too old, nothing tells how much", stub(t, "ort.so", refusing, ""), ErrOldLibrary, "its version is not told, but 1.26 or newer is needed"},
		{"another library", stub(t, "libonnxruntime.so", "int nothing;", ""), ErrLibrary, "OrtGetApiBase"},
		{"one that needs what is not there", stub(t, "libonnxruntime.so", "int no_such_function_anywhere(void); int (*p)(void) = no_such_function_anywhere;", ""), ErrLibrary, "no_such_function_anywhere"},
		{"no library", text, ErrLibrary, text},
		{"a folder", folder, ErrLibrary, folder},
		{"none", "/no/such/libonnxruntime.so", ErrNoLibrary, "/no/such/libonnxruntime.so"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := loadLibrary(c.path)
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, EnvLibrary)
			require.True(t, Unavailable(err))
			for _, other := range []error{ErrNoLibrary, ErrOldLibrary, ErrLibrary} {
				require.Equal(t, other == c.want, errors.Is(err, other)) //nolint:errorlint // which of them
			}
		})
	}
	err := loadingFailed("libonnxruntime.so.1", errors.New("Error loading ONNX shared library \"libonnxruntime.so.1\": libonnxruntime.so.1: cannot open shared object file: No such file or directory"))
	require.ErrorIs(t, err, ErrNoLibrary)
	err = loadingFailed("libonnxruntime.so.1", errors.New("Error loading ONNX shared library \"libonnxruntime.so.1\": libcudart.so.13: cannot open shared object file: No such file or directory"))
	require.ErrorIs(t, err, ErrLibrary)
}
