package checkpoint

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// mapFile maps a whole file read-only, so that a weight costs memory only when it is read.
func mapFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open checkpoint: %w", err)
	}
	defer func() { _ = f.Close() }() // opened for reading only; the mapping outlives it
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open checkpoint: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("open checkpoint %s: not a regular file: %w", path, ErrFormat)
	}
	if info.Size() == 0 {
		return nil, fmt.Errorf("open checkpoint %s: the file is empty: %w", path, ErrFormat)
	}
	data, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("map checkpoint %s: %w", path, err)
	}
	return data, nil
}
