package mat5

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestSciPy reads what SciPy wrote (testdata/make.py), compressed and not.
func TestSciPy(t *testing.T) {
	for _, name := range []string{"values.mat", "plain.mat"} {
		t.Run(name, func(t *testing.T) {
			v, err := Open(filepath.Join("testdata", name))
			require.NoError(t, err)
			long := v["long"].(*Numbers)
			require.Equal(t, []int{5, 8}, long.Dims)
			require.Equal(t, []float64{0, 8, 16, 24, 32, 1}, long.Data[:6], "column after column")
			delete(v, "long")
			require.Equal(t, map[string]Value{
				"double": &Numbers{[]int{2, 2}, []float64{1.5, 3, 2, -4}}, "small": &Numbers{[]int{1, 3}, []float64{1, 2, 3}},
				"int16": &Numbers{[]int{1, 1}, []float64{-5}}, "single": &Numbers{[]int{1, 1}, []float64{.25}}, "int64": &Numbers{[]int{1, 1}, []float64{1 << 40}},
				"logical": &Numbers{[]int{1, 2}, []float64{1, 0}}, "text": Text("crème"), "empty": &Numbers{[]int{0, 0}, []float64{}},
				"cell": &Cell{[]int{1, 3}, []Value{Text("a"), &Numbers{[]int{1, 1}, []float64{1}}, Text("second text of this cell")}},
				"struct": &Struct{[]int{1, 1}, []string{"a", "nested"}, [][]Value{{
					&Numbers{[]int{1, 1}, []float64{1}}, &Struct{[]int{1, 1}, []string{"b"}, [][]Value{{Text("x")}}},
				}}},
			}, v)
			nested, ok := v["struct"].(*Struct).Get(0, "nested")
			require.True(t, ok)
			require.IsType(t, &Struct{}, nested)
			_, ok = v["struct"].(*Struct).Get(1, "a")
			require.False(t, ok)
			_, ok = v["struct"].(*Struct).Get(0, "c")
			require.False(t, ok)
		})
	}
}

func TestRefuses(t *testing.T) {
	_, err := Open("testdata/none")
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = Open("testdata/make.py")
	require.ErrorIs(t, err, ErrMalformed)
	_, err = Open("testdata/complex.mat")
	require.ErrorIs(t, err, ErrUnsupported)
	require.ErrorContains(t, err, "z: ")
	_, err = Read([]byte("MATLAB 7.3 MAT-file" + strings.Repeat(" ", 200)))
	require.ErrorIs(t, err, ErrUnsupported)

	good, err := os.ReadFile("testdata/plain.mat")
	require.NoError(t, err)
	for n := headerSize + 1; n < len(good); n += 37 {
		_, err := Read(good[:n])
		if err != nil { // a cut between two variables is not to be seen
			require.ErrorIs(t, err, ErrMalformed, "cut at %d", n)
		}
	}
	noOrder := bytes.Clone(good)
	noOrder[126] = 'x'
	_, err = Read(noOrder)
	require.ErrorIs(t, err, ErrMalformed)
	packed, err := os.ReadFile("testdata/values.mat")
	require.NoError(t, err)
	packed[headerSize+40] ^= 0xff
	_, err = Read(packed)
	require.ErrorIs(t, err, ErrMalformed)
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.mat")
	require.NoError(f, err)
	require.Len(f, files, 4)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := Read(data)
		if err == nil {
			return
		}
		for _, s := range []error{ErrMalformed, ErrUnsupported, ErrLimit} {
			if strings.Contains(err.Error(), s.Error()) {
				return
			}
		}
		t.Fatal(err)
	})
}
