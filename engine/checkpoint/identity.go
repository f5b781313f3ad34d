package checkpoint

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// Identity tells this checkpoint's files from others and from later versions of themselves: a hash over their sizes, their
// modification times and samples of their content. It is "" for a checkpoint that is not in files.
func (c *Checkpoint) Identity() string {
	if len(c.mappings) == 0 {
		return ""
	}
	const samples, size = 64, 4096
	h := sha256.New()
	for i, m := range c.mappings {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(m))))
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(c.modified[i])))
		for s := range samples {
			from := s * (len(m) / samples)
			h.Write(m[from:min(len(m), from+size)])
		}
		h.Write(m[max(0, len(m)-size):])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Release gives the memory of what was read so far back to the system, and keeps the tensors: they are read from the file again
// when they are used again.
func (c *Checkpoint) Release() error {
	var errs []error
	for _, m := range c.mappings {
		errs = append(errs, unix.Madvise(m, unix.MADV_DONTNEED))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("release checkpoint: %w", err)
	}
	return nil
}
