package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// IsFragmented tells whether a file is a fragmented MP4 (ISO/IEC 14496-12, section 8.8). GStreamer 1.26's qtdemux stamps the frames of
// the first fragments of one with B-frames too late after an accurate seek. Errors wrap ErrInput, and fs.ErrNotExist.
func IsFragmented(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrInput, err)
	}
	defer func() { _ = f.Close() }()
	for at := int64(0); ; {
		var head [16]byte
		n, err := f.ReadAt(head[:], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return false, fmt.Errorf("%w %s: %w", ErrInput, path, err)
		}
		if n < 8 || at == 0 && string(head[4:8]) != "ftyp" {
			return false, nil
		}
		size := int64(binary.BigEndian.Uint32(head[:]))
		switch {
		case string(head[4:8]) == "moof":
			return true, nil
		case size == 1 && n == 16:
			size = int64(binary.BigEndian.Uint64(head[8:])) //nolint:gosec // checked below
		}
		if size < 8 || at+size < at {
			return false, nil // 0: to the end of the file
		}
		at += size
	}
}
