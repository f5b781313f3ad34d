// Package h264 says in an H.264 stream what its colours mean, where the encoder does not.
package h264

import "bytes"

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
	r := &reader{data: unescape(unit[1:])}
	profile := r.bits(8)
	r.bits(16)
	r.golomb()
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		if r.golomb() == 3 {
			r.bits(1)
		}
		r.golomb()
		r.golomb()
		r.bits(1)
		if r.bits(1) == 1 {
			return nil, false // scaling lists: no encoder for live use writes them
		}
	}
	r.golomb()
	switch r.golomb() {
	case 0:
		r.golomb()
	case 1:
		r.bits(1)
		r.golomb()
		r.golomb()
		for n := r.golomb(); n > 0 && !r.over; n-- {
			r.golomb()
		}
	}
	r.golomb()
	r.bits(1)
	r.golomb()
	r.golomb()
	if r.bits(1) == 0 {
		r.bits(1)
	}
	r.bits(1)
	if r.bits(1) == 1 {
		for range 4 {
			r.golomb()
		}
	}
	w := &writer{}
	w.copy(r.data, 0, r.at)
	w.bits(1, 1) // there is a VUI (annex E.1.1)
	had := r.bits(1) == 1
	from := r.at
	if had {
		if r.bits(1) == 1 && r.bits(8) == 255 {
			r.bits(32)
		}
		if r.bits(1) == 1 {
			r.bits(1)
		}
		w.copy(r.data, from, r.at)
		if r.bits(1) == 1 {
			r.bits(4)
			if r.bits(1) == 1 {
				r.bits(24)
			}
		}
	} else {
		w.bits(0, 2) // no aspect ratio, no overscan
	}
	w.bits(0b1_101_0_1, 6) // a video signal, of no certain system, limited range, colours described
	w.bits(0x060606, 24)
	stop := r.stop()
	if r.over || stop < r.at {
		return nil, false
	}
	if had {
		w.copy(r.data, r.at, stop)
	} else {
		w.bits(0, 6) // nothing more
	}
	w.bits(1, 1)
	return append([]byte{unit[0]}, escape(w.data)...), true
}
