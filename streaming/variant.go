package streaming

import "fmt"

// The overlays of a variant, and what a viewer may ask for: ?overlay=client|burned|none.
const (
	OverlayBurned = "burned" // heat is in the picture
	OverlayNone   = "none"   // the picture as the camera sends it
	OverlayClient = "client" // the viewer's wish for OverlayNone and the heat beside it, to be drawn by himself
)

// Variant is one encoding of a stream: with heat in the picture or without, at one of up to two qualities.
type Variant struct {
	Overlay string // OverlayBurned (when empty) or OverlayNone
	Rung    int    // 0: full quality; 1: for viewers whose network is too slow for that
	// MinBitrate and MaxBitrate bound the encoder in bits a second; RungBitrates gives good ones. With SetBitrate it follows the median of
	// its viewers in between; without, it stays at MaxBitrate, which then only says what the rung takes.
	MinBitrate, MaxBitrate int
	SetBitrate             func(bitsPerSecond int)
	RequestKeyFrame        func() // asks the encoder for a key frame soon, twice a second at most; nil: the Control's
	// Fixed says that the frames come from a camera's own encoder, which nobody can ask for anything: a newcomer gets all frames since the
	// newest key frame, and who has lost some waits for the next one. It goes without SetBitrate and Watched.
	Fixed bool
	// Watched is told when the first viewer comes, also from another variant, and when the last one has gone, so that the encoder may
	// rest meanwhile; nil: it never rests. It must not call the stream.
	Watched func(watched bool)
}

// checkVariants fills in the zero fields, and makes sure that each variant stands once and every overlay begins at rung 0.
func checkVariants(o StreamOptions) ([]Variant, error) {
	all := append([]Variant(nil), o.Variants...)
	if len(all) == 0 {
		all = []Variant{{}}
	}
	type place struct {
		overlay string
		rung    int
	}
	seen := map[place]bool{}
	for i := range all {
		v := &all[i]
		if v.Overlay == "" {
			v.Overlay = OverlayBurned
		}
		if v.RequestKeyFrame == nil {
			v.RequestKeyFrame = o.Control.RequestKeyFrame
		}
		at := place{v.Overlay, v.Rung}
		switch {
		case v.Overlay != OverlayBurned && v.Overlay != OverlayNone:
			return nil, fmt.Errorf("%w: stream %s: overlay %q: use %s or %s", ErrConfig, o.Name, v.Overlay, OverlayBurned, OverlayNone)
		case seen[at] || v.Rung < 0 || v.Rung > 1:
			return nil, fmt.Errorf("%w: stream %s: %s rung %d: use rungs 0 and 1, each once an overlay", ErrConfig, o.Name, v.Overlay, v.Rung)
		case v.Rung > 0 && !seen[place{v.Overlay, v.Rung - 1}]:
			return nil, fmt.Errorf("%w: stream %s: %s rung %d comes before rung %d", ErrConfig, o.Name, v.Overlay, v.Rung, v.Rung-1)
		case v.SetBitrate != nil && (v.MinBitrate <= 0 || v.MinBitrate > v.MaxBitrate), v.Rung > 0 && v.MaxBitrate <= 0:
			return nil, fmt.Errorf("%w: stream %s: %s rung %d: bitrates %d to %d", ErrConfig, o.Name, v.Overlay, v.Rung, v.MinBitrate, v.MaxBitrate)
		case v.Fixed && (v.SetBitrate != nil || v.Watched != nil):
			return nil, fmt.Errorf("%w: stream %s: %s rung %d is fixed: it has no bitrate to set, and never rests", ErrConfig, o.Name, v.Overlay, v.Rung)
		}
		seen[at] = true
	}
	return all, nil
}
