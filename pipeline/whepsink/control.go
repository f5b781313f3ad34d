package whepsink

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
	"github.com/go-gst/go-gst/pkg/gstvideo"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/element/overlay"
	"github.com/videogem/videogem/pipeline"
	"github.com/videogem/videogem/streaming"
)

// control implements streaming.Control with the elements of the line. Its lock is a leaf.
type control struct {
	pad gst.Pad // the sink's
	out gstapp.AppSink

	mu       sync.Mutex
	state    string
	frames   uint64
	arrivals []time.Time // of the frames of the last second
}

func newControl(pad gst.Pad, out gstapp.AppSink) *control {
	return &control{pad: pad, out: out, state: streaming.StateStarting}
}

func (c *control) begin() { c.setState(streaming.StateStarting) }
func (c *control) end()   { c.setState(streaming.StateEnded) }

func (c *control) setState(state string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = state
}

// frameOut counts an encoded frame.
func (c *control) frameOut(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = streaming.StateRunning
	c.frames++
	c.arrivals = append(c.trimmed(now), now)
}

// trimmed are the arrivals of the last second; mu is held.
func (c *control) trimmed(now time.Time) []time.Time {
	return slices.DeleteFunc(c.arrivals, func(t time.Time) bool { return now.Sub(t) > time.Second })
}

// grounding finds the videogem element before the sink, in the same line; nil for none.
func (c *control) grounding() gst.Element {
	const farthest = 100 // elements: a loop is no line
	pad := c.pad
	for range farthest {
		peer := pad.GetPeer()
		if peer == nil {
			return nil
		}
		e := peer.GetParentElement()
		if e == nil {
			return nil
		}
		if f := e.GetFactory(); f != nil && f.GetName() == element.Name {
			return e
		}
		if pad = e.GetStaticPad("sink"); pad == nil {
			return nil
		}
	}
	return nil
}

// Status is what the page shows.
func (c *control) Status() streaming.Status {
	c.mu.Lock()
	c.arrivals = c.trimmed(time.Now())
	s := streaming.Status{State: c.state, FPS: float64(len(c.arrivals)), FramesOut: c.frames}
	c.mu.Unlock()
	if caps := c.pad.GetCurrentCaps(); caps != nil {
		if info, err := gstshim.ParseCaps(caps); err == nil {
			s.Width, s.Height = info.Width, info.Height
		}
	}
	if gem := c.grounding(); gem != nil {
		s.Model, _ = gem.ObjectProperty("model").(string)
		text, _ := gem.ObjectProperty("prompts").(string)
		for i, p := range element.SplitPrompts(text) {
			s.Prompts = append(s.Prompts, streaming.PromptStatus{Text: p, Color: overlay.PromptColor(i).String()})
		}
	}
	return s
}

// SetPrompts replaces the prompts of the videogem element before the sink.
func (c *control) SetPrompts(_ context.Context, prompts []string) error {
	gem := c.grounding()
	if gem == nil {
		return fmt.Errorf("%w: no videogem element stands before this sink", streaming.ErrBadRequest)
	}
	if err := pipeline.CheckPrompts(prompts); err != nil {
		return fmt.Errorf("%w: %w", streaming.ErrBadRequest, err)
	}
	gem.SetObjectProperty("prompts", element.JoinPrompts(prompts))
	return nil
}

// RequestKeyFrame asks the encoder for a key frame.
func (c *control) RequestKeyFrame() {
	c.out.SendEvent(gstvideo.VideoEventNewUpstreamForceKeyUnit(gst.ClockTimeNone, true, 0))
}
