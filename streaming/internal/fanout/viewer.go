package main

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"

	"github.com/videogem/videogem/streaming/streamtest"
)

// viewer is a peer that takes packets and nothing else.
type viewer struct {
	pc    *webrtc.PeerConnection
	first chan struct{} // closed with the first packet
	once  sync.Once

	answer, packet time.Duration // from the offer to the answer and to the first packet

	mu     sync.Mutex
	came   [1 << 12]time.Time // of the newest packets, by their numbers
	next   uint16
	begun  bool
	got    int
	sent   int       // by the packets' numbers
	made   time.Time // of the frame whose packets come in
	delays []time.Duration
}

func (v *viewer) open(ctx context.Context, api *webrtc.API, url string) (err error) {
	if v.pc, err = streamtest.NewViewer(api, webrtc.Configuration{}, v.read); err != nil {
		return err
	}
	began := time.Now()
	if err := streamtest.Exchange(ctx, nil, v.pc, url); err != nil {
		return err
	}
	v.answer = time.Since(began)
	select {
	case <-v.first:
		v.packet = time.Since(began)
		return nil
	case <-time.After(20 * time.Second):
		return errors.New("a viewer sees nothing")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// read takes the packets of a probe.
func (v *viewer) read(t *webrtc.TrackRemote) {
	b := make([]byte, 1500)
	var p rtp.Packet
	for {
		n, _, err := t.Read(b)
		if err != nil {
			return
		}
		if p.Unmarshal(b[:n]) == nil {
			v.time(p.Payload, p.SequenceNumber)
		}
	}
}

// count counts a packet that has come at a time.
func (v *viewer) count(number uint16, at time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.got++
	v.came[int(number)%len(v.came)] = at
	if !v.begun {
		v.begun, v.next = true, number
	}
	if ahead := int(int16(number - v.next)); ahead >= 0 { //nolint:gosec // sequence numbers wrap
		v.sent += ahead + 1
		v.next = number + 1
	}
	v.once.Do(func() { close(v.first) })
}

// time notes how long after its frame was made a packet came.
func (v *viewer) time(payload []byte, number uint16) {
	v.mu.Lock()
	defer v.mu.Unlock()
	var vp8 codecs.VP8Packet
	data, err := vp8.Unmarshal(payload)
	if err != nil {
		return
	}
	if vp8.S == 1 && len(data) > 18 {
		at := 1
		if data[0]&1 == 0 {
			at = 10
		}
		v.made = time.Unix(0, int64(binary.BigEndian.Uint64(data[at:]))) //nolint:gosec // a time
	}
	v.delays = append(v.delays, v.came[int(number)%len(v.came)].Sub(v.made))
}

func (v *viewer) reset() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.delays, v.got, v.sent = nil, 0, 0
}
