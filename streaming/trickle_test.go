package streaming_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/streamtest"
)

func TestTrickle(t *testing.T) {
	s := newServer(t, streaming.Config{})
	st, _ := addStream(t, s, "demo", true)
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	p.watch(t, s, "demo")
	frag := func(match string) map[string]string {
		return map[string]string{"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": match}
	}
	own := "a=ice-ufrag:" + ufrag(p.pc.CurrentLocalDescription().SDP) + "\r\na=ice-pwd:0123456789012345678901\r\n"
	const line = "a=mid:0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\n"
	for _, ca := range []struct {
		name, body string
		header     map[string]string
		status     int
		says       string
	}{
		{"candidate", "m=video 9 UDP/TLS/RTP/SAVPF 0\r\n" + line, frag(p.etag), 204, ""},
		{"name for an address", "a=candidate:1 1 udp 2130706431 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 9 typ host\r\n", frag(p.etag), 204, ""},
		{"end", "a=end-of-candidates\r\n", frag(p.etag), 204, ""},
		{"wrong type", line, map[string]string{"Content-Type": "application/sdp", "If-Match": p.etag}, 415, "sdpfrag"},
		{"no tag", line, frag(""), 428, "If-Match"},
		{"old tag", line, frag(`"old"`), 412, "newest ETag"},
		{"too long", strings.Repeat(line, 1<<11), frag(p.etag), 413, "65536"},
		{"rubbish", "rubbish", frag(p.etag), 400, "bad sdpfrag"},
		{"rubbish candidate", "a=candidate:x\r\n", frag(p.etag), 400, "no candidate"},
		{"transport that nobody knows", "a=candidate:1 1 sctp 2130706431 127.0.0.1 9 typ host\r\n", frag(p.etag), 204, ""},
		{"address that nobody can resolve", "a=candidate:1 1 udp 2130706431 cam.example 9 typ host\r\n", frag(p.etag), 204, ""},
		{"one of several tags", "a=end-of-candidates\r\n", frag(`"old", ` + p.etag), 204, ""},
		{"weak tag", "a=end-of-candidates\r\n", frag("W/" + p.etag), 412, "newest ETag"},
		{"other user", "a=ice-ufrag:other\r\na=end-of-candidates\r\n", frag(p.etag), 400, "ice-ufrag"},
		{"any tag, as MediaMTX's clients send", own + "m=video 9 UDP/TLS/RTP/SAVPF 0\r\n" + line, frag("*"), 204, ""},
		{"any tag as RFC 9725 writes it", line, frag(`"*"`), 204, ""},
		{"any tag and another user", "a=ice-ufrag:other\r\n", frag("*"), 400, "ice-ufrag"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			resp, body := call(t, http.MethodPatch, p.location, ca.body, ca.header)
			require.Equal(t, ca.status, resp.StatusCode, body)
			require.Contains(t, body, ca.says)
		})
	}
	eventually(t, "none of this did harm", func() bool { return st.Viewers() == 1 })
}

func TestICERestart(t *testing.T) {
	s := newServer(t, streaming.Config{})
	addStream(t, s, "demo", true)
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	p.watch(t, s, "demo")
	eventually(t, "packets", func() bool { return p.count() > 20 })

	offer, err := p.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: true})
	require.NoError(t, err)
	gathered := webrtc.GatheringCompletePromise(p.pc)
	require.NoError(t, p.pc.SetLocalDescription(offer))
	<-gathered
	var frag []string
	for line := range strings.SplitSeq(p.pc.PendingLocalDescription().SDP, "\r\n") {
		for _, prefix := range []string{"a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=mid:", "m="} {
			if strings.HasPrefix(line, prefix) {
				frag = append(frag, line+"\r\n")
			}
		}
	}
	header := map[string]string{"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*"}
	resp, body := call(t, http.MethodPatch, p.location, strings.Join(frag, ""), header)
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	require.Equal(t, "application/trickle-ice-sdpfrag", resp.Header.Get("Content-Type"))
	require.NotEqual(t, p.etag, resp.Header.Get("ETag"))
	require.Regexp(t, `^a=group:BUNDLE 0\r\na=ice-options:trickle\r\nm=video \d+ UDP/TLS/RTP/SAVPF `, body)
	require.Contains(t, body, "a=rtcp-mux\r\na=rtcp-mux-only\r\n")

	var answer []string // the old one with the new credentials
	fresh := map[string]string{}
	for line := range strings.SplitSeq(body, "\r\n") {
		key, value, _ := strings.Cut(line, ":")
		fresh[key] = value
	}
	require.NotContains(t, p.answer, fresh["a=ice-ufrag"])
	for line := range strings.SplitSeq(p.answer, "\r\n") {
		if key, _, _ := strings.Cut(line, ":"); key == "a=ice-ufrag" || key == "a=ice-pwd" {
			line = key + ":" + fresh[key]
		}
		answer = append(answer, line)
	}
	require.NoError(t, streamtest.Answer(p.pc, strings.Join(answer, "\r\n")))
	before := p.count()
	eventually(t, "packets after the restart", func() bool { return p.count() > before+50 })
	header["If-Match"] = p.etag
	resp, _ = call(t, http.MethodPatch, p.location, "a=end-of-candidates\r\n", header)
	require.Equal(t, http.StatusPreconditionFailed, resp.StatusCode, "the old tag is no longer right")
}

// TestNewCredentialsAreARestart, whatever If-Match says, if it only matches: draft-ietf-wish-whep, "ICE Restarts".
func TestNewCredentialsAreARestart(t *testing.T) {
	s := newServer(t, streaming.Config{})
	addStream(t, s, "demo", true)
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	p.watch(t, s, "demo")
	patch := func(user, match string) (*http.Response, string) {
		return call(t, http.MethodPatch, p.location, "a=ice-ufrag:"+user+"\r\na=ice-pwd:0123456789012345678901\r\n",
			map[string]string{"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": match})
	}
	resp, body := patch("new1", p.etag)
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	require.NotEqual(t, p.etag, resp.Header.Get("ETag"))
	require.NotContains(t, body, ufrag(p.answer))
	again, _ := patch("new1", resp.Header.Get("ETag"))
	require.Equal(t, http.StatusNoContent, again.StatusCode, "they are no longer new")
	again, _ = patch("new2", p.etag)
	require.Equal(t, http.StatusPreconditionFailed, again.StatusCode)
}

// TestTrickleWithoutToken: who knows a session's address may add candidates to it, and nothing more.
func TestTrickleWithoutToken(t *testing.T) {
	s := newServer(t, streaming.Config{Auth: newVerifier(t)})
	addStream(t, s, "a", true)
	addStream(t, s, "b", true)
	p := newPeer(t, webrtc.SettingEngine{}, nil)
	resp, body := call(t, http.MethodPost, s.URL()+"whep/a", p.pc.PendingLocalDescription().SDP, bearer("a-view", "Content-Type", "application/sdp"))
	require.Equal(t, http.StatusCreated, resp.StatusCode, body)
	session := strings.TrimSuffix(s.URL(), "/") + resp.Header.Get("Location")
	own := "a=ice-ufrag:" + ufrag(p.pc.PendingLocalDescription().SDP) + "\r\na=ice-pwd:0123456789012345678901\r\n"
	const candidate = "a=mid:0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\n"
	const renewed = "a=ice-ufrag:other\r\na=ice-pwd:0123456789012345678901\r\n"
	for _, ca := range []struct {
		name, method, path, body, token string
		status                          int
	}{
		{"candidate", "PATCH", session, own + candidate, "", 204},
		{"restart", "PATCH", session, renewed, "", 401},
		{"end", "DELETE", session, "", "", 401},
		{"wrong token", "PATCH", session, own + candidate, "wrong", 401},
		{"another's token", "PATCH", session, own + candidate, "root", 404},
		{"another session", "PATCH", session + "x", own + candidate, "", 401},
		{"another stream", "PATCH", strings.Replace(session, "/whep/a/", "/whep/b/", 1), own + candidate, "", 401},
		{"no stream", "PATCH", strings.Replace(session, "/whep/a/", "/whep/nobody/", 1), own + candidate, "", 401},
	} {
		t.Run(ca.name, func(t *testing.T) {
			header := map[string]string{"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*"}
			if ca.token != "" {
				header["Authorization"] = "Bearer " + ca.token
			}
			resp, body := call(t, ca.method, ca.path, ca.body, header)
			require.Equal(t, ca.status, resp.StatusCode, body)
			if ca.status == http.StatusUnauthorized {
				require.Contains(t, resp.Header.Get("WWW-Authenticate"), "Bearer")
			}
		})
	}
	require.Equal(t, 1, streaming.Trickled(s, "a"))
}
