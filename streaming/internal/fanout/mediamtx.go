package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"

	"github.com/videogem/videogem/streaming/streamtest"
)

// startMediaMTX starts MediaMTX and publishes the stream to it by WHIP.
func startMediaMTX(ctx context.Context, path string) (*target, error) {
	folder, err := os.MkdirTemp("", "fanout")
	if err != nil {
		return nil, err
	}
	http, udp, err := freePorts()
	if err != nil {
		return nil, err
	}
	config := fmt.Sprintf("logLevel: error\nrtsp: no\nrtmp: no\nhls: no\nsrt: no\nwebrtc: yes\nwebrtcAddress: %s\nwebrtcLocalUDPAddress: %s\n"+
		"webrtcIPsFromInterfacesList: [lo]\npaths:\n  all_others:\n", http, udp)
	file := filepath.Join(folder, "mediamtx.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path, file)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	end := func() error {
		err := cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait() // interrupted
		return errors.Join(err, os.RemoveAll(folder))
	}
	ctx, cancel := context.WithCancel(ctx)
	pc, err := publish(ctx, "http://"+http+"/live/whip")
	if err != nil {
		cancel()
		return nil, errors.Join(err, end())
	}
	return &target{name: "MediaMTX", url: "http://" + http + "/live/whep", pid: cmd.Process.Pid, stop: func() error {
		cancel()
		return errors.Join(pc.Close(), end())
	}}, nil
}

// freePorts returns a TCP and a UDP address that are free.
func freePorts() (http, udp string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", err
	}
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return "", "", errors.Join(err, l.Close())
	}
	return l.Addr().String(), c.LocalAddr().String(), errors.Join(l.Close(), c.Close())
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
