package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
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
	if v.pc, err = api.NewPeerConnection(webrtc.Configuration{}); err != nil {
		return err
	}
	if _, err = v.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
		return err
	}
	v.pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { v.read(t) })
	began := time.Now()
	if err := exchange(ctx, v.pc, url); err != nil {
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

// exchange does offer and answer with a WHEP or WHIP endpoint, all candidates in the offer.
func exchange(ctx context.Context, pc *webrtc.PeerConnection, url string) error {
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		return err
	}
	<-gathered
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(pc.LocalDescription().SDP))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/sdp")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusCreated {
		return fmt.Errorf("%s: %s: %s", url, response.Status, body)
	}
	return pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: string(body)})
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
