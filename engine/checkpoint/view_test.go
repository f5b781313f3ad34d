package checkpoint

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRows(t *testing.T) {
	dense := &Tensor{Name: "dense", DType: U8, Shape: []int{3, 2}, raw: []byte{1, 2, 3, 4, 5, 6}}
	transposed := &Tensor{Name: "transposed", DType: U8, Shape: []int{3, 2}, raw: []byte{1, 3, 5, 2, 4, 6}, strides: []int{1, 3}}
	for _, tensor := range []*Tensor{dense, transposed} {
		for _, ca := range []struct {
			from, to int
			want     []float32
		}{{0, 3, []float32{1, 2, 3, 4, 5, 6}}, {1, 2, []float32{3, 4}}, {1, 3, []float32{3, 4, 5, 6}}, {3, 3, []float32{}}} {
			rows, err := tensor.Rows(ca.from, ca.to)
			require.NoError(t, err)
			require.Equal(t, []int{ca.to - ca.from, 2}, rows.Shape)
			data, err := rows.Float32()
			require.NoError(t, err)
			require.Equal(t, ca.want, data, "%s %v", tensor.Name, ca)
		}
		for _, bad := range [][2]int{{-1, 1}, {2, 1}, {0, 4}} {
			_, err := tensor.Rows(bad[0], bad[1])
			require.ErrorIs(t, err, ErrMalformed)
		}
	}
	_, err := (&Tensor{Name: "scalar", DType: U8, raw: []byte{1}}).Rows(0, 1)
	require.ErrorIs(t, err, ErrMalformed)
}

func TestIdentityAndRelease(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.safetensors")
	header := `{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}`
	file := append([]byte{byte(len(header)), 0, 0, 0, 0, 0, 0, 0}, header+"abcd"...)
	when := time.Now()
	identity := func(content []byte, modified time.Time) string {
		t.Helper()
		require.NoError(t, os.WriteFile(path, content, 0o600))
		require.NoError(t, os.Chtimes(path, modified, modified))
		c, err := Open(path)
		require.NoError(t, err)
		defer func() { require.NoError(t, c.Close()) }()
		require.NoError(t, c.Release())
		x, err := c.Tensor("x")
		require.NoError(t, err)
		require.Equal(t, content[len(content)-4:], x.Bytes(), "what was released can be read again")
		return c.Identity()
	}
	first := identity(file, when)
	require.Equal(t, first, identity(file, when))
	require.NotEqual(t, first, identity(file, when.Add(time.Second)))
	file[len(file)-1]++
	require.NotEqual(t, first, identity(file, when))
	c, err := FromBytes("memory", file)
	require.NoError(t, err)
	require.Empty(t, c.Identity())
	require.NoError(t, c.Release())
	x, err := c.Tensor("x")
	require.NoError(t, err)
	require.Equal(t, []byte("abce"), x.Bytes())
}
