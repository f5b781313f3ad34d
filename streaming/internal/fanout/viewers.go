package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
)

// load is a crowd of viewers.
type load struct {
	viewers []*viewer
}

// viewer is a peer that reads packets and nothing else.
type viewer struct {
	pc    *webrtc.PeerConnection
	first chan struct{} // closed with the first packet
	once  sync.Once

	answer, picture time.Duration // from the offer to the answer and to the first packet

	mu     sync.Mutex
	delays []time.Duration
	made   time.Time // of the frame whose packets come in
	next   uint16
	begun  bool
	got    int
	sent   int // by the packets' numbers
}

// summary is what a crowd saw.
type summary struct {
	p50, p95        time.Duration // of the packets' delay
	lost            float64
	answer, picture time.Duration // p95
}

// watch lets n viewers watch, and returns when all see packets.
func watch(ctx context.Context, url string, n int) (*load, error) {
	engine := &webrtc.MediaEngine{}
	if err := engine.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	api := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(settings)) // no interceptors
	l := &load{}
	for range n {
		l.viewers = append(l.viewers, &viewer{first: make(chan struct{})})
	}
	errs := make([]error, n)
	places := make(chan struct{}, 8) // so many at a time
	var group sync.WaitGroup
	for i, v := range l.viewers {
		group.Go(func() {
			places <- struct{}{}
			errs[i] = v.open(ctx, api, url)
			<-places
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
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
		v.picture = time.Since(began)
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

func (v *viewer) read(t *webrtc.TrackRemote) {
	b := make([]byte, 1500)
	var p rtp.Packet
	for {
		n, _, err := t.Read(b)
		if err != nil {
			return
		}
		if p.Unmarshal(b[:n]) == nil {
			v.take(&p, time.Now())
			v.once.Do(func() { close(v.first) })
		}
	}
}

// take counts a packet, and how long after its frame was made it came.
func (v *viewer) take(p *rtp.Packet, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.got++
	if !v.begun {
		v.begun, v.next = true, p.SequenceNumber
	}
	if ahead := int(int16(p.SequenceNumber - v.next)); ahead >= 0 { //nolint:gosec // sequence numbers wrap
		v.sent += ahead + 1
		v.next = p.SequenceNumber + 1
	}
	var vp8 codecs.VP8Packet
	data, err := vp8.Unmarshal(p.Payload)
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
	v.delays = append(v.delays, now.Sub(v.made))
}

func (l *load) reset() {
	for _, v := range l.viewers {
		v.mu.Lock()
		v.delays, v.got, v.sent = nil, 0, 0
		v.mu.Unlock()
	}
}

func (l *load) sum() summary {
	var all, answers, pictures []time.Duration
	got, sent := 0, 0
	for _, v := range l.viewers {
		answers, pictures = append(answers, v.answer), append(pictures, v.picture)
		v.mu.Lock()
		all = append(all, v.delays...)
		got, sent = got+v.got, sent+v.sent
		v.mu.Unlock()
	}
	if len(all) == 0 {
		return summary{lost: 1}
	}
	slices.Sort(all)
	slices.Sort(answers)
	slices.Sort(pictures)
	p95 := func(sorted []time.Duration) time.Duration { return sorted[len(sorted)*95/100] }
	return summary{
		p50: all[len(all)/2], p95: p95(all), lost: 1 - min(1, float64(got)/float64(sent)), answer: p95(answers), picture: p95(pictures),
	}
}

func (l *load) close() {
	var group sync.WaitGroup
	for _, v := range l.viewers {
		if v.pc != nil {
			group.Go(func() { _ = v.pc.Close() })
		}
	}
	group.Wait()
}
