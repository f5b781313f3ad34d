package bits

// Writer writes bits, the highest first; the last byte is filled up with zeros.
type Writer struct {
	Data []byte
	At   int // bits
}

// Bits writes v as a number of n bits.
func (w *Writer) Bits(v, n int) {
	for n--; n >= 0; n-- {
		if w.At%8 == 0 {
			w.Data = append(w.Data, 0)
		}
		w.Data[w.At/8] |= byte(v>>n&1) << (7 - w.At%8)
		w.At++
	}
}

// Copy writes the bits of data from one to before another.
func (w *Writer) Copy(data []byte, from, to int) {
	r := &Reader{Data: data, At: from}
	for r.At < to {
		w.Bits(r.Bits(1), 1)
	}
}
