package h264

// reader reads bits, the highest first. Behind the end there are zeros, and over is set.
type reader struct {
	data []byte
	at   int // bits
	over bool
}

func (r *reader) bits(n int) (v int) {
	for range n {
		bit := 0
		if r.at/8 < len(r.data) {
			bit = int(r.data[r.at/8]>>(7-r.at%8)) & 1
		} else {
			r.over = true
		}
		v = v<<1 | bit
		r.at++
	}
	return v
}

// golomb reads an Exp-Golomb number (section 9.1).
func (r *reader) golomb() int {
	zeros := 0
	for r.bits(1) == 0 {
		if zeros++; zeros > 31 || r.over {
			r.over = true
			return 0
		}
	}
	return 1<<zeros - 1 + r.bits(zeros)
}

// stop is where the bit is that ends a unit's contents; -1: nowhere.
func (r *reader) stop() int {
	for at := 8*len(r.data) - 1; at >= 0; at-- {
		if r.data[at/8]>>(7-at%8)&1 == 1 {
			return at
		}
	}
	return -1
}

// writer writes bits, the highest first; the last byte is filled up with zeros.
type writer struct {
	data []byte
	at   int // bits
}

func (w *writer) bits(v, n int) {
	for n--; n >= 0; n-- {
		if w.at%8 == 0 {
			w.data = append(w.data, 0)
		}
		w.data[w.at/8] |= byte(v>>n&1) << (7 - w.at%8)
		w.at++
	}
}

func (w *writer) copy(data []byte, from, to int) {
	r := &reader{data: data, at: from}
	for r.at < to {
		w.bits(r.bits(1), 1)
	}
}

// unescape takes out the bytes that keep start codes from coming up (section 7.4.1), escape puts them in.
func unescape(data []byte) (out []byte) {
	zeros := 0
	for _, b := range data {
		if zeros >= 2 && b == 3 {
			zeros = 0
			continue
		}
		if zeros++; b != 0 {
			zeros = 0
		}
		out = append(out, b)
	}
	return out
}

func escape(data []byte) (out []byte) {
	zeros := 0
	for _, b := range data {
		if zeros >= 2 && b <= 3 {
			out = append(out, 3)
			zeros = 0
		}
		if zeros++; b != 0 {
			zeros = 0
		}
		out = append(out, b)
	}
	return out
}
