package live

import "time"

// Look is what one inference leaves on the screen until the next.
type Look struct {
	PTS     time.Duration `json:"ptsNs"` // of the frame that its heat belongs to
	At      time.Duration `json:"atNs"`  // of the frame on screen when it was there
	Prompts []Shown       `json:"prompts"`
}

// Shown is one prompt of a look.
type Shown struct {
	Score float64     `json:"score"`
	Peak  float64     `json:"peak"` // greatest cosine of a place of the newest frame
	Seen  bool        `json:"seen"`
	Point *[2]float64 `json:"point"` // x, y in 0..1 of the frame; nil: the heat is the same everywhere
}
