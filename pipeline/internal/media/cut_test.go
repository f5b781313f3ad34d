package media

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/internal/gsterror"
)

// TestCutInItsFirstFrame: mostly it is told at once; on a busy machine decodebin may keep silent, and then decodeTimeout tells.
func TestCutInItsFirstFrame(t *testing.T) {
	data := indexFirst(t, "../../offline/testdata/num.mp4")
	at := bytes.Index(data, []byte("mdat")) + 4
	for _, kept := range []int{0, 20, 200} {
		name := filepath.Join(t.TempDir(), "cut.mp4")
		require.NoError(t, os.WriteFile(name, data[:at+kept], 0o600))
		v, err := OpenVideo(name, VideoOptions{})
		require.NoError(t, err)
		_, err = v.Next(t.Context())
		v.Close()
		require.ErrorIs(t, err, ErrInput)
		require.ErrorIs(t, err, gsterror.ErrDamaged, "%d bytes of the first frame", kept)
	}
	whole := filepath.Join(t.TempDir(), "whole.mp4")
	require.NoError(t, os.WriteFile(whole, data, 0o600))
	v, err := OpenVideo(whole, VideoOptions{})
	require.NoError(t, err)
	defer v.Close()
	_, err = v.Next(t.Context())
	require.NoError(t, err)
}

// indexFirst gives an MP4 whose index stands behind the frames as one whose index stands before them.
func indexFirst(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	var index, rest []byte
	for left := data; len(left) > 8; {
		n := binary.BigEndian.Uint32(left)
		if string(left[4:8]) == "moov" {
			index = bytes.Clone(left[:n])
		} else {
			rest = append(rest, left[:n]...)
		}
		left = left[n:]
	}
	for from := 0; ; {
		at := bytes.Index(index[from:], []byte("stco"))
		if at < 0 {
			break
		}
		table := index[from+at+8:] // behind the name, version and flags
		for i := range binary.BigEndian.Uint32(table) {
			offset := table[4+4*i:]
			binary.BigEndian.PutUint32(offset, binary.BigEndian.Uint32(offset)+uint32(len(index))) //nolint:gosec // a small file
		}
		from += at + 4
	}
	head := binary.BigEndian.Uint32(rest) // ftyp stays the first
	return append(append(bytes.Clone(rest[:head]), index...), rest[head:]...)
}
