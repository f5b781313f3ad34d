package offline

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// ErrNPY means that a file is no .npy array that can be used here.
var ErrNPY = errors.New("bad .npy file")

// Array is a dense array as NumPy saves it: C order, either bytes or float32.
type Array struct {
	Shape  []int
	Bytes  []byte    // dtype uint8
	Floats []float32 // dtype float32
}

// ParseNPY reads a .npy file (format versions 1 to 3) of uint8 or little-endian float32. The error wraps ErrNPY. Source of the
// format: NumPy's enhancement proposal 1 and numpy.lib.format.
func ParseNPY(data []byte) (*Array, error) {
	if len(data) < 10 || string(data[:6]) != "\x93NUMPY" {
		return nil, fmt.Errorf("%w: it does not begin as one", ErrNPY)
	}
	start, size := 10, int(binary.LittleEndian.Uint16(data[8:10]))
	if data[6] >= 2 {
		if len(data) < 12 {
			return nil, fmt.Errorf("%w: it ends in its header", ErrNPY)
		}
		start, size = 12, int(binary.LittleEndian.Uint32(data[8:12]))
	}
	if size < 0 || size > len(data)-start {
		return nil, fmt.Errorf("%w: its header is longer than the file", ErrNPY)
	}
	header, body := string(data[start:start+size]), data[start+size:]
	dtype, shape, err := parseHeader(header)
	if err != nil {
		return nil, err
	}
	width := map[string]int{"|u1": 1, "<f4": 4}[dtype]
	if width == 0 {
		return nil, fmt.Errorf("%w: its numbers are %s; save them as uint8, or as float32 with --preprocessed", ErrNPY, dtype)
	}
	n := width
	for _, d := range shape {
		if d < 0 || d > 0 && n > len(body)/d {
			return nil, fmt.Errorf("%w: shape %v needs more than the %d bytes that are there", ErrNPY, shape, len(body))
		}
		n *= d
	}
	if n != len(body) {
		return nil, fmt.Errorf("%w: shape %v needs %d bytes, %d are there", ErrNPY, shape, n, len(body))
	}
	a := &Array{Shape: shape}
	if width == 1 {
		a.Bytes = body
		return a, nil
	}
	a.Floats = make([]float32, len(body)/4)
	for i := range a.Floats {
		a.Floats[i] = math.Float32frombits(binary.LittleEndian.Uint32(body[4*i:]))
	}
	return a, nil
}

// parseHeader reads the dictionary at the file's head, which is written as Python would.
func parseHeader(header string) (dtype string, shape []int, err error) {
	find := func(pattern string) string {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(header); m != nil {
			return m[1]
		}
		return ""
	}
	if find(`'fortran_order': *(True|False)`) != "False" {
		return "", nil, fmt.Errorf("%w: save the array in C order", ErrNPY)
	}
	dtype = find(`'descr': *'([^']*)'`)
	dims := find(`'shape': *\(([0-9, ]*)\)`)
	for d := range strings.SplitSeq(dims, ",") {
		if d = strings.TrimSpace(d); d == "" {
			continue
		}
		n, err := strconv.Atoi(d)
		if err != nil {
			return "", nil, fmt.Errorf("%w: dimension %q", ErrNPY, d)
		}
		shape = append(shape, n)
	}
	return dtype, shape, nil
}

// writeNPY writes an array of float32.
func writeNPY(w io.Writer, data []float32, shape ...int) error {
	dims := make([]string, len(shape))
	for i, d := range shape {
		dims[i] = strconv.Itoa(d)
	}
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%s,), }", strings.Join(dims, ", "))
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n" // the data begins at a multiple of 64
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	_ = binary.Write(&b, binary.LittleEndian, uint16(len(header))) // a buffer takes everything
	b.WriteString(header)
	raw := make([]byte, 4*len(data))
	for i, v := range data {
		binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(v))
	}
	b.Write(raw)
	_, err := w.Write(b.Bytes())
	return err
}

// namedArray is one array of an .npz file.
type namedArray struct {
	name  string
	data  []float32
	shape []int
}

// writeNPZ writes arrays as numpy.savez does.
func writeNPZ(w io.Writer, arrays []namedArray) error {
	z := zip.NewWriter(w)
	for _, a := range arrays {
		f, err := z.Create(a.name + ".npy")
		if err != nil {
			return err
		}
		if err := writeNPY(f, a.data, a.shape...); err != nil {
			return err
		}
	}
	return z.Close()
}
