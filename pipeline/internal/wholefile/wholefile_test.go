package wholefile_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/videogem/videogem/pipeline/internal/wholefile"
)

func write(t *testing.T, name, text string) error {
	t.Helper()
	return wholefile.Write(t.Context(), name, func(f *wholefile.File) error {
		_, err := f.WriteString(text)
		return err
	})
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestWhatStoodThereStaysUntilTheEnd(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.json")
	require.NoError(t, os.WriteFile(name, []byte("old"), 0o640))
	f, err := wholefile.Create(t.Context(), name)
	require.NoError(t, err)
	_, err = f.WriteString("new")
	require.NoError(t, err)
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "old", string(text))
	left := names(t, filepath.Dir(name))
	require.Len(t, left, 2)
	require.Contains(t, left[0], wholefile.Part, "what a kill would leave says what it is")
	require.NoError(t, f.Commit())
	require.NoError(t, f.Abort(), "it is done")
	text, err = os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "new", string(text))
	require.Equal(t, []string{"out.json"}, names(t, filepath.Dir(name)))
	info, err := os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o640), info.Mode().Perm(), "as what it replaced")
}

func TestFailureLeavesWhatStoodThere(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.json")
	require.NoError(t, os.WriteFile(name, []byte("old"), 0o600))
	wrong := errors.New("wrong")
	require.ErrorIs(t, wholefile.Write(t.Context(), name, func(f *wholefile.File) error {
		_, err := f.WriteString("half")
		return errors.Join(err, wrong)
	}), wrong)
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "old", string(text))
	require.Equal(t, []string{"out.json"}, names(t, filepath.Dir(name)))
}

func TestRightsOfANewFile(t *testing.T) {
	old := unix.Umask(0o027)
	defer unix.Umask(old)
	name := filepath.Join(t.TempDir(), "x")
	require.NoError(t, write(t, name, "x"))
	info, err := os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o640), info.Mode().Perm())
}

func TestLinksAreFollowed(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	for _, there := range []bool{true, false} {
		target, link := filepath.Join(other, "target"), filepath.Join(dir, "link")
		if there {
			require.NoError(t, os.WriteFile(target, []byte("old"), 0o600))
		}
		require.NoError(t, os.Symlink(target, link))
		require.NoError(t, write(t, link, "new"))
		text, err := os.ReadFile(target)
		require.NoError(t, err)
		require.Equal(t, "new", string(text))
		to, err := os.Readlink(link)
		require.NoError(t, err, "the link stays a link")
		require.Equal(t, target, to)
		require.NoError(t, os.Remove(link))
		require.NoError(t, os.Remove(target))
	}
}

func TestFullDevice(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	link := filepath.Join(t.TempDir(), "full.json")
	require.NoError(t, os.Symlink("/dev/full", link))
	require.NoError(t, wholefile.Check(link))
	err := write(t, link, "x")
	require.ErrorIs(t, err, unix.ENOSPC)
	require.ErrorIs(t, err, wholefile.ErrTarget)
	info, err := os.Stat("/dev/full")
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeDevice, "it is not renamed over")
}

func TestNamedPipe(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, unix.Mkfifo(name, 0o600))
	require.NoError(t, wholefile.Check(name), "a check does not open it")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := wholefile.Create(ctx, name)
	require.ErrorIs(t, err, context.DeadlineExceeded, "nobody reads it, and ctx is obeyed")

	got := make(chan string, 1)
	go func() {
		text, _ := os.ReadFile(name)
		got <- string(text)
	}()
	require.NoError(t, write(t, name, "through"))
	require.Equal(t, "through", <-got)
	info, err := os.Lstat(name)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeNamedPipe)
}

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, wholefile.Check(filepath.Join(dir, "x.json")))
	require.ErrorIs(t, wholefile.Check(dir), wholefile.ErrTarget)
	require.ErrorIs(t, wholefile.Check(filepath.Join(dir, "missing", "x.json")), wholefile.ErrTarget)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	require.ErrorIs(t, wholefile.Check(filepath.Join(dir, "file", "x.json")), wholefile.ErrTarget)
	require.Equal(t, []string{"file"}, names(t, dir), "a check leaves nothing")
	if os.Getuid() != 0 { // root writes everywhere
		closed := t.TempDir()
		require.NoError(t, os.Chmod(closed, 0o500))
		require.ErrorIs(t, wholefile.Check(filepath.Join(closed, "x")), wholefile.ErrTarget)
	}
}

// TestInterruptedIsGone: from the end of the context on nothing is put in place, and nothing is left, whatever the writer does.
func TestInterruptedIsGone(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.json")
	require.NoError(t, os.WriteFile(name, []byte("old"), 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	f, err := wholefile.Create(ctx, name)
	require.NoError(t, err)
	_, err = f.WriteString("new")
	require.NoError(t, err)
	cancel()
	require.Eventually(t, func() bool { return len(names(t, filepath.Dir(name))) == 1 }, 10*time.Second, time.Millisecond)
	require.ErrorIs(t, f.Commit(), context.Canceled)
	require.NoError(t, f.Abort())
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "old", string(text))
}
