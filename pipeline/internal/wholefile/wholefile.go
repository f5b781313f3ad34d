// Package wholefile writes files that are there whole or not at all: under a temporary name in the same folder, and renamed when all
// is written. What stood under the name stays until then. A process that is killed leaves nothing but the temporary name, which says
// that it is one.
package wholefile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// ErrTarget means that nothing can be written under a name: its folder is missing or closed, or it is a folder itself.
var ErrTarget = errors.New("cannot be written")

// Part is in the name of every file that is not finished.
const Part = ".videogem-part-"

// openEvery is how often a named pipe is looked at that nobody reads yet.
const openEvery = 20 * time.Millisecond

// File is a file on its way to its name. Devices and named pipes are written straight away: there is nothing to rename.
type File struct {
	*os.File
	name   string          // that was asked for
	target string          // the same with links followed; "" for devices and pipes
	ctx    context.Context //nolint:containedctx // of the writing: nothing is put in place after its end
	keep   func() bool     // false once ctx has ended, and the part is taken away
	done   bool
}

// Create begins a file, which is gone when ctx ends before it is whole. Where a named pipe stands it waits until somebody reads it, or ctx ends. Errors wrap ErrTarget or are ctx's.
func Create(ctx context.Context, name string) (*File, error) {
	target, mode, err := resolve(name)
	if err != nil {
		return nil, err
	}
	if mode != nil && !mode.Mode().IsRegular() {
		f, err := openSpecial(ctx, name)
		if err != nil {
			return nil, err
		}
		return &File{File: f, name: name}, nil
	}
	f, err := createPart(target)
	if err != nil {
		return nil, failed(name, err)
	}
	if mode != nil {
		err = f.Chmod(mode.Mode().Perm()) // of what it will replace
	}
	w := &File{File: f, name: name, target: target, ctx: ctx}
	// Who is interrupted may be unable to clean up for a while, in an encoder or a disk that is slow.
	w.keep = context.AfterFunc(ctx, func() { _ = os.Remove(f.Name()) }) // what is left says what it is
	if err != nil {
		return nil, errors.Join(failed(name, err), w.Abort())
	}
	return w, nil
}

// Check tells whether a file can be begun, and leaves nothing behind. Errors wrap ErrTarget.
func Check(name string) error {
	target, mode, err := resolve(name)
	if err != nil {
		return err
	}
	if mode != nil {
		if err := unix.Access(target, unix.W_OK); err != nil {
			return failed(name, err)
		}
		if !mode.Mode().IsRegular() {
			return nil
		}
	}
	f, err := createPart(target)
	if err != nil {
		return failed(name, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// resolve follows links, and looks at what stands there; nil when nothing does.
func resolve(name string) (string, fs.FileInfo, error) {
	target, err := filepath.EvalSymlinks(name)
	if errors.Is(err, fs.ErrNotExist) {
		if target, err = os.Readlink(name); err == nil { // a link to what is not there yet
			if !filepath.IsAbs(target) {
				target = filepath.Join(filepath.Dir(name), target)
			}
			return target, nil, nil
		}
		return name, nil, nil
	}
	if err != nil {
		return "", nil, failed(name, err)
	}
	info, err := os.Stat(target)
	switch {
	case err != nil:
		return "", nil, failed(name, err)
	case info.IsDir():
		return "", nil, fmt.Errorf("%w: %s is a folder; name a file in it", ErrTarget, name)
	}
	return target, info, nil
}

// createPart makes a file of a new name beside the target. Unlike os.CreateTemp's it has the rights that any new file has.
func createPart(target string) (*os.File, error) {
	for {
		name := filepath.Join(filepath.Dir(target), fmt.Sprintf(".%.80s%s%08x", filepath.Base(target), Part, rand.Uint32())) //nolint:gosec // a name, no secret
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)                                                  //nolint:gosec // the user's umask decides
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// openSpecial opens a device or a named pipe.
func openSpecial(ctx context.Context, name string) (*os.File, error) {
	for {
		f, err := os.OpenFile(name, os.O_WRONLY|unix.O_NONBLOCK, 0)
		if !errors.Is(err, unix.ENXIO) { // nobody reads the pipe
			if err != nil {
				return nil, failed(name, err)
			}
			return f, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(openEvery):
		}
	}
}

func failed(name string, err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err // its path is a temporary one
	}
	return fmt.Errorf("%w: %s: %w", ErrTarget, name, err)
}

// Special tells whether the file is a device or a named pipe, in which nothing can be overwritten.
func (f *File) Special() bool { return f.target == "" }

// Commit puts the file in its place, unless the context that it was begun with has ended. Errors wrap ErrTarget or are ctx's; then it is gone.
func (f *File) Commit() error {
	if f.done {
		return nil
	}
	if f.Special() {
		f.done = true
		return f.Close()
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return errors.Join(failed(f.name, err), f.Abort())
	}
	if !f.keep() {
		return errors.Join(f.ctx.Err(), f.Abort())
	}
	if err := os.Rename(f.Name(), f.target); err != nil {
		return errors.Join(failed(f.name, err), f.Abort())
	}
	f.done = true
	return nil
}

// Abort throws away what was written; after Commit it does nothing.
func (f *File) Abort() error {
	if f.done {
		return nil
	}
	f.done = true
	_ = f.Close() // it may be closed already
	if f.Special() {
		return nil
	}
	f.keep()
	if err := os.Remove(f.Name()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Write writes a file whole: write fills it, and its error throws everything away. Errors of the file itself wrap ErrTarget.
func Write(ctx context.Context, name string, write func(*File) error) (err error) {
	f, err := Create(ctx, name)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		if _, ok := errors.AsType[*fs.PathError](err); ok {
			err = failed(name, err)
		}
		return errors.Join(err, f.Abort())
	}
	return f.Commit()
}
