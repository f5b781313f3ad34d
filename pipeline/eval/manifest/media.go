package manifest

import (
	"fmt"
	"math"

	"github.com/videogem/videogem/pipeline/democam"
)

// Kind is where a sample's frames come from.
type Kind string

// The kinds of media.
const (
	Images Kind = "images" // picture files, one a frame
	Video  Kind = "video"  // frames of a video file
	Demo   Kind = "demo"   // a clip that the demo camera draws
)

// maxFrames bounds a sample's frames.
const maxFrames = 1024

// Media is what is seen. Only the fields of its kind are set.
type Media struct {
	Kind Kind `json:"kind"`

	Paths []string `json:"paths,omitempty"` // images: one a frame, in order of time; one alone is a still picture

	// Of a video: its file, and either times of its frames in seconds, or their numbers counted from 0 in order of presentation. A
	// time or number below 0, or one behind the end, is a missing frame.
	Path         string    `json:"path,omitempty"`
	Times        []float64 `json:"times,omitempty"`
	FrameNumbers []int     `json:"frame_numbers,omitempty"`

	Clip *Clip `json:"clip,omitempty"` // demo
}

// Frames is the number of frames.
func (m *Media) Frames() int {
	switch {
	case m.Kind == Images:
		return len(m.Paths)
	case m.Kind == Demo && m.Clip != nil:
		return m.Clip.Frames
	default:
		return max(len(m.Times), len(m.FrameNumbers))
	}
}

func (m *Media) validate() error {
	ofImages, ofVideo, ofDemo := len(m.Paths) > 0, m.Path != "" || len(m.Times)+len(m.FrameNumbers) > 0, m.Clip != nil
	switch m.Kind {
	case Images:
		if !ofImages || ofVideo || ofDemo {
			return fmt.Errorf("media: images have paths and nothing else")
		}
		for i, p := range m.Paths {
			if p == "" {
				return fmt.Errorf("media: path %d is empty", i)
			}
		}
	case Video:
		if m.Path == "" || ofImages || ofDemo || (len(m.Times) == 0) == (len(m.FrameNumbers) == 0) {
			return fmt.Errorf("media: a video has a path, either times or frame_numbers, and nothing else")
		}
		for i, t := range m.Times {
			if math.IsNaN(t) || math.IsInf(t, 0) {
				return fmt.Errorf("media: time %d is no number", i)
			}
		}
	case Demo:
		if !ofDemo || ofImages || ofVideo {
			return fmt.Errorf("media: demo has a clip and nothing else")
		}
		if _, err := m.Clip.Config(); err != nil {
			return fmt.Errorf("media: %w", err)
		}
	default:
		return fmt.Errorf("media: kind %q, want %s, %s or %s", m.Kind, Images, Video, Demo)
	}
	if n := m.Frames(); n > maxFrames {
		return fmt.Errorf("media: %d frames, at most %d are read", n, maxFrames)
	}
	return nil
}

// Clip is a clip of the demo camera: a seed and the settings of [democam.ClipConfig].
type Clip struct {
	Seed      uint64          `json:"seed"`
	Width     int             `json:"width"`
	Height    int             `json:"height"`
	Frames    int             `json:"frames"`
	Span      float64         `json:"span"`
	Aspect    float64         `json:"aspect,omitempty"` // 0 draws one
	Actors    string          `json:"actors"`           // a mix, as [democam.ParseMix] reads it
	Ease      float64         `json:"ease"`
	MinHeight float64         `json:"min_height"`
	MaxHeight float64         `json:"max_height"`
	Variety   democam.Variety `json:"variety,omitzero"`
	Shuffle   bool            `json:"shuffle,omitempty"` // all frames but the one in the middle are put out of order, by the seed
}

// NewClip describes a clip. actors is config.Actors as text.
func NewClip(seed uint64, c democam.ClipConfig, actors string) *Clip {
	return &Clip{
		Seed: seed, Width: c.Width, Height: c.Height, Frames: c.Frames, Span: c.Span, Aspect: c.Aspect,
		Actors: actors, Ease: c.Ease, MinHeight: c.MinHeight, MaxHeight: c.MaxHeight, Variety: c.Variety,
	}
}

// Config gives what [democam.Clip] wants beside the seed. Errors wrap [democam.ErrConfig].
func (c *Clip) Config() (democam.ClipConfig, error) {
	mix, err := democam.ParseMix(c.Actors)
	if err != nil {
		return democam.ClipConfig{}, err
	}
	return democam.ClipConfig{
		Width: c.Width, Height: c.Height, Frames: c.Frames, Span: c.Span, Aspect: c.Aspect,
		Actors: mix, Ease: c.Ease, MinHeight: c.MinHeight, MaxHeight: c.MaxHeight, Variety: c.Variety,
	}, nil
}

// Order is the order in which the clip's frames are shown.
func (c *Clip) Order() []int {
	if c.Shuffle {
		return democam.ShuffledOrder(c.Seed, c.Frames, c.Frames/2)
	}
	order := make([]int, c.Frames)
	for i := range order {
		order[i] = i
	}
	return order
}
