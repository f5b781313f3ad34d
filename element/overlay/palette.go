package overlay

import "fmt"

// Color is 8-bit sRGB.
type Color struct{ R, G, B uint8 }

// String is the colour as CSS writes it.
func (c Color) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// PromptColor is the colour of the i-th prompt: eight colours that stay apart on most scenes and for most colour-blind
// viewers, then round again.
func PromptColor(i int) Color {
	palette := [...]Color{
		{0xff, 0x5a, 0x36},
		{0x1e, 0xc8, 0xff},
		{0xff, 0xc8, 0x1e},
		{0xc8, 0x5a, 0xff},
		{0x5a, 0xe6, 0x5a},
		{0xff, 0x5a, 0xb4},
		{0x3c, 0x78, 0xff},
		{0xe6, 0xe6, 0xe6},
	}
	return palette[i%len(palette)]
}
