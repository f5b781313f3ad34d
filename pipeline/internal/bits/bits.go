// Package bits reads and writes the headers of video streams bit by bit.
package bits

// Reader reads bits, the highest first. Behind the end there are zeros, and Over is set.
type Reader struct {
	Data []byte
	At   int // bits
	Over bool
}

// Bits reads a number of n bits, at most 32.
func (r *Reader) Bits(n int) (v int) {
	for range n {
		bit := 0
		if r.At/8 < len(r.Data) {
			bit = int(r.Data[r.At/8]>>(7-r.At%8)) & 1
		} else {
			r.Over = true
		}
		v = v<<1 | bit
		r.At++
	}
	return v
}

// Flag reads one bit.
func (r *Reader) Flag() bool { return r.Bits(1) == 1 }

// Golomb reads an Exp-Golomb number (ITU-T H.264 section 9.1; AV1's uvlc, section 4.10.3).
func (r *Reader) Golomb() int {
	zeros := 0
	for r.Bits(1) == 0 {
		if zeros++; zeros > 31 || r.Over {
			r.Over = true
			return 0
		}
	}
	return 1<<zeros - 1 + r.Bits(zeros)
}

// Stop is where the last bit is that is set, which ends a unit's contents; -1: nowhere.
func (r *Reader) Stop() int {
	for at := 8*len(r.Data) - 1; at >= 0; at-- {
		if r.Data[at/8]>>(7-at%8)&1 == 1 {
			return at
		}
	}
	return -1
}
