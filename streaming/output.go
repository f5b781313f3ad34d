package streaming

import (
	"sync"
	"time"

	"github.com/pion/rtp"
)

// Output takes the encoded frames of one variant of a stream, and has its viewers. Its fields are guarded by Stream.mu
// where nothing else is said.
type Output struct {
	stream  *Stream
	variant Variant
	keys    *keyFrames
	cut     rtp.Payloader
	wrote   time.Duration // of WriteSample: the time so far

	key     *frame // newest key frame; nil until there was one
	group   group  // of a Fixed variant: what a newcomer needs to go on without a new key frame
	keyed   time.Time
	stale   bool // frames have followed key
	viewers map[*viewer]struct{}
	coming  map[*viewer]*Output // who goes over with the next key frame, and where he watches until then
	bitrate int                 // that the encoder was told
	rated   time.Time           // when that was last looked at

	telling sync.Mutex // taken before Stream.mu: Watched hears of changes in their order
	told    bool       // what Watched was told last; guarded by telling
}

// staleKey is how old the newest key frame of an encoder that rests may be for a newcomer to see it.
const staleKey = 2 * time.Second

// tell tells Watched whether there are viewers, if that has changed. No lock is held.
func (o *Output) tell() {
	if o.variant.Watched == nil {
		return
	}
	o.telling.Lock()
	defer o.telling.Unlock()
	o.stream.mu.Lock()
	watched := len(o.viewers)+len(o.coming) > 0
	o.stream.mu.Unlock()
	if watched != o.told {
		o.told = watched
		o.variant.Watched(watched)
	}
}

func newOutput(st *Stream, v Variant) *Output {
	return &Output{
		stream: st, variant: v, keys: &keyFrames{ask: v.RequestKeyFrame, closed: v.Fixed}, cut: newPayloader(st.options.Codec),
		viewers: map[*viewer]struct{}{}, coming: map[*viewer]*Output{}, bitrate: v.MaxBitrate,
	}
}

// WriteFrame sends one encoded frame to the variant's viewers; data is not kept. pts is the source's time of the picture, the same in
// all variants; when it jumps by more than ten seconds the source has started over. It never waits for a viewer.
func (o *Output) WriteFrame(data []byte, pts time.Duration, keyframe bool) {
	if keyframe {
		o.keys.sent()
	}
	needKey, left := o.write(data, pts, keyframe)
	if needKey {
		o.keys.requestSlow()
	}
	for _, from := range left {
		from.tell()
	}
}

// write returns true when a viewer has lost frames and needs a key frame, and the variants that viewers have left for this one.
func (o *Output) write(data []byte, pts time.Duration, keyframe bool) (needKey bool, left []*Output) {
	st := o.stream
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.closed {
		return false, nil
	}
	timestamp := st.clock.advance(pts)
	if !keyframe {
		o.stale = true
		if len(o.viewers) == 0 && !o.variant.Fixed {
			return false, nil
		}
	}
	f := packetize(o.cut, data, timestamp, keyframe)
	if f == nil {
		return false, nil
	}
	if keyframe {
		o.key, o.keyed, o.stale = f, time.Now(), false
		left = o.welcome()
	}
	if o.variant.Fixed {
		o.group.add(f)
	}
	for v := range o.viewers {
		needKey = v.push(f) || needKey
	}
	return needKey, left
}

// welcome takes the viewers over that wait for a key frame of this variant, and returns where they were; mu is held.
func (o *Output) welcome() (left []*Output) {
	for v, from := range o.coming {
		left = append(left, from)
		delete(from.viewers, v)
		delete(o.coming, v)
		o.viewers[v] = struct{}{}
	}
	return left
}

// attach lets a viewer take part. He sees the newest key frame at once, and goes on with the next one, which is asked for. Where none
// can be asked for, he gets all frames since the newest, and catches up.
func (o *Output) attach(v *viewer) {
	st := o.stream
	st.mu.Lock()
	o.viewers[v] = struct{}{}
	resting := o.variant.Watched != nil && time.Since(o.keyed) > staleKey
	live := o.key != nil && !o.stale && !resting
	switch {
	case o.variant.Fixed:
		v.catchUp(o.group.squeezed())
		live = true
	case o.key != nil && !resting:
		// With its own time the picture would look long overdue, and the player would run behind from then on.
		v.push(o.key.at(st.clock.now()))
	}
	if !live {
		v.await()
	}
	st.mu.Unlock()
	o.tell()
	if !live {
		o.keys.request()
	}
}

// move lets a viewer go over to another variant with that one's next key frame, or, to the one that he watches, stay. The other one's
// encoder makes what his network takes by then: what it made last may be too much for it.
func (o *Output) move(v *viewer, to *Output) {
	st := o.stream
	st.mu.Lock()
	_, watches := o.viewers[v]
	var left []*Output
	for _, other := range st.outputs {
		if _, ok := other.coming[v]; ok {
			delete(other.coming, v)
			left = append(left, other)
		}
	}
	if watches && to != o {
		to.coming[v] = o
	}
	st.mu.Unlock()
	if watches && to != o {
		to.adjust(time.Now())
		to.tell()
		to.keys.request()
	}
	for _, other := range left {
		other.tell()
	}
}
