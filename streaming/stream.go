package streaming

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/videogem/videogem/streaming/heat"
)

// Stream is one video, in one variant or several, and its viewers.
//
// Lock order: Server.mu, Stream.asking, Output.telling, Stream.mu, viewer.mu. The Control and the variants' functions are never called with
// Stream.mu held.
type Stream struct {
	options  StreamOptions
	server   *Server
	log      *slog.Logger
	outputs  []*Output
	sessions *sessions

	asking sync.Mutex // the Control hears of viewers' prompts in their order

	mu     sync.Mutex
	closed bool
	clock  clock
	own    ownPrompts
}

func newStream(server *Server, o StreamOptions) *Stream {
	st := &Stream{
		options: o, server: server, log: server.config.Logger.With("stream", o.Name), sessions: newSessions(server), clock: newClock(), own: newOwnPrompts(o.MaxViewerPrompts),
	}
	for _, v := range o.Variants {
		st.outputs = append(st.outputs, newOutput(st, v))
	}
	return st
}

// Output is the variant with that overlay and rung, or nil.
func (st *Stream) Output(overlay string, rung int) *Output {
	for _, o := range st.outputs {
		if o.variant.Overlay == overlay && o.variant.Rung == rung {
			return o
		}
	}
	return nil
}

// choose returns the variant that a viewer with that wish begins with, or nil. Without a wish he gets the first one.
func (st *Stream) choose(wish string) *Output {
	switch wish {
	case "":
		return st.outputs[0]
	case OverlayClient:
		return st.Output(OverlayNone, 0)
	default:
		return st.Output(wish, 0)
	}
}

// WriteSample sends one encoded frame of the first variant, for sources that know only how long their frames last: duration is the time
// since the last frame.
func (st *Stream) WriteSample(data []byte, duration time.Duration, keyframe bool) {
	o := st.outputs[0]
	st.mu.Lock()
	o.wrote += max(duration, 0)
	pts := o.wrote
	st.mu.Unlock()
	o.WriteFrame(data, pts, keyframe)
}

// WriteHeat sends what was found in the frame with that pts to the viewers who draw it themselves; the message's Timestamp and Age are
// filled in. Prompts that are a viewer's own (heat.Prompt.Own) go to those viewers only who asked for them. A viewer who still has
// older heat to take loses that. An error wraps heat.ErrMessage.
func (st *Stream) WriteHeat(pts time.Duration, m heat.Message) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	m.Timestamp, m.Age = st.clock.at(pts), st.clock.age(pts)
	all := m.Prompts
	m.Prompts = ownOf(all, nil)
	common, err := m.Append(nil)
	if err != nil {
		return fmt.Errorf("stream %s: %w", st.options.Name, err)
	}
	for _, o := range st.outputs {
		for v := range o.viewers {
			b := common
			if v.heat == nil {
				continue
			}
			if own := st.own.of(v); len(own) > 0 {
				m.Prompts = ownOf(all, own)
				if b, err = m.Append(nil); err != nil {
					return fmt.Errorf("stream %s: %w", st.options.Name, err)
				}
			}
			v.pushHeat(b)
		}
	}
	return nil
}

// overlays are what viewers may ask for, the default first; nil when heat in the picture is all there is.
func (st *Stream) overlays() []string {
	var all []string
	for _, o := range st.outputs {
		switch {
		case o.variant.Rung > 0:
		case o.variant.Overlay == OverlayNone:
			all = append(all, OverlayClient, OverlayNone)
		default:
			all = append(all, OverlayBurned)
		}
	}
	if len(all) == 1 && all[0] == OverlayBurned {
		return nil
	}
	return all
}

// detach ends a viewer's part, for good.
func (st *Stream) detach(v *viewer) {
	st.mu.Lock()
	v.gone = true
	for _, o := range st.outputs {
		delete(o.viewers, v)
		delete(o.coming, v)
	}
	st.mu.Unlock()
	for _, o := range st.outputs {
		o.tell()
	}
	_ = st.setOwn(v, nil) // where there are none, none are left
}

// watched returns the variant that a viewer watches, or nil.
func (st *Stream) watched(v *viewer) *Output {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, o := range st.outputs {
		if _, ok := o.viewers[v]; ok {
			return o
		}
	}
	return nil
}

// ready tells whether there is a live picture to show, or will be once somebody watches. Whether the source is there is the Control's to
// say: the newest key frame may be of one that has gone, and an encoder that nobody watches rests.
func (o *Output) ready(state string) bool {
	if state != StateRunning && state != StateDegraded {
		return false
	}
	o.stream.mu.Lock()
	defer o.stream.mu.Unlock()
	return o.key != nil || o.variant.Watched != nil
}

// Viewers is how many peers watch now.
func (st *Stream) Viewers() int {
	st.mu.Lock()
	defer st.mu.Unlock()
	n := 0
	for _, o := range st.outputs {
		n += len(o.viewers)
	}
	return n
}

// status is the Control's, completed.
func (st *Stream) status() Status {
	s := st.options.Control.Status()
	s.Name = st.options.Name
	if s.Title == "" {
		s.Title = s.Name
	}
	s.Viewers = st.Viewers()
	s.Overlays = st.overlays()
	s.NoFirefox = st.server.NoFirefox()
	return s.jsonSafe()
}

// Close ends the stream and its sessions, and waits for them.
func (st *Stream) Close() {
	st.server.removeStream(st)
	st.mu.Lock()
	st.closed = true
	st.mu.Unlock()
	for _, o := range st.outputs {
		o.keys.close()
	}
	st.sessions.close("stream closed")
}
