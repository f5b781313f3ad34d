package streaming

import (
	"net/http"
	"testing"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"
)

func TestLinkedServers(t *testing.T) {
	turn := func(name, credential string) webrtc.ICEServer {
		return webrtc.ICEServer{URLs: []string{"turn:turn.example?transport=udp"}, Username: name, Credential: credential}
	}
	stun := webrtc.ICEServer{URLs: []string{"stun:stun.example:3478"}}
	for name, c := range map[string]struct {
		lines []string
		want  []webrtc.ICEServer
	}{
		"one a line": {
			[]string{`<stun:stun.example:3478>; rel="ice-server"`, `<turn:turn.example?transport=udp>; rel="ice-server"; username="anna"; credential="a,b;c"; credential-type="password"`},
			[]webrtc.ICEServer{stun, turn("anna", "a,b;c")},
		},
		"all in one": {
			[]string{`<stun:stun.example:3478>;rel=ice-server, <turn:turn.example?transport=udp> ; REL = "x ice-server" ;username="a\"n\\na" ; credential=b , <https://x>; rel=next`},
			[]webrtc.ICEServer{stun, turn(`a"n\na`, "b")},
		},
		"others":         {[]string{`<https://x.example/>; rel="next"`, `<https://x.example/>; rel="ice-server"`, `<stun:stun.example>`, `rel="ice-server"`, "", "<"}, nil},
		"no credentials": {[]string{`<turn:turn.example>; rel="ice-server"`, `<turn:turn.example>; rel="ice-server"; username="anna"`}, nil},
		"cut":            {[]string{`<stun:stun.example:3478>; rel="ice-server`}, []webrtc.ICEServer{stun}},
		"the first counts": {
			[]string{`<stun:stun.example:3478>; rel="ice-server"; rel="next"; flag; username`}, []webrtc.ICEServer{stun},
		},
	} {
		require.Equal(t, c.want, linkedServers(http.Header{"Link": c.lines}), name)
	}
	h := http.Header{}
	for range 2 * linkedServersMost {
		require.NoError(t, ICEServer{URLs: []string{"turn:turn.example?transport=udp"}, Username: `an"na\`, Credential: "b"}.link(h, ""))
	}
	all := linkedServers(h)
	require.Len(t, all, linkedServersMost)
	require.Equal(t, turn(`an"na\`, "b"), all[0], "as we write them ourselves")
}

// FuzzLinks: whatever another server writes, the links are cut off one by one.
func FuzzLinks(f *testing.F) {
	f.Fuzz(func(t *testing.T, line string) {
		for {
			_, rest, ok := cutLink(line)
			if !ok {
				break
			}
			require.Less(t, len(rest), len(line))
			line = rest
		}
		for _, s := range linkedServers(http.Header{"Link": {line}}) {
			require.Len(t, s.URLs, 1)
		}
	})
}
