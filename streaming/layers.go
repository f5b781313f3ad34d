package streaming

import (
	"log/slog"
	"slices"
	"sync"
	"time"
)

// layerSilence is how long the layer that is taken may give no frame until another takes its place: senders leave out the large ones while the
// network is narrow.
const layerSilence = time.Second

// layers are the encodings that a publisher sends of its video: one, or several of different sizes (simulcast, RFC 8853). One of them is
// taken: the largest that comes. Which one that is only its pictures tell: some clients name the largest first, others last.
type layers struct {
	log *slog.Logger

	mu   sync.Mutex
	all  []*layer
	now  *layer        // the one that is taken; nil: none yet
	last time.Time     // when it gave a frame
	pts  time.Duration // of that frame
	base time.Duration // what is added to its times
}

// layer is one encoding.
type layer struct {
	rid           string // the sender's name for it; empty where there is one encoding only
	keys          *keyFrames
	width, height int // pixels, of the newest key frame
}

// add makes an encoding known.
func (s *layers) add(rid string, keys *keyFrames) *layer {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &layer{rid: rid, keys: keys}
	s.all = append(s.all, l)
	return l
}

// remove says that no more comes of an encoding, and tells whether it was the last.
func (s *layers) remove(l *layer) (last bool) {
	l.keys.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = slices.DeleteFunc(s.all, func(other *layer) bool { return other == l })
	if s.now == l {
		s.now = nil
	}
	return len(s.all) == 0
}

// current is the encoding that is taken; nil: none.
func (s *layers) current() *layer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// pick tells whether a frame, which came at now, is of the encoding that is taken; if so its time goes on from the frame before.
func (s *layers) pick(l *layer, f *IngestFrame, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Key {
		l.width, l.height = frameSize(f.Codec, f.Data)
	}
	if l != s.now {
		silent := s.now == nil || now.Sub(s.last) > layerSilence
		switch {
		case !silent && (!f.Key || l.width*l.height <= s.now.width*s.now.height):
			return false
		case !f.Key:
			l.keys.request()
			return false
		}
		s.take(l, f, now)
	}
	f.PTS += s.base
	s.pts, s.last = f.PTS, now
	return true
}

// take takes an encoding from its key frame f on; mu is held.
func (s *layers) take(l *layer, f *IngestFrame, now time.Time) {
	s.base = -f.PTS
	if !s.last.IsZero() {
		s.base += s.pts + max(now.Sub(s.last), time.Millisecond)
	}
	s.now = l
	if l.rid != "" {
		s.log.Info("taking one layer of the publisher's simulcast", "rid", l.rid, "width", l.width, "height", l.height, "layers", len(s.all))
	}
}

// report is what the log says at the end.
func (s *layers) report() []any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil || s.now.rid == "" {
		return nil
	}
	return []any{"layer", s.now.rid}
}
