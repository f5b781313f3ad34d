// Package h264 says in an H.264 stream what its colours mean, where the encoder does not.
package h264

import (
	"bytes"

	"github.com/videogem/videogem/pipeline/internal/bits"
)

// SayBT601 writes BT.601 of limited range (colour_primaries, transfer_characteristics and matrix_coefficients 6, ITU-T H.264 annex E.2.1)
// into the sequence parameter sets of a frame in the byte stream format (annex B). Sets that it cannot read stay as they are, and a frame
// without any is given back itself.
func SayBT601(frame []byte) []byte {
	var out []byte
	rest := frame
	for {
		at := bytes.Index(rest, []byte{0, 0, 1})
		if at < 0 || at+3 >= len(rest) {
			break
		}
		unit := rest[at+3:]
		end := len(unit)
		if next := bytes.Index(unit, []byte{0, 0, 1}); next >= 0 {
			end = next
		}
		if unit[0]&31 == 5 || unit[0]&31 == 1 { // a picture: parameter sets stand before it
			break
		}
		if unit[0]&31 == 7 {
			if said, ok := sayInSet(bytes.TrimRight(unit[:end], "\x00")); ok {
				out = append(out, rest[:at+3]...)
				out = append(out, said...)
				if end < len(unit) {
					out = append(out, 0) // the next start code has four bytes
				}
				rest = unit[end:]
				continue
			}
		}
		out = append(out, rest[:at+3]...)
		out = append(out, unit[:end]...)
		rest = unit[end:]
	}
	if out == nil {
		return frame
	}
	return append(out, rest...)
}

// sayInSet rewrites a sequence parameter set (section 7.3.2.1.1), its header byte included.
func sayInSet(unit []byte) ([]byte, bool) {
	r := &bits.Reader{Data: unescape(unit[1:])}
	profile := r.Bits(8)
	r.Bits(16)
	r.Golomb()
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		if r.Golomb() == 3 {
			r.Bits(1)
		}
		r.Golomb()
		r.Golomb()
		r.Bits(1)
		if r.Bits(1) == 1 {
			return nil, false // scaling lists: no encoder for live use writes them
		}
	}
	r.Golomb()
	switch r.Golomb() {
	case 0:
		r.Golomb()
	case 1:
		r.Bits(1)
		r.Golomb()
		r.Golomb()
		for n := r.Golomb(); n > 0 && !r.Over; n-- {
			r.Golomb()
		}
	}
	r.Golomb()
	r.Bits(1)
	r.Golomb()
	r.Golomb()
	if r.Bits(1) == 0 {
		r.Bits(1)
	}
	r.Bits(1)
	if r.Bits(1) == 1 {
		for range 4 {
			r.Golomb()
		}
	}
	w := &bits.Writer{}
	w.Copy(r.Data, 0, r.At)
	w.Bits(1, 1) // there is a VUI (annex E.1.1)
	had := r.Bits(1) == 1
	from := r.At
	if had {
		if r.Bits(1) == 1 && r.Bits(8) == 255 {
			r.Bits(32)
		}
		if r.Bits(1) == 1 {
			r.Bits(1)
		}
		w.Copy(r.Data, from, r.At)
		if r.Bits(1) == 1 {
			r.Bits(4)
			if r.Bits(1) == 1 {
				r.Bits(24)
			}
		}
	} else {
		w.Bits(0, 2) // no aspect ratio, no overscan
	}
	w.Bits(0b1_101_0_1, 6) // a video signal, of no certain system, limited range, colours described
	w.Bits(0x060606, 24)
	stop := r.Stop()
	if r.Over || stop < r.At {
		return nil, false
	}
	if had {
		w.Copy(r.Data, r.At, stop)
	} else {
		w.Bits(0, 6) // nothing more
	}
	w.Bits(1, 1)
	return append([]byte{unit[0]}, escape(w.Data)...), true
}
