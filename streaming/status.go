package streaming

import (
	"context"
	"errors"
	"math"
	"time"
)

// ErrBadRequest marks errors of a Control that are the viewer's doing; its text goes to the viewer with status 400.
var ErrBadRequest = errors.New("not accepted")

// Control is what a stream asks of its source. All methods may be called from several goroutines at once.
type Control interface {
	// Status is cheap: it is called a few times a second for each page that is open.
	Status() Status
	// SetPrompts replaces all prompts. Errors that wrap ErrBadRequest are shown to the viewer as his own.
	SetPrompts(ctx context.Context, prompts []string) error
	// RequestKeyFrame asks the encoder for a key frame soon. The stream calls it at most twice a second.
	RequestKeyFrame()
}

// The states of a stream.
const (
	StateStarting = "starting" // nothing to see yet
	StateWaiting  = "waiting"  // for a publisher; no failure
	StateRunning  = "running"
	StateDegraded = "degraded" // video without heat
	StateFailed   = "failed"   // the source is gone; the last picture stands
	StateEnded    = "ended"
)

// Status is what is known of a stream now; the API sends it as JSON.
type Status struct {
	Name        string         `json:"name"`
	Title       string         `json:"title"` // for people; empty: the name
	State       string         `json:"state"` // one of the State constants
	Error       string         `json:"error,omitempty"`
	Model       string         `json:"model"`
	Notice      string         `json:"notice,omitempty"` // an honest line about the model
	Threshold   *float64       `json:"threshold"`        // the model's calibrated score from which a prompt counts as there; nil: it is not calibrated
	Known       []string       `json:"known,omitempty"`  // prompts that the model is known to understand, for suggestions
	FPS         float64        `json:"fps"`              // frames a second that the server sends
	FramesIn    uint64         `json:"framesIn"`
	FramesOut   uint64         `json:"framesOut"`
	InferenceMs float64        `json:"inferenceMs"`
	Whip        string         `json:"whip,omitempty"` // path to publish the video to by WHIP; empty: it comes from elsewhere
	HeatAgeMs   float64        `json:"heatAgeMs"`      // how far the video has gone on since the frame the newest heat belongs to
	HeatPTS     time.Duration  `json:"heatPtsNs"`      // of the frame the newest heat belongs to
	Width       int            `json:"width"`
	Height      int            `json:"height"`
	Prompts     []PromptStatus `json:"prompts"`
	Viewers     int            `json:"viewers"`            // filled in by the stream, as are
	Overlays    []string       `json:"overlays,omitempty"` // what viewers may ask for, the default first; none: OverlayBurned
	// NoFirefox says why Firefox gets no video from here, as Server.NoFirefox does.
	NoFirefox string `json:"noFirefox,omitempty"`
}

// PromptStatus is one prompt and what was last found for it.
type PromptStatus struct {
	Text    string      `json:"text"`
	Score   float64     `json:"score"`           // cosine of clip and prompt
	Seen    *bool       `json:"seen"`            // it is there now, or not; nil: nobody knows, the model is not calibrated or nothing was found yet
	Color   string      `json:"color"`           // #rrggbb of its heat
	Point   *[2]float64 `json:"point,omitempty"` // hottest point x, y in 0..1 of the frame; nil when the heat is the same everywhere
	Warning string      `json:"warning,omitempty"`
}

// jsonSafe replaces what JSON cannot say: a nil list, and numbers that are none.
func (s Status) jsonSafe() Status {
	for _, f := range []*float64{&s.FPS, &s.InferenceMs, &s.HeatAgeMs} {
		*f = finite(*f)
	}
	prompts := make([]PromptStatus, len(s.Prompts))
	copy(prompts, s.Prompts)
	for i := range prompts {
		p := &prompts[i]
		p.Score = finite(p.Score)
		if p.Point != nil && (finite(p.Point[0]) != p.Point[0] || finite(p.Point[1]) != p.Point[1]) {
			p.Point = nil
		}
	}
	s.Prompts = prompts
	return s
}

func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}
