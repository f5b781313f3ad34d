package streaming

import (
	"log/slog"
	"sync"
	"time"
)

// Stream is one encoded video and its viewers.
//
// Lock order: Server.mu, Stream.mu, viewer.mu. The Control is never called with a lock held.
type Stream struct {
	options StreamOptions
	server  *Server
	keys    *keyFrames
	log     *slog.Logger

	mu        sync.Mutex
	closed    bool
	cut       *packetizer
	timestamp uint32 // of the newest frame
	key       *frame // newest key frame; nil until there was one
	stale     bool   // frames have followed key
	viewers   map[*viewer]struct{}
	sessions  map[string]*session
}

func newStream(server *Server, o StreamOptions) *Stream {
	return &Stream{
		options:  o,
		server:   server,
		keys:     &keyFrames{ask: o.Control.RequestKeyFrame},
		log:      server.config.Logger.With("stream", o.Name),
		cut:      newPacketizer(o.Codec),
		viewers:  map[*viewer]struct{}{},
		sessions: map[string]*session{},
	}
}

// WriteSample sends one encoded frame to all viewers; data is not kept. duration is the time since the stream's last frame.
// It never waits for a viewer.
func (st *Stream) WriteSample(data []byte, duration time.Duration, keyframe bool) {
	if keyframe {
		st.keys.sent()
	}
	if st.write(data, duration, keyframe) {
		st.keys.request()
	}
}

// write returns true when a viewer has lost frames and needs a key frame.
func (st *Stream) write(data []byte, duration time.Duration, keyframe bool) (needKey bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.closed {
		return false
	}
	st.timestamp = st.cut.advance(duration)
	if !keyframe {
		st.stale = true
		if len(st.viewers) == 0 {
			return false
		}
	}
	f := st.cut.packetize(data, st.timestamp, keyframe)
	if f == nil {
		return false
	}
	if keyframe {
		st.key, st.stale = f, false
	}
	for v := range st.viewers {
		needKey = v.push(f) || needKey
	}
	return needKey
}

// attach lets a viewer take part. He sees the newest key frame at once, and goes on with the next one, which is asked for.
func (st *Stream) attach(v *viewer) {
	st.mu.Lock()
	st.viewers[v] = struct{}{}
	live := st.key != nil && !st.stale
	if st.key != nil {
		// With its own time the picture would look long overdue, and the player would run behind from then on.
		v.push(st.key.at(st.timestamp))
	}
	if !live {
		v.await()
	}
	st.mu.Unlock()
	if !live {
		st.keys.request()
	}
}

func (st *Stream) detach(v *viewer) {
	st.mu.Lock()
	defer st.mu.Unlock()
	delete(st.viewers, v)
}

// ready tells whether there is a picture to show.
func (st *Stream) ready() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.key != nil
}

// addSession makes a session known; false when the stream is closed.
func (st *Stream) addSession(s *session) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.closed {
		return false
	}
	st.sessions[s.id] = s
	return true
}

func (st *Stream) session(id string) *session {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.sessions[id]
}

func (st *Stream) removeSession(id string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	delete(st.sessions, id)
}

// Viewers is how many peers watch now.
func (st *Stream) Viewers() int {
	st.mu.Lock()
	defer st.mu.Unlock()
	return len(st.viewers)
}

// status is the Control's, completed.
func (st *Stream) status() Status {
	s := st.options.Control.Status()
	s.Name = st.options.Name
	if s.Title == "" {
		s.Title = st.options.Title
	}
	s.Viewers = st.Viewers()
	return s.jsonSafe()
}

// Close ends the stream and its sessions, and waits for them.
func (st *Stream) Close() error {
	st.server.removeStream(st)
	st.mu.Lock()
	st.closed = true
	sessions := make([]*session, 0, len(st.sessions))
	for _, s := range st.sessions {
		sessions = append(sessions, s)
	}
	st.mu.Unlock()
	st.keys.close()
	for _, s := range sessions {
		s.end("stream closed")
	}
	for _, s := range sessions {
		<-s.done
	}
	return nil
}
