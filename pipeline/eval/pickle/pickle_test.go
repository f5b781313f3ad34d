package pickle

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline/eval/pickle/pickletest"
)

func open(t *testing.T, name string) *Dict {
	t.Helper()
	v, err := Open(filepath.Join("testdata", name))
	require.NoError(t, err)
	d, ok := v.(*Dict)
	require.True(t, ok, "%T", v)
	return d
}

func get(t *testing.T, d *Dict, key any) any {
	t.Helper()
	v, ok := d.Get(key)
	require.True(t, ok, "%v", key)
	return v
}

// TestPython reads what Python 3 wrote (testdata/make.py), in all protocols.
func TestPython(t *testing.T) {
	for protocol := range 6 {
		t.Run(fmt.Sprint(protocol), func(t *testing.T) {
			d := open(t, fmt.Sprintf("plain%d.pkl", protocol))
			for key, want := range map[any]any{
				"none": nil, "yes": true, "no": false, "small": int64(7), "negative": int64(-70000), "large": int64(1 << 40),
				"lowest": int64(math.MinInt64), "float": .1, "text": "crème 'brûlée'\n\\ \U0001F373", "bytes": []byte{0, 0xff},
				"tuple": Tuple{int64(1), Tuple{int64(2), int64(3)}, int64(4), Tuple{int64(5)}}, int64(5): "int key",
			} {
				require.Equal(t, want, get(t, d, key), key)
			}
			tupleKey, ok := d.Get(Tuple{"a", 1.5})
			require.True(t, ok)
			require.Equal(t, "tuple key", tupleKey)
			empty := get(t, d, "empty").(*List).Items
			require.Equal(t, Tuple{}, empty[0])
			require.Empty(t, empty[1].(*List).Items)
			require.Zero(t, empty[2].(*Dict).Len())
			require.Empty(t, empty[3].(string))
			require.Equal(t, []any{"a"}, get(t, d, "set").(*Set).keys)
			require.Equal(t, []any{Tuple{int64(1), "b"}}, get(t, d, "frozen").(*Set).keys)
			ordered := get(t, d, "ordered").(*Dict)
			var order []any
			for k, v := range ordered.All() {
				order = append(order, k, v)
			}
			require.Equal(t, []any{"x", int64(1), "y", int64(2)}, order)
			require.Equal(t, &List{[]any{int64(1)}}, get(t, get(t, d, "default").(*Dict), "k"))
			twice := get(t, d, "twice").(*List).Items
			require.Same(t, twice[0], twice[1])
			require.Equal(t, 19, d.Len())
		})
	}
}

func TestNumPy(t *testing.T) {
	for protocol := range 6 {
		t.Run(fmt.Sprint(protocol), func(t *testing.T) {
			d := open(t, fmt.Sprintf("arrays%d.pkl", protocol))
			for key, want := range map[string]struct {
				shape  []int
				floats []float64
			}{
				"f8":      {[]int{2, 2}, []float64{.1, -2.5, 3, 4}},
				"f4":      {[]int{2}, []float64{1.5, 2.5}},
				"fortran": {[]int{2, 3}, []float64{1, 2, 3, 4, 5, 6}},
				"i2":      {[]int{2}, []float64{-1, 2}},
				"u8":      {[]int{2}, []float64{1, 1 << 63}},
				"bool":    {[]int{2}, []float64{1, 0}},
				"big":     {[]int{2}, []float64{1, -2}},
				"empty":   {[]int{0, 4}, []float64{}},
			} {
				a := get(t, d, key).(*Array)
				require.Equal(t, want.shape, a.Shape, key)
				floats, err := a.Floats()
				require.NoError(t, err)
				require.Equal(t, want.floats, floats, key)
			}
			cube, err := get(t, d, "cube").(*Array).Floats()
			require.NoError(t, err)
			require.Len(t, cube, 24)
			require.Equal(t, 23., cube[23])
			require.Equal(t, .25, get(t, d, "scalar"))
			require.Equal(t, int64(-3), get(t, d, "int"))
			require.Equal(t, true, get(t, d, "flag"))
			require.Equal(t, "é", get(t, d, "text"))
			objects := get(t, d, "objects").(*Array)
			require.Equal(t, []any{int64(1), nil, "x"}, objects.Objects)
			_, err = objects.Floats()
			require.ErrorIs(t, err, ErrUnsupported)
		})
	}
}

// TestPython2 reads what Python 2 wrote: str as bytes, __builtin__, arrays whose data is a str.
func TestPython2(t *testing.T) {
	v, err := Load(pickletest.New().Value(pickletest.Dict{
		{Key: []byte("na\xefve"), Value: pickletest.Array{Shape: []int{1, 4}, Data: []float64{.25, .5, .75, math.Pi}}},
		{Key: "set", Value: pickletest.Set{pickletest.Tuple{"v", 1, 2.5}}},
	}).Bytes())
	require.NoError(t, err)
	d := v.(*Dict)
	a := get(t, d, "naïve").(*Array)
	require.Equal(t, []int{1, 4}, a.Shape)
	floats, err := a.Floats()
	require.NoError(t, err)
	require.Equal(t, []float64{.25, .5, .75, math.Pi}, floats)
	require.Equal(t, []any{Tuple{"v", int64(1), 2.5}}, get(t, d, "set").(*Set).keys)

	// Protocol 0 of Python 2: quoted strings, numbers as text, INST-free.
	v, err = Load([]byte("(dp0\nS'a\\xe9\\n\\''\np1\nI01\nsS\"b\"\nL5L\nsV\\u00e9\\U0001f373\nF1e3\ns."))
	require.NoError(t, err)
	d = v.(*Dict)
	require.Equal(t, true, get(t, d, "aé\n'"))
	require.Equal(t, int64(5), get(t, d, "b"))
	require.Equal(t, 1000., get(t, d, "é\U0001F373"))
}

func TestRefuses(t *testing.T) {
	for name, ca := range map[string]struct {
		pickle []byte
		is     error
		about  string
	}{
		"os.system":        {pickletest.New().Value(1).Ops('0').Global("os", "system").Value(pickletest.Tuple{"true"}).Ops('R').Bytes(), ErrRefused, "byte 8: pickle calls what is not allowed: os.system"},
		"eval in Python 3": {[]byte("cbuiltins\neval\n."), ErrRefused, "builtins.eval"},
		"eval":             {[]byte("c__builtin__\neval\n(S'1'\ntR."), ErrRefused, "__builtin__.eval"},
		"getattr":          {[]byte("cbuiltins\ngetattr\n."), ErrRefused, "builtins.getattr"},
		"dotted":           {[]byte("cnumpy\ncore.multiarray.scalar.x\n."), ErrRefused, "numpy.core.multiarray.scalar.x"},
		"stack global":     {[]byte("\x80\x04\x8c\x05posix\x8c\x06system\x93."), ErrRefused, "byte 17: pickle calls what is not allowed: posix.system"},
		"numpy's own":      {[]byte("cnumpy\nload\n."), ErrRefused, "numpy.load"},
		"inst":             {[]byte("(ios\nsystem\n."), ErrRefused, "an object of a class"},
		"obj":              {[]byte("(cbuiltins\nset\no."), ErrRefused, "an object of a class"},
		"newobj":           {[]byte("\x80\x02cbuiltins\nset\n)\x81."), ErrRefused, "an object of a class"},
		"extension":        {[]byte("\x80\x02\x82\x01."), ErrRefused, "extension registry"},
		"persistent":       {[]byte("N\x51."), ErrUnsupported, "outside the pickle"},
		"out of band":      {[]byte("\x80\x05\x97."), ErrUnsupported, "outside the pickle"},
		"protocol 6":       {[]byte("\x80\x06N."), ErrUnsupported, "protocol 6"},
		"records":          {[]byte("\x80\x02cnumpy\ndtype\nU\x02f8\x85R(K\x03U\x01<N(U\x01at}K\x08K\x01K\x00tb."), ErrUnsupported, "records"},
		"call of a type":   {[]byte("cnumpy\nndarray\n)R."), ErrUnsupported, "numpy.ndarray"},
		"state of dict":    {[]byte("}}b."), ErrUnsupported, "with a state"},
		"complex":          {[]byte("cnumpy\ndtype\n(S'c16'\ntR."), ErrUnsupported, "c16"},
		"long number":      {append([]byte{0x80, 2, 0x8a, 9}, make([]byte, 10)...), ErrUnsupported, "9 bytes"},
		"other encoding":   {[]byte("c_codecs\nencode\n(Va\nVrot13\ntR."), ErrUnsupported, "latin1"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(ca.pickle)
			require.ErrorIs(t, err, ca.is)
			require.ErrorContains(t, err, ca.about)
		})
	}
}

func TestMalformed(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "no value": ".", "no end": "N", "opcode": "\xff.", "append to int": "I1\nI2\na.", "append nothing": "]a.",
		"pop": "0.", "dup": "2.", "tuple": "N\x87.", "no mark": "t.", "pop through a mark": "N(a.", "reduce int": "I1\n)R.",
		"arguments": "cbuiltins\nset\nNR.", "get": "h\x07.", "get line": "gx\n.", "put nothing": "q\x01.", "odd dict": "(I1\nd.",
		"list as key": "(]I1\nd.", "list in a tuple as key": "(](tI1\nd.", "text cut off": "X\xff\x00\x00\x00a.", "huge text": "\x8d\xff\xff\xff\xff\xff\xff\xff\x7fa.",
		"not UTF-8": "X\x01\x00\x00\x00\xff.", "number": "I1x\n.", "line": "I1", "quotes": "Sabc\n.", "escape": "S'\\'\n.", "hex": "S'\\xg0'\n.",
		"unicode": "V\\u12\n.", "names": "I1\nI2\n\x93.", "mark below stop": "N(.", "float": "Fx\n.", "array data": "cnumpy\ndtype\n(S'f8'\ntRp0\n0" +
			"cnumpy.core.multiarray\n_reconstruct\n(tR(I1\n(I2\ntg0\nI00\nS'short'\ntb.", "negative shape": "cnumpy\ndtype\n(S'f8'\ntRp0\n0" +
			"cnumpy.core.multiarray\n_reconstruct\n(tR(I1\n(I-2\ntg0\nI00\nS''\ntb.", "odd pair": "cbuiltins\ndict\n(((I1\nttR.",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load([]byte(text))
			require.ErrorIs(t, err, ErrMalformed)
		})
	}
}

// TestOpcodesAreBounded: 16 MB of opcodes make some GB of values; as much of texts and of numbers in arrays is what data sets have.
func TestOpcodesAreBounded(t *testing.T) {
	const most = 1 << 10
	repeated := func(n int, op ...byte) []byte { return append(bytes.Repeat(op, n/len(op)+1), 'N', '.') }
	for name, op := range map[string][]byte{
		"nothing": {'N', '0'}, "numbers": {'J', 1, 2, 3, 4, '0'}, "lines": {'I', '7', '\n', '0'}, "texts of nothing": {'U', 0, '0'},
	} {
		_, err := load(repeated(most, op...), most)
		require.ErrorIs(t, err, ErrLimit, name)
		require.ErrorContains(t, err, "more than 1024 bytes of opcodes", name)
	}
	_, err := load(repeated(most-4, 'N', '0'), most)
	require.NoError(t, err)
	for name, data := range map[string][]byte{
		"many":    bytes.Repeat(append([]byte{'U', 200}, append(bytes.Repeat([]byte{'x'}, 200), '0')...), most/4),
		"one":     append(binary.LittleEndian.AppendUint32([]byte{'B'}, 2*most), append(make([]byte, 2*most), '0')...),
		"unicode": append([]byte{'V'}, append(bytes.Repeat([]byte{'x'}, 2*most), '\n', '0')...),
		"quoted":  append([]byte{'S', '\''}, append(bytes.Repeat([]byte{'x'}, 2*most), '\'', '\n', '0')...),
	} {
		require.Greater(t, len(data), most)
		_, err := load(append(data, 'N', '.'), most)
		require.NoError(t, err, "texts are no opcodes: %s", name)
	}
	long := append(append([]byte{'I'}, bytes.Repeat([]byte{'0'}, maxLine-2)...), '\n', '0')
	_, err = Load(repeated(16<<20, long...))
	require.ErrorIs(t, err, ErrLimit)
	require.ErrorContains(t, err, "more than 16777216 bytes of opcodes")
}

func TestLimits(t *testing.T) {
	// One list, put into sets again and again, costs a few bytes a time.
	w := pickletest.New().Ops(']', 'q', 0, '(')
	for range 1 << 16 {
		w.Ops('N')
	}
	w.Ops('e', '0').Global("__builtin__", "list").Ops('q', 1, '0')
	for range 1 << 9 {
		w.Ops('h', 1, 'h', 0, 0x85, 'R', '0')
	}
	_, err := Load(w.Ops('N').Bytes())
	require.ErrorIs(t, err, ErrLimit)

	// Elements without bytes would be free.
	_, err = Load([]byte("cnumpy\ndtype\n(S'S0'\ntRp0\n0cnumpy.core.multiarray\n_reconstruct\n(tR(I1\n(I536870912\ntg0\nI00\nS''\ntb."))
	require.ErrorIs(t, err, ErrUnsupported)

	deep := strings.Repeat("(", 1000) + strings.Repeat("t", 1000)
	_, err = Load([]byte(deep + "."))
	require.NoError(t, err)
	_, err = Load([]byte("}" + deep + "Ns."))
	require.ErrorIs(t, err, ErrUnsupported)
}

func TestOpen(t *testing.T) {
	_, err := Open("testdata/none")
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = Open("testdata/make.py")
	require.ErrorContains(t, err, "make.py: byte 0")
}

func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/*.pkl"} {
		files, err := filepath.Glob(pattern)
		require.NoError(f, err)
		require.Len(f, files, 12)
		for _, file := range files {
			data, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Load(data)
		if err != nil {
			require.True(t, known(err), "%v", err)
			return
		}
		switch v := v.(type) {
		case *Array:
			_, _ = v.Floats()
		case *Dict:
			for _, value := range v.All() {
				if a, ok := value.(*Array); ok {
					_, _ = a.Floats()
				}
			}
		}
	})
}

func known(err error) bool {
	for _, s := range []error{ErrRefused, ErrMalformed, ErrUnsupported, ErrLimit} {
		if strings.Contains(err.Error(), s.Error()) {
			return true
		}
	}
	return false
}
