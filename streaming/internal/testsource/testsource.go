// Package testsource is a stand-in for a camera with a model: it plays a short VP8 clip to a stream in a loop, with made-up
// scores. The clip shows the demo camera's scene; it was rendered by this project and encoded with vpxenc.
package testsource

import (
	"bytes"
	"context"
	_ "embed" // the clip
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pion/webrtc/v4/pkg/media/ivfreader"

	"github.com/videogem/videogem/streaming"
)

//go:embed clip.ivf
var embedded []byte

// A ball that moves, from videotestsrc and openh264enc, with access unit delimiters.
//
//go:embed ball.h264
var ball []byte

// seen is the score from which a prompt counts as seen.
const seen = .1

// Frame is one encoded picture.
type Frame struct {
	Data []byte
	Key  bool
}

// Clip is a video of VP8 or H.264.
type Clip struct {
	Codec         string
	Width, Height int
	Duration      time.Duration // of one frame
	Frames        []Frame
}

// Embedded is the checked-in clip: 320x180, 15 frames a second, 2 s, a key frame each second.
func Embedded() (*Clip, error) { return Parse(embedded) }

// H264 is a checked-in clip in H.264, Annex B, of the same size, speed and length.
func H264() *Clip {
	c := &Clip{Codec: streaming.CodecH264, Width: 320, Height: 180, Duration: time.Second / 15}
	delimiter := []byte{0, 0, 0, 1, 9}
	for unit := range bytes.SplitSeq(ball, delimiter) {
		if len(unit) > 0 {
			unit = slices.Concat(delimiter, unit)
			c.Frames = append(c.Frames, Frame{Data: unit, Key: bytes.Contains(unit, []byte{0, 0, 1, 0x65})}) // a slice of an IDR picture
		}
	}
	return c
}

// Parse reads an IVF file.
func Parse(ivf []byte) (*Clip, error) {
	r, header, err := ivfreader.NewWith(bytes.NewReader(ivf))
	if err != nil {
		return nil, fmt.Errorf("clip: %w", err)
	}
	c := &Clip{
		Codec: streaming.CodecVP8, Width: int(header.Width), Height: int(header.Height),
		Duration: time.Second * time.Duration(header.TimebaseNumerator) / time.Duration(header.TimebaseDenominator),
	}
	for {
		data, _, err := r.ParseNextFrame()
		if errors.Is(err, io.EOF) {
			return c, nil
		}
		if err != nil {
			return nil, fmt.Errorf("clip: frame %d: %w", len(c.Frames), err)
		}
		c.Frames = append(c.Frames, Frame{Data: data, Key: len(data) > 0 && data[0]&1 == 0}) // RFC 6386 section 9.1
	}
}

// Source plays a clip and implements streaming.Control.
type Source struct {
	clip *Clip
	name string
	keys chan struct{} // one token: the next frame shall be a key frame

	mu       sync.Mutex
	status   streaming.Status
	asked    int
	failWith error
	began    time.Time
	viewers  []string // prompts of single viewers
	noHeat   bool
	unjudged bool                  // nobody says what is seen: the model is not calibrated
	places   map[string][2]float64 // of heat, by prompt
}

// New makes a source with two prompts.
func New(name string, clip *Clip) *Source {
	s := &Source{clip: clip, name: name, keys: make(chan struct{}, 1), began: time.Now(), places: map[string][2]float64{}}
	s.status = streaming.Status{
		Title: name, State: streaming.StateStarting, Model: "demo", Width: clip.Width, Height: clip.Height,
		FPS: float64(time.Second / clip.Duration), InferenceMs: 24,
	}
	s.status.Prompts = colored([]string{"a person carrying a box", "a person playing guitar"})
	return s
}

// Play writes frames at their pace until ctx ends, and heat for viewers who draw it.
func (s *Source) Play(ctx context.Context, st *streaming.Stream) {
	tick := time.NewTicker(s.clip.Duration)
	defer tick.Stop()
	out := st.Output(streaming.OverlayNone, 0)
	if out == nil {
		out = st.Output(streaming.OverlayBurned, 0)
	}
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		select {
		case <-s.keys:
			for !s.clip.Frames[i%len(s.clip.Frames)].Key {
				i++
			}
		default:
		}
		f := s.clip.Frames[i%len(s.clip.Frames)]
		pts := time.Since(s.began)
		out.WriteFrame(f.Data, pts, f.Key)
		s.count()
		if m, ok := s.heat(); ok && i%heatEvery == 0 {
			if err := st.WriteHeat(pts, m); err != nil {
				panic(err) // made up wrongly, above
			}
		}
	}
}

func (s *Source) count() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.FramesIn++
	s.status.FramesOut++
	if s.status.State == streaming.StateStarting {
		s.status.State = streaming.StateRunning
	}
}

// Edit changes what Status reports.
func (s *Source) Edit(f func(*streaming.Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.status)
}

// Unjudged makes the model one that is not calibrated: nobody says what is seen.
func (s *Source) Unjudged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unjudged = true
}

// FailWith makes SetPrompts fail with err; nil ends that.
func (s *Source) FailWith(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failWith = err
}

// KeyFrameRequests is how often a key frame was asked for.
func (s *Source) KeyFrameRequests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// Prompts are the prompts as last set.
func (s *Source) Prompts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var texts []string
	for _, p := range s.status.Prompts {
		texts = append(texts, p.Text)
	}
	return texts
}

// Status implements streaming.Control. Scores that Edit has not set move a little, as do ages, like real ones.
func (s *Source) Status() streaming.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.status
	st.Prompts = slices.Clone(st.Prompts)
	t := time.Since(s.began).Seconds()
	for i := range st.Prompts {
		if st.Prompts[i].Score == 0 {
			st.Prompts[i].Score = .22 - .05*float64(i%3) + .04*math.Sin(t/2+float64(i)*2)
		}
		if st.Prompts[i].Seen == nil && !s.unjudged {
			there := st.Prompts[i].Score >= seen
			st.Prompts[i].Seen = &there
		}
	}
	st.HeatPTS = time.Since(s.began).Truncate(200 * time.Millisecond)
	if st.State == streaming.StateRunning {
		st.HeatAgeMs = 120 + 60*math.Abs(math.Sin(t))
	}
	return st
}

// SetPrompts implements streaming.Control.
func (s *Source) SetPrompts(_ context.Context, prompts []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failWith != nil {
		return s.failWith
	}
	for _, p := range prompts {
		if strings.TrimSpace(p) == "" {
			return fmt.Errorf("%w: a prompt is empty", streaming.ErrBadRequest)
		}
	}
	s.status.Prompts = colored(prompts)
	return nil
}

// RequestKeyFrame implements streaming.Control.
func (s *Source) RequestKeyFrame() {
	s.mu.Lock()
	s.asked++
	s.mu.Unlock()
	select {
	case s.keys <- struct{}{}:
	default:
	}
}

func colored(texts []string) []streaming.PromptStatus {
	colors := []string{"#ff5a36", "#1ec8ff", "#ffc81e", "#c85aff", "#5ae65a", "#ff5ab4", "#3c78ff", "#e6e6e6"}
	prompts := make([]streaming.PromptStatus, len(texts))
	for i, t := range texts {
		prompts[i] = streaming.PromptStatus{Text: t, Color: colors[i%len(colors)]}
		if len(t) > 200 {
			prompts[i].Warning = "longer than the model reads: its end is ignored"
		}
	}
	return prompts
}
