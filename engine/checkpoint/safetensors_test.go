package checkpoint

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFloat32OfEveryType(t *testing.T) {
	le := binary.LittleEndian
	for _, c := range []struct {
		dtype DType
		data  []byte
		want  []float32
	}{
		{F64, le.AppendUint64(nil, math.Float64bits(-1.5)), []float32{-1.5}},
		{F32, le.AppendUint32(nil, math.Float32bits(0.1)), []float32{0.1}},
		{F16, []byte{0x00, 0x3c, 0x01, 0x00, 0xff, 0x7b}, []float32{1, 5.9604645e-08, 65504}},
		{BF16, []byte{0x80, 0x3f, 0x49, 0x40}, []float32{1, 3.140625}},
		{I64, le.AppendUint64(nil, ^uint64(0)), []float32{-1}},
		{I32, le.AppendUint32(nil, ^uint32(1)), []float32{-2}},
		{I16, []byte{0xfd, 0xff}, []float32{-3}},
		{I8, []byte{0xfc, 4}, []float32{-4, 4}},
		{U64, le.AppendUint64(nil, 1<<40), []float32{1 << 40}},
		{U32, le.AppendUint32(nil, ^uint32(0)), []float32{1 << 32}},
		{U16, []byte{0xff, 0xff}, []float32{65535}},
		{U8, []byte{255}, []float32{255}},
		{Bool, []byte{1, 0}, []float32{1, 0}},
	} {
		shape := []int{len(c.want)}
		file := safetensorsOf(t, map[string]entry{"x": {c.dtype, shape, [2]int{0, len(c.data)}}}, c.data)
		ckpt, err := FromBytes("test", file)
		require.NoError(t, err, c.dtype)
		tensor, err := ckpt.Tensor("x")
		require.NoError(t, err)
		got, err := tensor.Float32()
		require.NoError(t, err, c.dtype)
		require.Equal(t, c.want, got, c.dtype)
		require.NoError(t, tensor.CheckFinite())
		require.Equal(t, c.data, tensor.Bytes())
	}
}

func TestNotFinite(t *testing.T) {
	le := binary.LittleEndian
	for name, c := range map[string]struct {
		dtype DType
		data  []byte
	}{
		"NaN":              {F32, append(make([]byte, 4), 0, 0, 0xc0, 0x7f)},
		"half infinity":    {F16, []byte{0, 0, 0, 0xfc}},
		"bfloat16 NaN":     {BF16, []byte{0, 0, 0xc0, 0xff}},
		"double too large": {F64, append(make([]byte, 8), le.AppendUint64(nil, math.Float64bits(1e300))...)},
	} {
		t.Run(name, func(t *testing.T) {
			ckpt, err := FromBytes("test", safetensorsOf(t, map[string]entry{"w": {c.dtype, []int{2}, [2]int{0, len(c.data)}}}, c.data))
			require.NoError(t, err)
			tensor, err := ckpt.Tensor("w")
			require.NoError(t, err)
			_, err = tensor.Float32()
			require.ErrorIs(t, err, ErrNotFinite)
			require.ErrorContains(t, err, `"w", element 1`)
			require.ErrorIs(t, tensor.CheckFinite(), ErrNotFinite)
		})
	}
}

func TestScalarAndEmpty(t *testing.T) {
	ckpt, err := FromBytes("test", safetensors(`{"__metadata__":{"format":"pt"},"s":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"e":{"dtype":"F32","shape":[3,0],"data_offsets":[1,1]}}   `, []byte{9}))
	require.NoError(t, err)
	require.Equal(t, []string{"e", "s"}, ckpt.Names())
	for name, want := range map[string][]float32{"s": {9}, "e": {}} {
		tensor, err := ckpt.Tensor(name)
		require.NoError(t, err)
		got, err := tensor.Float32()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestMalformedSafetensors(t *testing.T) {
	one := `"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}`
	for _, c := range []struct {
		name    string
		file    []byte
		message string
	}{
		{"header of 2^60 bytes", append(binary.LittleEndian.AppendUint64(nil, 1<<60), "{}"...), "header of 1152921504606846976 bytes in a file of 10"},
		{"cut in the data", safetensors(`{`+one+`}`, make([]byte, 3)), "the file is cut off"},
		{"cut in the header", safetensors(`{`+one+`}`, nil)[:20], "cut off or not safetensors"},
		{"overlap", safetensors(`{`+one+`,"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}`, make([]byte, 6)), "inside another"},
		{"same range", safetensors(`{`+one+`,"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}`, make([]byte, 4)), "inside another"},
		{"hole", safetensors(`{`+one+`,"b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}}`, make([]byte, 9)), "1 unused bytes before"},
		{"surplus data", safetensors(`{`+one+`}`, make([]byte, 5)), "1 unused bytes after"},
		{"shape and bytes", safetensors(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, make([]byte, 4)), "does not take the 4 bytes"},
		{"shape beyond an int", safetensors(`{"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,4]}}`, make([]byte, 4)), "does not take"},
		{"negative shape", safetensors(`{"a":{"dtype":"U8","shape":[-4,-1],"data_offsets":[0,4]}}`, make([]byte, 4)), "does not take"},
		{"backward offsets", safetensors(`{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}`, make([]byte, 4)), "not a range"},
		{"negative offset", safetensors(`{"a":{"dtype":"U8","shape":[4],"data_offsets":[-4,0]}}`, make([]byte, 4)), "not a range"},
		{"unknown dtype", safetensors(`{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}`, make([]byte, 4)), `unknown dtype "F8_E4M3"`},
		{"no shape", safetensors(`{"a":{"dtype":"U8","data_offsets":[0,4]}}`, make([]byte, 4)), "missing"},
		{"unknown key", safetensors(`{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"stride":[1]}}`, make([]byte, 4)), `unknown key "stride"`},
		{"name twice", safetensors(`{`+one+`,`+one+`}`, make([]byte, 4)), `key "a" comes twice`},
		{"metadata not text", safetensors(`{"__metadata__":{"n":1}}`, nil), "header"},
		{"text after the header", safetensors(`{}{}`, nil), "text after"},
		{"header not an object", safetensors(`{]`, nil), "header"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := FromBytes("test", c.file)
			require.ErrorIs(t, err, ErrMalformed)
			require.ErrorContains(t, err, c.message)
		})
	}
	for _, file := range []string{"", "\x00", "GIF89a..........", "\x1f\x8b\x08\x00"} {
		_, err := FromBytes("test", []byte(file))
		require.ErrorIs(t, err, ErrFormat)
	}
}

func FuzzSafetensors(f *testing.F) {
	f.Add(safetensors(`{"a":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]}}`, make([]byte, 4)))
	f.Add(safetensors(`{"__metadata__":{"a":"b"},"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}`, make([]byte, 8)))
	f.Fuzz(func(t *testing.T, file []byte) {
		tensors, err := parseSafetensors(file)
		if err != nil {
			return
		}
		total := 0
		for _, tensor := range tensors {
			require.Len(t, tensor.Bytes(), tensor.Len()*tensor.DType.Size())
			total += len(tensor.Bytes())
		}
		require.Less(t, total, len(file))
	})
}
