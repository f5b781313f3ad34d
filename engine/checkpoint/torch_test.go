package checkpoint

import (
	"archive/zip"
	"bytes"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

var six = []byte{0, 1, 2, 3, 4, 5}

func values(t *testing.T, c *Checkpoint, name string) []float32 {
	t.Helper()
	tensor, err := c.Tensor(name)
	require.NoError(t, err)
	v, err := tensor.Float32()
	require.NoError(t, err)
	return v
}

func TestStateDicts(t *testing.T) {
	row := func(p *pickler, name string, offset int) {
		p.text(name).tensor("ByteStorage", "0", 6, offset, []int{3}, []int{1})
	}
	for _, c := range []struct {
		name  string
		build func(p *pickler)
		want  []string
	}{
		{"flat dict", func(p *pickler) {
			p.ops('}', '(')
			row(p, "a.b", 0)
			row(p, "c", 3)
			p.text("epoch").int(3).ops('u')
		}, []string{"a.b", "c"}},
		{"ordered dict with metadata", func(p *pickler) {
			p.global("collections", "OrderedDict").ops(')', 'R', '(')
			row(p, "a", 0)
			p.ops('u', '}').text("_metadata").global("collections", "OrderedDict").ops(')', 'R', 's', 'b')
		}, []string{"a"}},
		{"model beside an optimizer", func(p *pickler) {
			p.ops('}', '(').text("optimizer").ops('}', '(').int(0).ops('}', '(')
			row(p, "exp_avg", 0)
			p.ops('u', 'u').text("model").ops('}', '(')
			row(p, "w", 3)
			p.ops('u', 'u')
		}, []string{"w"}},
		{"the only part", func(p *pickler) {
			p.ops('}', '(').text("ema").ops('}', '(')
			row(p, "w", 0)
			p.ops('u').text("step").int(1).ops('u')
		}, []string{"w"}},
		{"several parts, none of them the model", func(p *pickler) {
			p.ops('}', '(').text("vision").ops('}', '(')
			row(p, "w", 0)
			p.ops('u').text("text").ops('}', '(')
			row(p, "w", 0)
			p.ops('u', 'u')
		}, []string{"text.w", "vision.w"}},
		{"a wrapper's prefix stays: what it means is for others to say", func(p *pickler) {
			p.ops('}', '(').text("state_dict").ops('}', '(')
			row(p, "module.a", 0)
			row(p, "module.b", 0)
			p.ops('u', 'u')
		}, []string{"module.a", "module.b"}},
		{"newest protocol, without its own opcodes", func(p *pickler) {
			p.ops(0x80, 5, '}', '(')
			row(p, "a", 0)
			p.ops('u')
		}, []string{"a"}},
		{"parameter", func(p *pickler) {
			p.ops('}').text("w").global("torch._utils", "_rebuild_parameter").ops('(').
				tensor("ByteStorage", "0", 6, 0, []int{3}, []int{1}).ops(0x88).global("collections", "OrderedDict").ops(')', 'R', 't', 'R', 's')
		}, []string{"w"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPickler()
			c.build(p)
			ckpt, err := FromBytes("test", torchFile(t, p.end(), map[string][]byte{"0": six}))
			require.NoError(t, err)
			require.Equal(t, c.want, ckpt.Names())
			for _, name := range c.want {
				require.Len(t, values(t, ckpt, name), 3)
			}
		})
	}
}

// TestTorchScript reads what torch.jit.save writes: nested module objects whose state comes by BUILD, storages on a GPU, lists made
// by helpers, and plain attributes beside the tensors.
func TestTorchScript(t *testing.T) {
	p := newPickler()
	module := func(name string) { p.global("__torch__.multimodal.model", name).ops(')', 0x81, '}', '(') }
	module("___torch_mangle_9.CLIP")
	p.text("training").ops(0x89)
	p.text("sizes").global("torch.jit._pickle", "build_intlist").ops('(', ']', '(').int(1).int(2).ops('e', 't', 'R')
	p.text("input_resolution").tensor("ByteStorage", "1", 1, 0, nil, nil)
	p.text("visual")
	module("VisualTransformer")
	p.text("proj").tensor("HalfStorage", "0", 3, 1, []int{2}, []int{1})
	p.ops('u', 'b', 'u', 'b')
	ckpt, err := FromBytes("test", torchFile(t, p.end(), map[string][]byte{"0": {0, 0, 0, 0x3c, 0, 0x40}, "1": {224}}))
	require.NoError(t, err)
	require.Equal(t, []string{"input_resolution", "visual.proj"}, ckpt.Names())
	require.Equal(t, []float32{1, 2}, values(t, ckpt, "visual.proj"))
	require.Equal(t, []float32{224}, values(t, ckpt, "input_resolution"))
}

func TestStrides(t *testing.T) {
	for _, c := range []struct {
		name           string
		offset         int
		shape, strides []int
		want           []float32
	}{
		{"dense", 0, []int{2, 3}, []int{3, 1}, []float32{0, 1, 2, 3, 4, 5}},
		{"transposed", 0, []int{3, 2}, []int{1, 3}, []float32{0, 3, 1, 4, 2, 5}},
		{"every second", 1, []int{3}, []int{2}, []float32{1, 3, 5}},
		{"odd stride of one", 2, []int{1, 3}, []int{99, 1}, []float32{2, 3, 4}},
		{"one value many times", 5, []int{2, 2}, []int{0, 0}, []float32{5, 5, 5, 5}},
		{"empty", 6, []int{0, 9}, []int{9, 1}, []float32{}},
		{"scalar", 4, nil, nil, []float32{4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPickler().ops('}').text("w").tensor("CharStorage", "0", 6, c.offset, c.shape, c.strides).ops('s')
			ckpt, err := FromBytes("test", torchFile(t, p.end(), map[string][]byte{"0": six}))
			require.NoError(t, err)
			require.Equal(t, c.want, values(t, ckpt, "w"))
		})
	}
}

func TestMalformedTorch(t *testing.T) {
	dict := func(offset int, shape, strides []int) []byte {
		return newPickler().ops('}').text("w").tensor("ByteStorage", "0", 6, offset, shape, strides).ops('s').end()
	}
	storages := map[string][]byte{"0": six}
	whole := torchFile(t, dict(0, []int{6}, []int{1}), storages)
	for _, c := range []struct {
		name    string
		file    []byte
		want    error
		message string
	}{
		{"cut zip", whole[:len(whole)-30], ErrMalformed, "cut off or damaged"},
		{"zip of something else", otherZip(t), ErrFormat, "without data.pkl"},
		{"compressed", zipOf(t, zip.Deflate, dict(0, []int{6}, []int{1}), storages), ErrUnsupported, "compressed"},
		{"storage missing", torchFile(t, dict(0, []int{6}, []int{1}), nil), ErrMalformed, "lacks archive/data/0"},
		{"storage too short", torchFile(t, dict(0, []int{6}, []int{1}), map[string][]byte{"0": six[:5]}), ErrMalformed, "holds 5 bytes"},
		{"beyond the storage", torchFile(t, dict(1, []int{6}, []int{1}), storages), ErrMalformed, "outside its storage"},
		{"stride beyond", torchFile(t, dict(0, []int{3}, []int{3}), storages), ErrMalformed, "outside its storage"},
		{"stride overflow", torchFile(t, dict(0, []int{2, 2}, []int{1 << 30, 1 << 30}), storages), ErrMalformed, "outside its storage"},
		{"negative stride", torchFile(t, dict(5, []int{6}, []int{-1}), storages), ErrMalformed, "outside its storage"},
		{"negative size", torchFile(t, dict(0, []int{-6}, []int{1}), storages), ErrMalformed, "larger than"},
		{"more elements than stored", torchFile(t, dict(0, []int{1 << 30, 1 << 30}, []int{0, 0}), storages), ErrMalformed, "larger than"},
		{"offset beyond", torchFile(t, dict(7, []int{0}, []int{1}), storages), ErrMalformed, "larger than"},
		{"no tensors", torchFile(t, newPickler().ops('}').end(), nil), ErrUnsupported, "no state dict"},
		{"pickle cut", torchFile(t, newPickler().ops('}').Bytes(), nil), ErrMalformed, "cut off"},
		{"announced text too long", torchFile(t, newPickler().ops('X', 0xff, 0xff, 0xff, 0xff).end(), nil), ErrMalformed, "4294967295 bytes announced"},
		{"frame too long", torchFile(t, newPickler().ops(0x95, 0, 0, 0, 0, 0, 0, 0, 0x10).end(), nil), ErrMalformed, "announced"},
		{"odd dict items", torchFile(t, newPickler().ops('}', '(').text("a").ops('u').end(), nil), ErrMalformed, "pickle"},
		{"empty stack", torchFile(t, newPickler().ops('R').end(), nil), ErrMalformed, "pickle"},
		{"zero-byte long", torchFile(t, newPickler().ops(0x8a, 0).end(), nil), ErrMalformed, "pickle"},
		{"extension opcode", torchFile(t, newPickler().ops(0x82, 1).end(), nil), ErrMalformed, "opcode 0x82"},
		{"unhashable", torchFile(t, newPickler().global("collections", "OrderedDict").ops(')', 'R', ']', 'N', 's').end(), nil), ErrUnsupported, "no state dict"},
		{"protocol 9", torchFile(t, append([]byte{0x80, 9}, '}', '.'), nil), ErrUnsupported, "protocol 9"},
		{"the first protocol that does not exist", torchFile(t, append([]byte{0x80, 6}, '}', '.'), nil), ErrUnsupported, "protocol 6"},
		{"a bare pickle of that protocol", append([]byte{0x80, 6}, '}', '.'), ErrFormat, "not a safetensors file"},
		{"too many opcodes", torchFile(t, append([]byte{0x80, 2}, bytes.Repeat([]byte{'N', '0'}, maxPickle/2)...), nil), ErrUnsupported, "at most 16777216"},
		{"form before PyTorch 1.6", newPickler().int(1).end(), ErrUnsupported, "before 1.6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := FromBytes("test", c.file)
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.message)
		})
	}
}

func otherZip(t *testing.T) []byte {
	t.Helper()
	return bytes.ReplaceAll(torchFile(t, nil, nil), []byte("data.pkl"), []byte("data.txt"))
}

func TestRefusedByName(t *testing.T) {
	for name, file := range map[string][]byte{
		"posix.system": newPickler().global("posix", "system").text("touch /tmp/x").ops(0x85, 'R').end(),
		"os.system":    append([]byte("cos\nsystem\n(S'touch /tmp/x'\ntR"), '.'),
		"builtins.eval": newPickler().ops('}').text("a").tensor("ByteStorage", "0", 6, 0, []int{6}, []int{1}).ops('s').
			global("builtins", "eval").text("1").ops(0x85, 'R').end(),
		"subprocess.Popen":           append([]byte{0x80, 4, 0x8c, 10}, append([]byte("subprocess\x8c\x05Popen\x93"), '.')...),
		"copy_reg._reconstructor":    newPickler().global("copy_reg", "_reconstructor").end(),
		"argparse.Namespace":         newPickler().global("argparse", "Namespace").ops(')', 0x81).end(),
		"array._array_reconstructor": newPickler().global("array", "_array_reconstructor").end(),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := FromBytes("test", torchFile(t, file, map[string][]byte{"0": six}))
			require.ErrorIs(t, err, ErrRefusedClass)
			require.ErrorContains(t, err, name)
			if file[0] == 0x80 { // the same without the zip around it
				_, err = FromBytes("test", file)
				require.ErrorIs(t, err, ErrRefusedClass)
				require.ErrorContains(t, err, name)
			}
		})
	}
}

// TestSelfReference has pickles a few bytes long that stand for endless or exponentially large values.
func TestSelfReference(t *testing.T) {
	laughs := newPickler().ops('}', 'q', 0)
	for i := range byte(60) { // each dict holds the one before twice
		laughs.ops('}', 'q', i+1).text("a").ops('h', i, 's').text("b").ops('h', i, 's')
	}
	module := newPickler().global("__torch__", "M").ops(')', 0x81, 'q', 0, 'h', 0, 'b')
	for name, pickle := range map[string][]byte{
		"dict in itself":        newPickler().ops('}', 'q', 0).text("model").ops('h', 0, 's').end(),
		"twice each":            laughs.end(),
		"module its own state":  module.end(),
		"list in itself called": newPickler().ops(']', 'q', 0, 'h', 0, 'a', ')', 'R').end(),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := FromBytes("test", torchFile(t, pickle, nil))
			require.Error(t, err)
		})
	}
}

// TestNoLargeAllocation opens files that announce far more than they hold.
func TestNoLargeAllocation(t *testing.T) {
	files := map[string][]byte{
		"text":   torchFile(t, newPickler().ops('X', 0xff, 0xff, 0xff, 0x7f).end(), nil),
		"tensor": torchFile(t, newPickler().ops('}').text("w").tensor("ByteStorage", "0", 6, 0, []int{1 << 30}, []int{0}).ops('s').end(), map[string][]byte{"0": six}),
		"header": {0, 0, 0, 0, 0, 0, 0, 0x10, '{', '}'},
	}
	for name, file := range files {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := FromBytes("test", file)
		runtime.ReadMemStats(&after)
		require.Error(t, err, name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20), name)
	}
}

func FuzzPickle(f *testing.F) {
	f.Add(newPickler().ops('}').text("w").tensor("ByteStorage", "0", 6, 0, []int{2, 3}, []int{1, 2}).ops('s').end())
	f.Add(newPickler().global("__torch__", "M").ops(')', 0x81, '}').text("a").int(1).ops('s', 'b').end())
	f.Add(newPickler().global("posix", "system").text("true").ops(0x85, 'R').end())
	f.Fuzz(func(t *testing.T, pickle []byte) {
		ckpt, err := FromBytes("fuzz", torchFile(t, pickle, map[string][]byte{"0": six}))
		if err != nil {
			return
		}
		for _, name := range ckpt.Names() {
			tensor, err := ckpt.Tensor(name)
			require.NoError(t, err)
			require.LessOrEqual(t, tensor.Len()*tensor.DType.Size(), len(six))
			require.Len(t, tensor.Bytes(), tensor.Len()*tensor.DType.Size())
		}
	})
}
