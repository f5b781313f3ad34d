// Package heat is the message of the data channel "heat": the heat maps of one inference with what was found, for a page that
// draws them itself over clean video. A message stands alone, so that lost ones do no harm; it names the frame that it belongs
// to by its RTP timestamp, which browsers tell of every frame they show (requestVideoFrameCallback).
//
// The layout, in network byte order:
//
//	u8 version (2)   u8 prompts   u8 grid width   u8 grid height
//	u32 RTP timestamp of the frame, 90 kHz
//	u16 age: ms from the frame to the message   u16 ms of the inference
//	for each prompt:
//	    u8 flags (1: it has a point, 2: seen, 4: the viewer's own, 8: judged)   u8 red   u8 green   u8 blue
//	    f32 score
//	    u16 x, y of the hottest point, u16 x1, y1, x2, y2 of the box, in 1/65535 of the frame
//	    u16 length of the text in bytes, the text in UTF-8
//	    u8 heat[grid height * grid width], 0 to 255, row by row
package heat

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
	"unicode/utf8"
)

// Version is the first byte of every message.
const Version = 2

// Limits of a message.
const (
	MaxPrompts = 255
	MaxGrid    = 255
	maxText    = math.MaxUint16
)

// ErrMessage means that bytes are no heat message, or that a message cannot be written.
var ErrMessage = errors.New("bad heat message")

// Message is the heat of one inference.
type Message struct {
	GridW, GridH int           // cells of each map
	Timestamp    uint32        // RTP timestamp of the frame, 90 kHz
	Age          time.Duration // from the frame to the message; whole ms, at most 65.535 s
	Inference    time.Duration // the same
	Prompts      []Prompt
}

// Prompt is what was found for one prompt.
type Prompt struct {
	Text    string
	R, G, B uint8 // its colour
	Score   float32
	Found   bool // it has a point; without, the heat is the same everywhere
	Seen    bool // it is there now
	Judged  bool // somebody says whether it is seen or not; without, Seen is false and means nothing
	Own     bool // the viewer's own prompt
	X, Y    float64
	Box     [4]float64 // x1, y1, x2, y2; point and box in 0..1 of the frame
	Heat    []byte     // [GridH,GridW], 0 is cold and 255 hot
}

const (
	flagFound = 1 << iota
	flagSeen
	flagOwn
	flagJudged
)

const (
	headerSize = 12
	promptSize = 4 + 4 + 4 + 8 + 2 // without text and heat
)

// Append writes the message behind b. Errors wrap ErrMessage.
func (m *Message) Append(b []byte) ([]byte, error) {
	if m.GridW < 1 || m.GridW > MaxGrid || m.GridH < 1 || m.GridH > MaxGrid {
		return b, fmt.Errorf("%w: a grid of %dx%d; 1 to %d cells a side", ErrMessage, m.GridW, m.GridH, MaxGrid)
	}
	if len(m.Prompts) > MaxPrompts {
		return b, fmt.Errorf("%w: %d prompts, at most %d", ErrMessage, len(m.Prompts), MaxPrompts)
	}
	b = append(b, Version, byte(len(m.Prompts)), byte(m.GridW), byte(m.GridH))
	b = binary.BigEndian.AppendUint32(b, m.Timestamp)
	b = binary.BigEndian.AppendUint16(b, milliseconds(m.Age))
	b = binary.BigEndian.AppendUint16(b, milliseconds(m.Inference))
	for i := range m.Prompts {
		p := &m.Prompts[i]
		if len(p.Heat) != m.GridW*m.GridH || len(p.Text) > maxText || !utf8.ValidString(p.Text) {
			return b, fmt.Errorf("%w: prompt %d has %d bytes of heat for a grid of %dx%d, and a text of %d bytes", ErrMessage, i, len(p.Heat), m.GridW, m.GridH, len(p.Text))
		}
		b = append(b, p.flags(), p.R, p.G, p.B)
		b = binary.BigEndian.AppendUint32(b, math.Float32bits(p.Score))
		for _, v := range [...]float64{p.X, p.Y, p.Box[0], p.Box[1], p.Box[2], p.Box[3]} {
			b = binary.BigEndian.AppendUint16(b, share(v))
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(p.Text)))
		b = append(b, p.Text...)
		b = append(b, p.Heat...)
	}
	return b, nil
}

// Parse reads a message. The heat maps lie in b. Errors wrap ErrMessage.
func Parse(b []byte) (*Message, error) {
	if len(b) < headerSize || b[0] != Version || b[2] == 0 || b[3] == 0 {
		return nil, fmt.Errorf("%w: no header of version %d with a grid", ErrMessage, Version)
	}
	m := &Message{
		GridW: int(b[2]), GridH: int(b[3]), Timestamp: binary.BigEndian.Uint32(b[4:]),
		Age:       time.Duration(binary.BigEndian.Uint16(b[8:])) * time.Millisecond,
		Inference: time.Duration(binary.BigEndian.Uint16(b[10:])) * time.Millisecond,
	}
	prompts, cells := int(b[1]), m.GridW*m.GridH
	b = b[headerSize:]
	for i := range prompts {
		if len(b) < promptSize {
			return nil, fmt.Errorf("%w: it ends in prompt %d of %d", ErrMessage, i, prompts)
		}
		p := Prompt{
			Found: b[0]&flagFound != 0, Seen: b[0]&flagSeen != 0, Own: b[0]&flagOwn != 0, Judged: b[0]&flagJudged != 0, R: b[1], G: b[2], B: b[3],
			Score: math.Float32frombits(binary.BigEndian.Uint32(b[4:])), X: part(b[8:]), Y: part(b[10:]),
			Box: [4]float64{part(b[12:]), part(b[14:]), part(b[16:]), part(b[18:])},
		}
		n := int(binary.BigEndian.Uint16(b[20:]))
		b = b[promptSize:]
		if len(b) < n+cells || !utf8.Valid(b[:n]) {
			return nil, fmt.Errorf("%w: it ends in prompt %d of %d, or its text is not UTF-8", ErrMessage, i, prompts)
		}
		p.Text, p.Heat = string(b[:n]), b[n:n+cells:n+cells]
		b = b[n+cells:]
		m.Prompts = append(m.Prompts, p)
	}
	if len(b) > 0 {
		return nil, fmt.Errorf("%w: %d bytes too many", ErrMessage, len(b))
	}
	return m, nil
}

func (p *Prompt) flags() (f byte) {
	if p.Found {
		f |= flagFound
	}
	if p.Seen {
		f |= flagSeen
	}
	if p.Own {
		f |= flagOwn
	}
	if p.Judged {
		f |= flagJudged
	}
	return f
}

func milliseconds(d time.Duration) uint16 {
	return uint16(min(max(d.Milliseconds(), 0), math.MaxUint16))
}

// share is a place in 0..1 as a whole number; NaN is 0.
func share(v float64) uint16 {
	if !(v > 0) {
		return 0
	}
	return uint16(math.Round(min(v, 1) * math.MaxUint16))
}

func part(b []byte) float64 { return float64(binary.BigEndian.Uint16(b)) / math.MaxUint16 }
