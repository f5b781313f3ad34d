package checkpoint

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// safetensors assembles a file from a header and data.
func safetensors(header string, data []byte) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), data...)
}

// entry is one tensor of a synthetic safetensors file.
type entry struct {
	DType   DType  `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

func safetensorsOf(t testing.TB, entries map[string]entry, data []byte) []byte {
	t.Helper()
	header, err := json.Marshal(entries)
	require.NoError(t, err)
	return safetensors(string(header), data)
}

// pickler writes protocol 2, as PyTorch does.
type pickler struct{ bytes.Buffer }

func newPickler() *pickler {
	p := &pickler{}
	p.ops(0x80, 2)
	return p
}

func (p *pickler) ops(codes ...byte) *pickler {
	p.Write(codes)
	return p
}

func (p *pickler) text(s string) *pickler {
	p.WriteByte('X')
	p.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(s))))
	p.WriteString(s)
	return p
}

func (p *pickler) int(n int) *pickler {
	p.WriteByte('J')
	p.Write(binary.LittleEndian.AppendUint32(nil, uint32(int32(n))))
	return p
}

func (p *pickler) ints(values ...int) *pickler {
	p.ops('(')
	for _, v := range values {
		p.int(v)
	}
	return p.ops('t')
}

func (p *pickler) global(module, name string) *pickler {
	fmt.Fprintf(p, "c%s\n%s\n", module, name)
	return p
}

// tensor writes a call of _rebuild_tensor_v2 on a storage of length elements.
func (p *pickler) tensor(storage, key string, length, offset int, shape, strides []int) *pickler {
	p.global("torch._utils", "_rebuild_tensor_v2").ops('(', '(').text("storage").global("torch", storage).text(key).text("cpu").int(length).ops('t', 'Q')
	p.int(offset).ints(shape...).ints(strides...).ops(0x89).global("collections", "OrderedDict").ops(')', 'R')
	return p.ops('t', 'R')
}

func (p *pickler) end() []byte { return p.ops('.').Bytes() }

// torchFile zips a pickle and storages as torch.save does.
func torchFile(t testing.TB, pickle []byte, storages map[string][]byte) []byte {
	t.Helper()
	return zipOf(t, zip.Store, pickle, storages)
}

func zipOf(t testing.TB, method uint16, pickle []byte, storages map[string][]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	add := func(name string, data []byte) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		require.NoError(t, err)
		_, err = f.Write(data)
		require.NoError(t, err)
	}
	add("archive/data.pkl", pickle)
	for key, data := range storages {
		add("archive/data/"+key, data)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}
