// Package av1 says in an AV1 stream what its colours mean, where the encoder does not.
package av1

import "github.com/videogem/videogem/pipeline/internal/bits"

// SayBT601 writes BT.601 of limited range (color_primaries, transfer_characteristics and matrix_coefficients 6, color_range 0; AV1
// specification, section 6.4.2) into the sequence headers of a temporal unit in the low-overhead format (section 5.2). Headers that it
// cannot read stay as they are, and a unit without any is given back itself.
func SayBT601(unit []byte) []byte {
	var out []byte
	done := 0 // of unit, in out
	for at := 0; at < len(unit); {
		obu, ok := readOBU(unit[at:])
		if !ok {
			break
		}
		if obu.kind == sequenceHeader {
			if said, ok := sayInHeader(unit[at+obu.body : at+obu.end]); ok {
				out = append(out, unit[done:at+obu.body-obu.sizeBytes]...)
				out = appendLEB128(out, len(said))
				out = append(out, said...)
				done = at + obu.end
			}
		}
		at += obu.end
	}
	if out == nil {
		return unit
	}
	return append(out, unit[done:]...)
}

// sequenceHeader is a type of OBU (section 6.2.2).
const sequenceHeader = 1

// obu tells where an open bitstream unit's parts are.
type obu struct {
	kind      int
	sizeBytes int // that its size takes, right before the body
	body, end int
}

// readOBU reads the header (section 5.3.1) of a unit that says its size.
func readOBU(data []byte) (o obu, ok bool) {
	const extension, hasSize = 4, 2
	if len(data) == 0 || data[0]&hasSize == 0 {
		return o, false
	}
	o.kind, o.body = int(data[0]>>3&15), 1
	if data[0]&extension != 0 {
		o.body++
	}
	size := 0
	for more := true; more; o.sizeBytes++ { // leb128, section 4.10.5
		if o.body >= len(data) || o.sizeBytes == 4 { // four bytes name 256 MB
			return o, false
		}
		size |= int(data[o.body]&127) << (7 * o.sizeBytes)
		more = data[o.body]&128 != 0
		o.body++
	}
	o.end = o.body + size
	return o, o.end <= len(data)
}

func appendLEB128(out []byte, n int) []byte {
	for ; n >= 128; n >>= 7 {
		out = append(out, byte(n&127|128))
	}
	return append(out, byte(n))
}

// sayInHeader rewrites a sequence header (section 5.5.1) from its color_config on (section 5.5.2).
func sayInHeader(data []byte) ([]byte, bool) {
	r := &bits.Reader{Data: data}
	profile := r.Bits(3)
	toColors(r)
	if deep := r.Flag(); deep && profile == 2 {
		r.Bits(1)
	}
	if profile != 1 {
		r.Bits(1) // no colours, but a range all the same
	}
	w := &bits.Writer{}
	w.Copy(data, 0, r.At)
	if r.Flag() && r.Bits(24) == 0x010d00 {
		return nil, false // sRGB itself: no Y'CbCr
	}
	r.Bits(1)
	w.Bits(1, 1)
	w.Bits(0x060606, 24)
	w.Bits(0, 1)
	stop := r.Stop()
	if r.Over || stop < r.At {
		return nil, false
	}
	w.Copy(data, r.At, stop)
	w.Bits(1, 1)
	return w.Data, true
}

// toColors reads from behind a sequence header's profile to its color_config.
func toColors(r *bits.Reader) {
	r.Bits(1)
	reduced := r.Flag()
	if reduced {
		r.Bits(5)
	} else {
		operatingPoints(r)
	}
	w, h := r.Bits(4)+1, r.Bits(4)+1
	r.Bits(w)
	r.Bits(h)
	if !reduced && r.Flag() { // frames have numbers
		r.Bits(7)
	}
	r.Bits(3)
	if !reduced {
		tools(r)
	}
	r.Bits(3)
}

// operatingPoints reads the timing and the operating points.
func operatingPoints(r *bits.Reader) {
	model, delay := false, 0
	if r.Flag() { // timing
		r.Bits(32)
		r.Bits(32)
		if r.Flag() {
			r.Golomb()
		}
		if model = r.Flag(); model {
			delay = r.Bits(5) + 1
			r.Bits(32)
			r.Bits(10)
		}
	}
	display := r.Flag()
	for n := r.Bits(5) + 1; n > 0; n-- {
		r.Bits(12)
		if level := r.Bits(5); level > 7 {
			r.Bits(1)
		}
		if model && r.Flag() {
			r.Bits(delay)
			r.Bits(delay)
			r.Bits(1)
		}
		if display && r.Flag() {
			r.Bits(4)
		}
	}
}

// tools reads which means of coding are in use.
func tools(r *bits.Reader) {
	r.Bits(4)
	order := r.Flag()
	if order {
		r.Bits(2)
	}
	screen := r.Flag() || r.Flag() // either each frame says, or all are said here to be
	if screen && !r.Flag() {
		r.Bits(1)
	}
	if order {
		r.Bits(3)
	}
}
