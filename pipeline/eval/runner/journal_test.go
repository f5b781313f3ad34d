package runner

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/pipeline/eval/manifest"
	"github.com/videogem/videogem/pipeline/eval/metric"
)

// The environment of a child process: the folder it works in, and the clip before which it stands still.
const (
	childFolder = "VIDEOGEM_TEST_EVAL_FOLDER"
	childStop   = "VIDEOGEM_TEST_EVAL_STOP"
)

func TestMain(m *testing.M) {
	if os.Getenv(childFolder) != "" {
		child()
	}
	goleak.VerifyTestMain(m)
}

// child runs until it is killed.
func child() {
	stop, err := strconv.Atoi(os.Getenv(childStop))
	if err == nil {
		g := &grounder{frames: 1, before: func(ctx context.Context, n int) error {
			if n == stop {
				fmt.Println("stopped")
				<-ctx.Done()
			}
			return nil
		}}
		_, err = Run(context.Background(), g, longRun(os.Getenv(childFolder)))
	}
	fmt.Println("ended", err)
	os.Exit(1)
}

// longRun is a run of 40 clips with 100 samples.
func longRun(dir string) Options {
	var samples []manifest.Sample
	for i := range 100 {
		s := question(fmt.Sprint("q", i), dir, [4]float64{float64(3 * i), 100, 500, 400})
		s.Media.Paths = []string{filepath.Join(dir, fmt.Sprintf("%d.png", i*2/5))}
		s.Class = fmt.Sprint("class ", i%7)
		samples = append(samples, s)
	}
	return Options{
		Manifest: &manifest.Manifest{Header: manifest.Header{Dataset: "planted"}, Samples: samples}, Digest: "0", Scopes: []gem.Scope{""},
		Point: metric.Raster, Variants: []Variant{byAction, byParts}, Results: filepath.Join(dir, File),
	}
}

func longFolder(t *testing.T) string {
	t.Helper()
	var names []string
	for i := range 40 {
		if i != 13 { // one picture is missing
			names = append(names, fmt.Sprintf("%d.png", i))
		}
	}
	return folder(t, names...)
}

// TestKilledAndResumed kills a process in mid-run, several times, at places that the process reports itself, and tears its last line.
func TestKilledAndResumed(t *testing.T) {
	dir := longFolder(t)
	whole, err := Run(t.Context(), &grounder{frames: 1}, longRun(dir))
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(dir, File)))
	exe, err := os.Executable()
	require.NoError(t, err)
	lines := 0
	for _, stop := range []int{1, 4, 9, 2, 12} {
		cmd := exec.CommandContext(t.Context(), exe)
		cmd.Env = append(os.Environ(), childFolder+"="+dir, childStop+"="+strconv.Itoa(stop))
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		said, err := bufio.NewReader(out).ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "stopped\n", said)
		require.NoError(t, cmd.Process.Kill())
		require.Error(t, cmd.Wait())
		data, err := os.ReadFile(filepath.Join(dir, File))
		require.NoError(t, err)
		now := bytes.Count(data, []byte("\n"))
		require.GreaterOrEqual(t, now, lines, "nothing that was written is lost")
		lines = now
		if data = bytes.TrimSuffix(data, []byte("\n")); lines > 3 { // the last line is torn, as a crash of the machine leaves it
			require.NoError(t, os.WriteFile(filepath.Join(dir, File), data[:len(data)-10], 0o600))
			lines--
		}
	}
	require.Greater(t, lines, 10)
	g := &grounder{frames: 1}
	resumed, err := Run(t.Context(), g, longRun(dir))
	require.NoError(t, err)
	require.Less(t, int(g.clips.Load()), 30, "what was done is not done again")
	require.Equal(t, whole.Records, resumed.Records)
	require.Equal(t, whole.Scenes, resumed.Scenes)
	require.Equal(t, whole.Timing.Clips, resumed.Timing.Clips)

	done := &grounder{frames: 1}
	again, err := Run(t.Context(), done, longRun(dir))
	require.NoError(t, err)
	require.Zero(t, done.clips.Load())
	require.Equal(t, resumed, again)
}

// TestBatchesGiveTheSame grounds several clips at the same time.
func TestBatchesGiveTheSame(t *testing.T) {
	dir := longFolder(t)
	one, err := Run(t.Context(), &grounder{frames: 1}, longRun(dir))
	require.NoError(t, err)
	o := longRun(dir)
	o.Results, o.Batch = filepath.Join(t.TempDir(), File), 3
	var last Progress
	o.Progress = func(p Progress) { last = p }
	many, err := Run(t.Context(), &grounder{frames: 1}, o)
	require.NoError(t, err)
	require.Equal(t, one.Records, many.Records)
	require.Equal(t, [2]int{100, 100}, [2]int{last.Done, last.Total})
	hits, scored := 0, 0
	for _, r := range many.Records {
		if r.Skipped == "" {
			scored++
			if r.Answers[0].Hit {
				hits++
			}
		}
	}
	require.Equal(t, [2]int{hits, scored}, [2]int{last.Hits, last.Scored})
	require.Less(t, scored, 100)
}

// TestErrorKeepsWhatIsDone: the model fails in mid-run, or the user ends it.
func TestErrorKeepsWhatIsDone(t *testing.T) {
	dir := longFolder(t)
	broken := errors.New("broken")
	_, err := Run(t.Context(), &grounder{frames: 1, before: func(_ context.Context, n int) error {
		if n == 20 {
			return broken
		}
		return nil
	}}, longRun(dir))
	require.ErrorIs(t, err, broken)
	ctx, cancel := context.WithCancel(t.Context())
	_, err = Run(ctx, &grounder{frames: 1, before: func(ctx context.Context, n int) error {
		if n == 5 {
			cancel()
			return ctx.Err()
		}
		return nil
	}}, longRun(dir))
	require.ErrorIs(t, err, context.Canceled)
	g := &grounder{frames: 1}
	_, err = Run(t.Context(), g, longRun(dir))
	require.NoError(t, err)
	require.Less(t, int(g.clips.Load()), 25)
}

func TestResultsOfAnotherRun(t *testing.T) {
	dir := longFolder(t)
	_, err := Run(t.Context(), &grounder{frames: 1}, longRun(dir))
	require.NoError(t, err)
	for name, change := range map[string]func(*Options){
		"manifest": func(o *Options) { o.Digest = "1" },
		"variants": func(o *Options) { o.Variants = o.Variants[:1] },
		"missing":  func(o *Options) { o.Missing = Repeat },
		"point":    func(o *Options) { o.Point = metric.Plateau },
	} {
		t.Run(name, func(t *testing.T) {
			o := longRun(dir)
			change(&o)
			_, err := Run(t.Context(), &grounder{frames: 1}, o)
			require.ErrorIs(t, err, ErrOther)
		})
	}
	busy := &grounder{frames: 1, before: func(ctx context.Context, _ int) error {
		_, err := Run(ctx, &grounder{frames: 1}, longRun(dir))
		return err
	}}
	require.NoError(t, os.Remove(filepath.Join(dir, File)))
	_, err = Run(t.Context(), busy, longRun(dir))
	require.ErrorIs(t, err, ErrBusy)
}

func TestDamagedResults(t *testing.T) {
	dir := longFolder(t)
	_, err := Run(t.Context(), &grounder{frames: 1}, longRun(dir))
	require.NoError(t, err)
	path := filepath.Join(dir, File)
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	lines := strings.SplitAfter(string(good), "\n")
	for name, ca := range map[string]struct {
		text string
		is   error
	}{
		"broken in the middle": {strings.Join(lines[:3], "") + "{\n" + strings.Join(lines[3:], ""), ErrDamaged},
		"twice the same":       {strings.Join(lines[:3], "") + lines[2], ErrDamaged},
		"other samples":        {strings.Replace(string(good), `"id":"q7"`, `"id":"q8"`, 1), ErrDamaged},
		"answers short":        {lines[0] + `{"first":0,"read":0,"records":[{"id":"q0"},{"id":"q1"},{"id":"q2"}]}` + "\n", ErrDamaged},
		"no clip":              {lines[0] + `{"first":1,"read":0,"records":[{"id":"q1","skipped":"x"}]}` + "\n", ErrDamaged},
		"another file":         {"hello\nworld\n", ErrDamaged},
		"another version":      {strings.Replace(string(good), Format, "videogem-eval-results-9", 1), ErrDamaged},
		"torn":                 {string(good[:len(good)-9]), nil},
		"unwritten block":      {strings.Join(lines[:5], "") + "\x00\x00\x00\x00\n", nil},
		"head alone, torn":     {lines[0][:20], nil},
		"empty":                {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(path, []byte(ca.text), 0o600))
			_, err := Run(t.Context(), &grounder{frames: 1}, longRun(dir))
			if ca.is != nil {
				require.ErrorIs(t, err, ca.is)
				return
			}
			require.NoError(t, err)
			settings, all, err := Load(path)
			require.NoError(t, err)
			require.Equal(t, 100, settings.Samples)
			require.Len(t, all, 40)
		})
	}
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	_, _, err = Load(path)
	require.ErrorIs(t, err, ErrDamaged)
}
