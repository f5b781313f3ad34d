package checkpoint

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// mapFile maps a whole file read-only, so that a weight costs memory only when it is read. modified is the file's time in
// nanoseconds.
func mapFile(path string) (data []byte, modified int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("open checkpoint: %w", err)
	}
	defer func() { _ = f.Close() }() // opened for reading only; the mapping outlives it
	info, err := f.Stat()
	if err != nil {
		return nil, 0, fmt.Errorf("open checkpoint: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("open checkpoint %s: not a regular file: %w", path, ErrFormat)
	}
	if info.Size() == 0 {
		return nil, 0, fmt.Errorf("open checkpoint %s: the file is empty: %w", path, ErrFormat)
	}
	data, err = unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_PRIVATE)
	if err != nil {
		return nil, 0, fmt.Errorf("map checkpoint %s: %w", path, err)
	}
	return data, info.ModTime().UnixNano(), nil
}
