package rgb_test

import (
	"testing"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/pipeline/internal/rgb"
)

func TestBufferPadsRows(t *testing.T) {
	gstshim.Init()
	buf := rgb.Buffer([]byte{1, 2, 3, 4, 5, 6}, 1, 2)
	require.NotNil(t, buf)
	info, ok := buf.Map(gst.MapRead)
	require.True(t, ok)
	defer info.Unmap()
	rows := info.Data()
	require.Len(t, rows, 8)
	require.Equal(t, []byte{1, 2, 3}, rows[:3])
	require.Equal(t, []byte{4, 5, 6}, rows[4:7])
}

func TestStride(t *testing.T) {
	for width, want := range map[int]int{1: 4, 2: 8, 4: 12, 320: 960, 321: 964} {
		require.Equal(t, want, rgb.Stride(width), "width %d", width)
	}
}
