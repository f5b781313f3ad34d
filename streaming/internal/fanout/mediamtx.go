package main

import (
	"context"
	"errors"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"

	"github.com/videogem/videogem/streaming/internal/mediamtx"
	"github.com/videogem/videogem/streaming/streamtest"
)

// startMediaMTX starts MediaMTX and publishes the stream to it by WHIP.
func startMediaMTX(ctx context.Context, path string) (*target, error) {
	m, err := mediamtx.Start(ctx, path, "paths:\n  all_others:\n")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	pc, err := publish(ctx, m.URL("live", "whip"))
	if err != nil {
		cancel()
		return nil, errors.Join(err, m.Close())
	}
	return &target{name: "MediaMTX", url: m.URL("live", "whep"), pid: m.PID, stop: func() error {
		cancel()
		return errors.Join(pc.Close(), m.Close())
	}}, nil
}

// publish sends the stream to a WHIP endpoint that may still be starting.
func publish(ctx context.Context, url string) (pc *webrtc.PeerConnection, err error) {
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "video", "live")
	if err != nil {
		return nil, err
	}
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	for range 50 {
		if pc, err = webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{}); err != nil {
			return nil, err
		}
		if _, err = pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
			return nil, err
		}
		connected := make(chan struct{})
		pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
			if s == webrtc.PeerConnectionStateConnected {
				close(connected)
			}
		})
		if err = streamtest.Exchange(ctx, nil, pc, url); err == nil {
			<-connected
			break
		}
		_ = pc.Close()
		time.Sleep(200 * time.Millisecond)
	}
	if err != nil {
		return nil, err
	}
	go play(ctx, nil, func(data []byte, _ bool) {
		_ = track.WriteSample(media.Sample{Data: data, Duration: time.Second / fps})
	})
	time.Sleep(time.Second) // the path is there once the first frame was
	return pc, nil
}
