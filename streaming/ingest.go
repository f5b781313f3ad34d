package streaming

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/videogem/videogem/streaming/auth"
)

// IngestOptions configure an Ingest.
type IngestOptions struct {
	Name string // in addresses, as of a stream
	// OnFrame gets each frame that is whole and can be decoded, in order. What is slow there loses packets at the socket.
	OnFrame func(IngestFrame)
	// OnLive is told when a publisher's first frame is there, and when he has gone; nil: nobody is told. Neither function is called while
	// the other, or the same, still runs, and between two publishers OnLive hears that the first has gone.
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

	telling sync.Mutex                 // held while the options' functions run
	now     atomic.Pointer[publishing] // whose frames are taken; nil: nobody. Changed with telling held
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

// makeRoom finds out whether somebody may publish now. instead is the session whose place goes to it; nil: the place is free. An error wraps
// errBusy.
//
// A publisher that has crashed comes back long before its old connection is found out to be dead. It is known by its token, and has its place
// at once. Where there are no tokens nobody is known, and nobody may push a publisher aside: the place goes to who asks from the address of
// a publisher that gives no sign of life while it is watched.
func (i *Ingest) makeRoom(ctx context.Context, from netip.Prefix, asks *auth.Principal) (instead *session, err error) {
	old := i.sessions.one()
	switch {
	case old == nil:
		return nil, nil
	case i.server.config.Auth != nil && old.holder.ID == asks.ID, i.server.config.Auth == nil && old.from == from && old.silent(ctx):
		return old, nil
	}
	return nil, errBusy
}

// deliver hands a frame of a publisher on. His first one makes him the publisher: who was it before has left, and is still being taken
// down.
func (i *Ingest) deliver(p *publishing, f IngestFrame) {
	i.telling.Lock()
	defer i.telling.Unlock()
	if p.over {
		return
	}
	if i.now.Load() != p {
		i.endNow()
		i.now.Store(p)
		i.tell(true)
	}
	i.options.OnFrame(f)
}

// leave says that no more frames come from a publisher.
func (i *Ingest) leave(p *publishing) {
	i.telling.Lock()
	defer i.telling.Unlock()
	if i.now.Load() == p {
		i.endNow()
	}
}

// endNow ends the present publisher's part, if there is one; telling is held.
func (i *Ingest) endNow() {
	if p := i.now.Load(); p != nil {
		p.over = true
		i.now.Store(nil)
		i.tell(false)
	}
}

// tell is with telling held.
func (i *Ingest) tell(live bool) {
	if i.options.OnLive != nil {
		i.options.OnLive(live)
	}
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
