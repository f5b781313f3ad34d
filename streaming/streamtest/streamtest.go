// Package streamtest is the client's side of WHEP and WHIP on pion, for tests and measurements.
package streamtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// ErrRefused means that an endpoint did not answer with 201 (RFC 9725 section 4.2); its text has what it said.
var ErrRefused = errors.New("the endpoint refuses the offer")

// NewViewer makes a connection that asks for one video. take gets it when it comes, on a goroutine of its own; api nil is pion with what it
// has by default, on loopback addresses too.
func NewViewer(api *webrtc.API, c webrtc.Configuration, take func(*webrtc.TrackRemote)) (*webrtc.PeerConnection, error) {
	if api == nil {
		var settings webrtc.SettingEngine
		settings.SetIncludeLoopbackCandidate(true)
		api = webrtc.NewAPI(webrtc.WithSettingEngine(settings))
	}
	pc, err := api.NewPeerConnection(c)
	if err != nil {
		return nil, fmt.Errorf("viewer: %w", err)
	}
	_, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("viewer: %w", err), pc.Close())
	}
	pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { take(t) })
	return pc, nil
}

// EachPacket returns what takes a video for NewViewer: it calls f with every packet until there are no more.
func EachPacket(f func(*webrtc.TrackRemote, *rtp.Packet)) func(*webrtc.TrackRemote) {
	return func(t *webrtc.TrackRemote) {
		for {
			p, _, err := t.ReadRTP()
			if err != nil {
				return
			}
			f(t, p)
		}
	}
}

// Offer makes an offer without candidates: the server learns by the first packet where its peer is.
func Offer(pc *webrtc.PeerConnection) (string, error) {
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		return "", fmt.Errorf("offer: %w", err)
	}
	if err := pc.SetLocalDescription(offer); err != nil {
		return "", fmt.Errorf("offer: %w", err)
	}
	return offer.SDP, nil
}

// FullOffer makes an offer with all candidates.
func FullOffer(ctx context.Context, pc *webrtc.PeerConnection) (string, error) {
	gathered := webrtc.GatheringCompletePromise(pc)
	if _, err := Offer(pc); err != nil {
		return "", err
	}
	select {
	case <-gathered:
		return pc.LocalDescription().SDP, nil
	case <-ctx.Done():
		return "", fmt.Errorf("offer: candidates: %w", ctx.Err())
	}
}

// Answer takes an endpoint's answer.
func Answer(pc *webrtc.PeerConnection, sdp string) error {
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp}); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}

// Exchange makes an offer with all candidates, posts it to a WHEP or WHIP endpoint, and takes the answer. client nil is http.DefaultClient.
// An error wraps ErrRefused where the endpoint said no.
func Exchange(ctx context.Context, client *http.Client, pc *webrtc.PeerConnection, url string) error {
	if client == nil {
		client = http.DefaultClient
	}
	offer, err := FullOffer(ctx, pc)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(offer))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/sdp")
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusCreated {
		return fmt.Errorf("%w: %s: %s: %s", ErrRefused, url, response.Status, body)
	}
	return Answer(pc, string(body))
}
