package runner

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Lines are forced onto the disk when so many wait, or the oldest waits so long: a crash of the machine costs no more than that.
const (
	syncLines = 64
	syncEvery = 2 * time.Second
)

// journal is the results file: settings, then lines. It only grows; what a crash cut off at its end is thrown away.
type journal struct {
	file   *os.File
	lock   *flock.Flock
	dirty  int       // lines not forced onto the disk
	synced time.Time // when they last were
}

// openJournal opens or makes a results file and gives the lines it holds. Errors wrap ErrOther, ErrDamaged or ErrBusy, or are the
// file system's.
func openJournal(path string, s Settings) (*journal, []Line, error) {
	lock := flock.New(path + ".lock")
	if ok, err := lock.TryLock(); err != nil || !ok {
		return nil, nil, errors.Join(fmt.Errorf("%w: %s", ErrBusy, path), err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644) //nolint:gosec // results, for whoever may read the folder
	if err != nil {
		return nil, nil, errors.Join(err, lock.Unlock())
	}
	j := &journal{file: f, lock: lock, synced: time.Now()}
	lines, err := j.start(path, s)
	if err != nil {
		return nil, nil, errors.Join(err, j.close())
	}
	return j, lines, nil
}

// start reads what is there, or writes the first line.
func (j *journal) start(path string, s Settings) ([]Line, error) {
	found, lines, good, err := scan(j.file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := j.file.Truncate(good); err != nil {
		return nil, err
	}
	if found == nil {
		if err := j.write(s); err != nil {
			return nil, err
		}
		return nil, errors.Join(j.sync(), syncFolder(path))
	}
	want, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(found, want) {
		return nil, fmt.Errorf("%w in %s: they were made with %s, this run has %s; give another --out", ErrOther, path, found, want)
	}
	return lines, nil
}

// Load reads a results file without changing it; a line cut off at its end is left out. Errors wrap ErrDamaged, or are the file
// system's.
func Load(path string) (Settings, []Line, error) {
	f, err := os.Open(path)
	if err != nil {
		return Settings{}, nil, err
	}
	defer func() { _ = f.Close() }()
	var s Settings
	head, lines, _, err := scan(f)
	if err == nil && head == nil {
		err = fmt.Errorf("%w: it is empty", ErrDamaged)
	}
	if err == nil {
		err = json.Unmarshal(head, &s)
	}
	if err != nil {
		return Settings{}, nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, lines, nil
}

// scan reads a results file: its first line, the lines behind it, and how many bytes of it are whole. Only the last line may be broken.
func scan(r io.Reader) (head []byte, lines []Line, good int64, err error) {
	in := bufio.NewReaderSize(r, 1<<16)
	for number := 1; ; number++ {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return head, lines, good, nil // text is a line cut off
		}
		if err != nil {
			return nil, nil, 0, err
		}
		var line Line
		bad := error(nil)
		if number == 1 {
			bad = checkHead(text)
		} else {
			bad = json.Unmarshal(text, &line)
		}
		if bad != nil {
			if _, err := in.Peek(1); errors.Is(err, io.EOF) && number > 1 {
				return head, lines, good, nil // blocks that a crash left unwritten
			}
			return nil, nil, 0, fmt.Errorf("%w: line %d: %w", ErrDamaged, number, bad)
		}
		if number == 1 {
			head = bytes.TrimSuffix(text, []byte("\n"))
		} else {
			lines = append(lines, line)
		}
		good += int64(len(text))
	}
}

func checkHead(text []byte) error {
	var s Settings
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	if s.Format != Format {
		return fmt.Errorf("format %q, this program reads %q", s.Format, Format)
	}
	return nil
}

// append adds a line.
func (j *journal) append(l Line) error {
	if err := j.write(l); err != nil {
		return err
	}
	j.dirty++
	if j.dirty >= syncLines || time.Since(j.synced) >= syncEvery {
		return j.sync()
	}
	return nil
}

// write writes one line in one call, so that a process that is killed leaves it whole or not begun on most file systems.
func (j *journal) write(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = j.file.Write(append(text, '\n'))
	return err
}

func (j *journal) sync() error {
	j.dirty, j.synced = 0, time.Now()
	return j.file.Sync()
}

// close forces everything onto the disk and lets others have the file.
func (j *journal) close() error {
	return errors.Join(j.sync(), j.file.Close(), j.lock.Unlock())
}

// syncFolder makes a new file's name last.
func syncFolder(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
