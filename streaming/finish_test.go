package streaming

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCandidatesHaveAnOrder: the address that the peer has found first, then by priority, loopback last; none of component 2.
func TestCandidatesHaveAnOrder(t *testing.T) {
	const (
		loopback = "a=candidate:1 1 udp 2130706431 127.0.0.1 8080 typ host"
		lan      = "a=candidate:2 1 udp 2130706431 192.0.2.7 8080 typ host"
		other    = "a=candidate:3 1 udp 2130706431 198.51.100.1 8080 typ host"
		v6       = "a=candidate:4 1 udp 2130706431 2001:db8::1 8080 typ host"
		lanTCP   = "a=candidate:5 1 tcp 1671430143 192.0.2.7 8080 typ host tcptype passive"
		loopTCP  = "a=candidate:6 1 tcp 1671430143 127.0.0.1 8080 typ host tcptype passive"
		relay    = "a=candidate:7 1 udp 16777215 203.0.113.9 4000 typ relay raddr 192.0.2.7 rport 8080"
	)
	all := []string{loopback, lan, other, v6, lanTCP, loopTCP, relay}
	for _, ca := range []struct {
		name, to string
		want     []string
	}{
		{"unknown", "", []string{lan, other, v6, lanTCP, relay, loopback, loopTCP}},
		{"the network's", "192.0.2.7", []string{lan, lanTCP, other, v6, relay, loopback, loopTCP}},
		{"another", "198.51.100.1", []string{other, lan, v6, lanTCP, relay, loopback, loopTCP}},
		{"IPv6", "2001:db8::1", []string{v6, lan, other, lanTCP, relay, loopback, loopTCP}},
		{"this machine", "127.0.0.1", []string{loopback, loopTCP, lan, other, v6, lanTCP, relay}},
		{"one that has no candidate", "203.0.113.1", []string{lan, other, v6, lanTCP, relay, loopback, loopTCP}},
		{"IPv6 that has no candidate", "2001:db8::5", []string{v6, lan, other, lanTCP, relay, loopback, loopTCP}},
	} {
		t.Run(ca.name, func(t *testing.T) {
			var to netip.Addr
			if ca.to != "" {
				to = netip.MustParseAddr(ca.to)
			}
			for range 20 {
				lines := append([]string(nil), all...)
				for _, line := range all {
					lines = append(lines, strings.Replace(line, " 1 ", " 2 ", 1))
				}
				rand.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
				const head, tail = "v=0\r\na=group:BUNDLE 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtcp-mux\r\n", "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n"
				text := finish(head+strings.Join(lines, "\r\n")+"\r\na=end-of-candidates\r\n"+tail, true, to)
				require.Equal(t, head+"a=rtcp-mux-only\r\n"+strings.Join(ca.want, "\r\n")+"\r\na=end-of-candidates\r\n"+tail, text)
			}
		})
	}
}

// TestAddressThatARequestCameTo: what the client named counts; behind a proxy nothing is known.
func TestAddressThatARequestCameTo(t *testing.T) {
	for _, ca := range []struct{ local, host, want string }{
		{"192.0.2.7", "192.0.2.7:8080", "192.0.2.7"},
		{"10.0.0.1", "192.0.2.7:8080", "192.0.2.7"}, // a NAT
		{"192.0.2.7", "camera.example:8080", "192.0.2.7"},
		{"::ffff:192.0.2.7", "camera.example", "192.0.2.7"},
		{"2001:db8::1", "[2001:db8::1]:8080", "2001:db8::1"},
		{"2001:db8::1", "[2001:db8::1]", "2001:db8::1"},
		{"127.0.0.1", "127.0.0.1:8080", "127.0.0.1"},
		{"127.0.0.1", "localhost:8080", "127.0.0.1"},
		{"::1", "localhost:8080", "::1"},
		{"127.0.0.1", "camera.example", ""}, // a proxy
		{"", "camera.example", ""},
	} {
		r := httptest.NewRequest(http.MethodPost, "/whip/a", nil)
		r.Host = ca.host
		if ca.local != "" {
			r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.ParseIP(ca.local), Port: 8080}))
		}
		want := ""
		if a := cameTo(r); a.IsValid() {
			want = a.String()
		}
		require.Equal(t, ca.want, want, ca)
	}
}
