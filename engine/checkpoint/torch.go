package checkpoint

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math"
	"strings"
)

// archive is a PyTorch zip file: <root>/data.pkl describes the tensors, <root>/data/<key> holds the storages.
type archive struct {
	data    []byte
	root    string
	entries map[string]*zip.File
}

// parseTorch reads what torch.save and torch.jit.save write since PyTorch 1.6.
func parseTorch(data []byte) (map[string]*Tensor, error) {
	a, err := openArchive(data)
	if err != nil {
		return nil, err
	}
	if order, err := a.bytes("byteorder"); err == nil && strings.TrimSpace(string(order)) != "little" {
		return nil, fmt.Errorf("%w: byte order %q; save the file again on a little-endian machine", ErrUnsupported, order)
	}
	text, err := a.bytes("data.pkl")
	if err != nil {
		return nil, err
	}
	root, err := loadPickle(text, a)
	if err != nil {
		return nil, err
	}
	return stateDict(root)
}

func openArchive(data []byte) (*archive, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("%w: PyTorch archive: %w; the file is cut off or damaged, fetch it again", ErrMalformed, err)
	}
	a := &archive{data: data, entries: make(map[string]*zip.File, len(r.File))}
	for _, f := range r.File {
		if a.entries[f.Name] != nil {
			return nil, fmt.Errorf("%w: PyTorch archive holds %q twice", ErrMalformed, f.Name)
		}
		a.entries[f.Name] = f
		folder, isPickle := strings.CutSuffix(f.Name, "/data.pkl")
		if !isPickle || strings.Contains(folder, "/") {
			continue
		}
		if a.root != "" {
			return nil, fmt.Errorf("%w: PyTorch archive holds two data.pkl", ErrMalformed)
		}
		a.root = folder
	}
	if a.root == "" {
		return nil, fmt.Errorf("%w: a zip file without data.pkl", ErrFormat)
	}
	return a, nil
}

// bytes gives an entry as a view into the file. PyTorch stores entries uncompressed, so that they can be mapped. Check sums are
// not compared: that would read every weight at opening, and PyTorch can be told to leave them out.
func (a *archive) bytes(name string) ([]byte, error) {
	f := a.entries[a.root+"/"+name]
	if f == nil {
		return nil, fmt.Errorf("%w: PyTorch archive lacks %s/%s", ErrMalformed, a.root, name)
	}
	if f.Method != zip.Store || f.Flags&1 != 0 {
		return nil, fmt.Errorf("%w: %s is compressed or encrypted; only torch.save's own archives can be mapped", ErrUnsupported, f.Name)
	}
	begin, err := f.DataOffset()
	if err != nil {
		return nil, fmt.Errorf("%w: PyTorch archive, %s: %w", ErrMalformed, f.Name, err)
	}
	size := f.UncompressedSize64
	if begin < 0 || begin > int64(len(a.data)) || size > math.MaxInt64 || int64(size) > int64(len(a.data))-begin || f.CompressedSize64 != size {
		return nil, fmt.Errorf("%w: PyTorch archive, %s: %d bytes at %d do not lie in a file of %d", ErrMalformed, f.Name, size, begin, len(a.data))
	}
	end := begin + int64(size)
	return a.data[begin:end:end], nil
}
