package engine_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/modeltest"
)

// small is a model that loads in no time.
func small(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "small.safetensors")
	modeltest.Small().Write(t, path)
	return path
}

func TestKeptModelsGiveTheSame(t *testing.T) {
	for _, precision := range []string{"fp32", "fp16", "int8"} {
		t.Run(precision, func(t *testing.T) {
			o := engine.Options{Model: small(t), Cache: t.TempDir(), Precision: precision, Device: "cpu"}
			var answers []*engine.Result
			for range 2 {
				e := open(t, o)
				require.Equal(t, precision, e.Spec().Precision)
				r, err := e.Ground(t.Context(), engine.Request{Clip: noise(e, 5), Prompts: []string{"a person waving"}})
				require.NoError(t, err)
				answers = append(answers, r)
			}
			require.Equal(t, answers[0].Prompts, answers[1].Prompts)
			entries, err := os.ReadDir(o.Cache)
			require.NoError(t, err)
			require.Len(t, entries, 2, "one for each tower")
		})
	}
}

func TestABrokenCacheIsBuiltAgain(t *testing.T) {
	o := engine.Options{Model: small(t), Cache: t.TempDir()}
	want := answer(t, o)
	require.NoError(t, filepath.WalkDir(o.Cache, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			err = os.Truncate(path, 100)
		}
		return err
	}))
	require.Equal(t, want, answer(t, o))
}

func TestAChangedCheckpointIsBuiltAgain(t *testing.T) {
	o := engine.Options{Model: small(t), Cache: t.TempDir()}
	first := answer(t, o)
	data, err := os.ReadFile(o.Model)
	require.NoError(t, err)
	// Other weights in a file of the same size; the image tower's lie behind the text tower's.
	copy(data[len(data)*3/4:], bytes.Repeat([]byte{0, 0x20}, 1000))
	require.NoError(t, os.WriteFile(o.Model, data, 0o600))
	require.NotEqual(t, first, answer(t, o))
}

func TestACacheThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	var log bytes.Buffer
	o := engine.Options{Model: small(t), Cache: filepath.Join(file, "graphs"), Logger: slog.New(slog.NewTextHandler(&log, nil))}
	inMemory := answer(t, o)
	require.Contains(t, log.String(), "cannot be kept")
	o.Cache = t.TempDir()
	require.Equal(t, inMemory, answer(t, o))
}

func answer(t *testing.T, o engine.Options) []engine.Grounding {
	t.Helper()
	e := open(t, o)
	r, err := e.Ground(t.Context(), engine.Request{Clip: noise(e, 5), Prompts: []string{"a person waving"}, Frames: []int{2}})
	require.NoError(t, err)
	return r.Prompts
}

func TestDevicesAndPrecisions(t *testing.T) {
	var log bytes.Buffer
	e := open(t, engine.Options{Device: "auto", Logger: slog.New(slog.NewTextHandler(&log, nil))})
	require.Contains(t, log.String(), "device chosen")
	require.NotEmpty(t, e.Spec().Device)
	for _, ca := range []struct {
		device, precision string
		want              error
		says              string
	}{
		{"cuda:64", "", engine.ErrNoDevice, "nvidia-smi"},
		{"gpu", "", engine.ErrNoDevice, "cuda:N"},
		{"openvino", "", engine.ErrNoDevice, "use the device cpu"},
		{"cpu", "fp8", engine.ErrPrecision, "int8"},
	} {
		_, err := engine.Open(t.Context(), engine.Options{Device: ca.device, Precision: ca.precision})
		require.ErrorIs(t, err, ca.want)
		require.ErrorContains(t, err, ca.says)
	}
}

// TestLoadingIsLean loads a checkpoint of a real size, 150 million weights in half floats, and holds the memory it takes on top to
// 1.3 times the weights' size in each precision. The times of the first and the second start are logged.
func TestLoadingIsLean(t *testing.T) {
	if testing.Short() {
		t.Skip("writes and reads a gigabyte")
	}
	path := filepath.Join(t.TempDir(), "viclip-b.safetensors")
	weights := modeltest.ViCLIPB().Write(t, path)
	for precision, bytesEach := range map[string]float64{"fp32": 4, "fp16": 2, "int8": 1} {
		t.Run(precision, func(t *testing.T) {
			o := engine.Options{Model: path, Cache: t.TempDir(), Precision: precision, Device: "cpu"}
			for _, start := range []string{"first", "second"} {
				extra, took := measure(t, func() { require.NoError(t, open(t, o).Close()) })
				size := float64(onDisk(t, o.Cache)) // what the precision makes of the weights
				t.Logf("%s start: %.2f s, %.0f MB on top, %.2f of the weights' %.0f MB", start, took.Seconds(), extra/1e6, extra/size, size/1e6)
				require.LessOrEqual(t, size, 1.02*4*float64(weights))
				require.GreaterOrEqual(t, size, bytesEach*float64(weights))
				require.LessOrEqual(t, extra, 1.3*size)
			}
		})
	}
}

// measure gives the most memory that f took on top of what was there, in bytes.
func measure(t *testing.T, f func()) (extra float64, took time.Duration) {
	t.Helper()
	debug.FreeOSMemory()
	const resetPeak = "5"
	if err := os.WriteFile("/proc/self/clear_refs", []byte(resetPeak), 0); err != nil {
		t.Skipf("this system does not measure a process's peak: %v", err)
	}
	before := status(t, "VmRSS")
	began := time.Now()
	f()
	took = time.Since(began)
	return status(t, "VmHWM") - before, took
}

func status(t *testing.T, key string) float64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	require.NoError(t, err)
	found := regexp.MustCompile(key + `:\s+(\d+) kB`).FindSubmatch(text)
	require.NotNil(t, found)
	kb, err := strconv.Atoi(string(found[1]))
	require.NoError(t, err, fmt.Sprint(key))
	return 1024 * float64(kb)
}

func onDisk(t *testing.T, dir string) (size int64) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		size += info.Size()
		return err
	}))
	return size
}
