#!/bin/bash
# FFmpeg's WHIP muxer makes a certificate with a negative serial number every other time, and servers in Go refuse it.
#
# Expected: a fresh self-signed certificate per run with a positive serial number (RFC 5280, section 4.1.2.2), so that publishing works always.
# Happens:  the serial number is negative in about half of the runs. Go's crypto/x509 refuses to read such a certificate since Go 1.23
#           (GODEBUG=x509negativeserial=1 allows it), and a server with pion ends the DTLS handshake with the alert bad certificate.
#           The same command then works, or does not, by chance.
# Versions: FFmpeg 8.0.1 (Maven org.bytedeco:ffmpeg 8.0.1-1.5.13), github.com/pion/webrtc/v4 v4.2.26, Go 1.24 or newer.
# Who:      everybody who publishes with `ffmpeg -f whip` to a server written in Go.
#
# Needs: x86_64, go, mvn, unzip. By chance alone it says CHANGED once in about 250 times: run it again then.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mvn --quiet --batch-mode dependency:copy -Dartifact=org.bytedeco:ffmpeg:8.0.1-1.5.13:jar:linux-x86_64 -DoutputDirectory=.
unzip -q -j ffmpeg-8.0.1-1.5.13-linux-x86_64.jar 'org/bytedeco/ffmpeg/linux-x86_64/*' -x '*/libjni*' -d ffmpeg
chmod +x ffmpeg/ffmpeg

# A WHIP endpoint, and FFmpeg as its publisher ten times. It looks at the certificate of each handshake that succeeds.
cat >main.go <<'GO'
package main

import (
	"context"
	"encoding/asn1"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/pion/webrtc/v4"
)

const runs = 10

// negative reads the sign of the serial number without crypto/x509.
func negative(der []byte) (bool, error) {
	var certificate struct{ TBS, Algorithm, Signature asn1.RawValue }
	if _, err := asn1.Unmarshal(der, &certificate); err != nil {
		return false, err
	}
	var version, number asn1.RawValue
	rest, err := asn1.Unmarshal(certificate.TBS.Bytes, &version)
	if err != nil {
		return false, err
	}
	if version.Class != asn1.ClassContextSpecific { // version 1 leaves the version out
		number = version
	} else if _, err = asn1.Unmarshal(rest, &number); err != nil {
		return false, err
	}
	return number.Bytes[0]&0x80 != 0, nil
}

func main() {
	ends := make(chan *webrtc.PeerConnection, 1)
	http.HandleFunc("/whip", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			return
		}
		body, _ := io.ReadAll(r.Body)
		// Without audio FFmpeg's group still names section 0, which pion takes for an offer without ICE.
		offer := strings.Replace(string(body), "a=group:BUNDLE 0 1", "a=group:BUNDLE 1", 1)
		var settings webrtc.SettingEngine
		settings.SetIncludeLoopbackCandidate(true)
		settings.SetLite(true)
		settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
		settings.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
		var media webrtc.MediaEngine
		must(media.RegisterDefaultCodecs())
		pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(&media)).NewPeerConnection(webrtc.Configuration{})
		must(err)
		pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
			if s == webrtc.PeerConnectionStateConnected || s == webrtc.PeerConnectionStateFailed {
				select {
				case ends <- pc:
				default:
				}
			}
		})
		must(pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}))
		answer, err := pc.CreateAnswer(nil)
		must(err)
		done := webrtc.GatheringCompletePromise(pc)
		must(pc.SetLocalDescription(answer))
		<-done
		w.Header().Set("Content-Type", "application/sdp")
		w.Header().Set("Location", "/whip/1")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, pc.LocalDescription().SDP)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	go func() { _ = http.Serve(listener, nil) }()

	lenient := os.Getenv("GODEBUG") == "x509negativeserial=1"
	bad, good := 0, 0
	for i := 1; i <= runs; i++ {
		ctx, cancel := context.WithCancel(context.Background())
		command := exec.CommandContext(ctx, "ffmpeg/ffmpeg", "-v", "error", "-nostdin", "-re", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=15",
			"-pix_fmt", "yuv420p", "-c:v", "libopenh264", "-b:v", "300k", "-g", "15", "-f", "whip", "http://"+listener.Addr().String()+"/whip")
		command.Env = append(os.Environ(), "LD_LIBRARY_PATH=ffmpeg")
		must(command.Start())
		select {
		case pc := <-ends:
			connected := pc.ConnectionState() == webrtc.PeerConnectionStateConnected
			minus := !connected // a refused certificate is not handed out
			if connected {
				var err error
				minus, err = negative(pc.SCTP().Transport().GetRemoteCertificate())
				must(err)
			}
			fmt.Printf("run %2d: connected %-5v, serial number negative: %v\n", i, connected, map[bool]any{true: minus, false: "not seen"}[connected])
			if connected != (lenient || !minus) {
				fmt.Println("CHANGED: the sign no longer decides")
				os.Exit(1)
			}
			if minus {
				bad++
			} else {
				good++
			}
			_ = pc.Close()
		case <-time.After(20 * time.Second):
			fmt.Printf("run %2d: no handshake within 20 s\n", i)
			os.Exit(1)
		}
		cancel()
		_ = command.Wait() // killed
		for len(ends) > 0 {
			<-ends
		}
	}
	fmt.Printf("GODEBUG=%q: %d of %d runs with a negative serial number, or refused\n", os.Getenv("GODEBUG"), bad, runs)
	if bad == 0 || good == 0 {
		fmt.Println("CHANGED: not by chance any more")
		os.Exit(1)
	}
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
}
GO
cat >go.mod <<'MOD'
module finding

go 1.24

require github.com/pion/webrtc/v4 v4.2.26
MOD
export GOFLAGS=-mod=mod CGO_ENABLED=0
go mod tidy >/dev/null 2>&1
go build -o finding .
GODEBUG=x509negativeserial=1 ./finding # all connect, and the certificates can be looked at
GODEBUG='' ./finding                   # Go's default
echo "as described"
