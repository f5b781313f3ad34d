package streaming

import (
	"fmt"
	"sync/atomic"
	"time"
)

// IngestOptions configure an Ingest.
type IngestOptions struct {
	Name string // in addresses, as of a stream
	// OnFrame gets each frame that is whole and can be decoded, in order and from one goroutine at a time. What is slow there loses
	// packets at the socket.
	OnFrame func(IngestFrame)
	// OnLive is told when a publisher's first frame is there, and when he has gone; nil: nobody is told.
	OnLive func(live bool)
}

// IngestFrame is one encoded picture of a publisher.
type IngestFrame struct {
	Codec string        // CodecVP8, or CodecH264 in Annex B
	Data  []byte        // the receiver's
	PTS   time.Duration // since the publisher's first frame
	Key   bool
}

// Ingest takes a video that somebody publishes by WHIP (RFC 9725), one publisher at a time, at /whip/ and its name.
type Ingest struct {
	options  IngestOptions
	server   *Server
	sessions *sessions
	now      atomic.Pointer[publishing] // nil: nobody
}

// AddIngest makes an ingest known. An error wraps ErrConfig.
func (s *Server) AddIngest(o IngestOptions) (*Ingest, error) {
	if err := checkName(o.Name); err != nil {
		return nil, err
	}
	if o.OnFrame == nil {
		return nil, fmt.Errorf("%w: ingest %s has nobody to take its frames", ErrConfig, o.Name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ingests[o.Name] != nil {
		return nil, fmt.Errorf("%w: there is an ingest %q already", ErrConfig, o.Name)
	}
	i := &Ingest{options: o, server: s, sessions: newSessions(s)}
	i.sessions.most = 1
	s.ingests[o.Name] = i
	return i, nil
}

// RequestKeyFrame asks the publisher for a key frame, if there is one.
func (i *Ingest) RequestKeyFrame() {
	if p := i.now.Load(); p != nil {
		p.askKey()
	}
}

// Close ends the ingest and its publisher's session, and waits.
func (i *Ingest) Close() {
	i.server.mu.Lock()
	if i.server.ingests[i.options.Name] == i {
		delete(i.server.ingests, i.options.Name)
	}
	i.server.mu.Unlock()
	i.sessions.close("ingest closed")
}
