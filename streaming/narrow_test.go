package streaming

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pion/sdp/v3"
	"github.com/stretchr/testify/require"
)

// section is one of an offer, as browsers send it.
func section(kind, mid, direction string, more ...string) string {
	codecs := "96\r\na=rtpmap:96 VP8/90000\r\n"
	if kind == "audio" {
		codecs = "111\r\na=rtpmap:111 opus/48000/2\r\n"
	}
	formats, maps, _ := strings.Cut(codecs, "\r\n")
	return "m=" + kind + " 9 UDP/TLS/RTP/SAVPF " + formats + "\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n" +
		"a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n" +
		"a=setup:actpass\r\na=mid:" + mid + "\r\na=" + direction + "\r\na=rtcp-mux\r\n" + maps + strings.Join(more, "")
}

func offerOf(group string, sections ...string) string {
	if group != "" {
		group = "a=group:" + group + "\r\n"
	}
	return "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" + group + strings.Join(sections, "")
}

// data is the section of a data channel.
func data(mid string) string {
	return strings.NewReplacer("UDP/TLS/RTP/SAVPF 96", "UDP/DTLS/SCTP webrtc-datachannel", "a=rtpmap:96 VP8/90000\r\n", "a=sctp-port:5000\r\n", "a=recvonly\r\n", "").
		Replace(section("application", mid, "recvonly"))
}

// TestOneSectionIsTaken: whatever an offer has beside the video that is taken, the answer promises nothing for it.
func TestOneSectionIsTaken(t *testing.T) {
	s, err := New(Config{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	require.NoError(t, s.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	st, err := s.AddStream(StreamOptions{Name: "a", Control: &control{status: Status{State: StateRunning}}})
	require.NoError(t, err)
	st.WriteSample([]byte{0}, 0, true)
	_, err = s.AddIngest(IngestOptions{Name: "a", OnFrame: func(IngestFrame) {}})
	require.NoError(t, err)
	handler, err := s.handler()
	require.NoError(t, err)

	video, audio := func(mid, direction string) string { return section("video", mid, direction) }, func(mid, direction string) string { return section("audio", mid, direction) }
	off := func(section string) string { return strings.Replace(section, " 9 ", " 0 ", 1) }
	other := func(section string) string { return strings.ReplaceAll(section, "VP8/", "VP9/") }
	for _, ca := range []struct{ name, offer, watch, publish string }{
		{"audio and video", offerOf("BUNDLE 0 1", audio("0", "recvonly"), video("1", "recvonly")), "BUNDLE 0 1: audio inactive, video sendonly", ""},
		{"video and audio", offerOf("BUNDLE 0 1", video("0", "recvonly"), audio("1", "recvonly")), "BUNDLE 0 1: video sendonly, audio inactive", ""},
		{"both ways", offerOf("BUNDLE 0 1", video("0", "sendrecv"), audio("1", "sendrecv")), "BUNDLE 0 1: video sendonly, audio inactive", "BUNDLE 0 1: video recvonly, audio recvonly"},
		{"two videos", offerOf("BUNDLE a b", video("a", "recvonly"), video("b", "recvonly")), "BUNDLE a b: video sendonly, video inactive", ""},
		{"three videos and audio twice", offerOf("BUNDLE 0 1 2 3 4", audio("0", "sendrecv"), video("1", "sendonly"), video("2", "sendrecv"), video("3", "recvonly"), audio("4", "recvonly")),
			"BUNDLE 0 1 2 3 4: audio inactive, video inactive, video sendonly, video inactive, audio inactive", ""},
		{"the second video fits", offerOf("BUNDLE 0 1", other(video("0", "recvonly")), video("1", "recvonly")), "BUNDLE 1: video off, video sendonly", ""},
		{"sound of another kind first", offerOf("BUNDLE 0 1", strings.ReplaceAll(audio("0", "recvonly"), "opus/48000/2", "PCMU/8000"), video("1", "recvonly")), "BUNDLE 1: audio off, video sendonly", ""},
		{"the way of neither", offerOf("BUNDLE 0 1 2", video("0", "sendonly"), video("1", "recvonly"), audio("2", "recvonly")),
			"BUNDLE 0 1 2: video inactive, video sendonly, audio inactive", "BUNDLE 0 1 2: video recvonly, video inactive, audio inactive"},
		{"with data", offerOf("BUNDLE 0 1 2", video("0", "recvonly"), data("1"), audio("2", "recvonly")), "BUNDLE 0 1 2: video sendonly, application sendrecv, audio inactive", ""},
		{"an inactive one", offerOf("BUNDLE 0 1", audio("0", "inactive"), video("1", "recvonly")), "BUNDLE 0 1: audio inactive, video sendonly", ""},
		{"one that is off", offerOf("BUNDLE 1", off(video("0", "recvonly")), video("1", "recvonly")), "BUNDLE 1: video off, video sendonly", ""},
		{"no direction", strings.ReplaceAll(offerOf("BUNDLE 0", video("0", "recvonly")), "a=recvonly\r\n", ""), "BUNDLE 0: video sendonly", "BUNDLE 0: video recvonly"},

		{"no group", offerOf("", video("0", "recvonly")), ": video sendonly", ""},
		{"no group, sending", offerOf("", video("v", "sendonly")), "", ": video recvonly"},
		{"no group, audio before", offerOf("", audio("0", "recvonly"), video("1", "recvonly")), ": audio off, video sendonly", ""},
		{"no group, audio and data", offerOf("", video("0", "recvonly"), audio("1", "recvonly"), data("2")), ": video sendonly, audio off, application off", ""},
		{"another kind of group", offerOf("LS 0", video("0", "recvonly")), ": video sendonly", ""},
		{"another kind of group before", offerOf("LS 0 1\r\na=group:BUNDLE 0 1", audio("0", "recvonly"), video("1", "recvonly")), "BUNDLE 0 1: audio inactive, video sendonly", ""},
		{"not in the group", offerOf("BUNDLE 0", audio("0", "recvonly"), video("1", "recvonly")), ": audio off, video sendonly", ""},
		{"the group names what is not there", offerOf("BUNDLE 0 1", video("1", "sendonly")), "", "BUNDLE 1: video recvonly"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			for path, want := range map[string]string{"/whep/a": ca.watch, "/whip/a": ca.publish} {
				if want == "" {
					continue
				}
				r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(ca.offer))
				r.Header.Set("Content-Type", typeSDP)
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				require.Equal(t, http.StatusCreated, w.Code, w.Body)
				require.Equal(t, want, promises(t, w.Body.String()))
				end := httptest.NewRecorder()
				handler.ServeHTTP(end, httptest.NewRequest(http.MethodDelete, w.Header().Get("Location"), nil))
				require.Equal(t, http.StatusOK, end.Code)
			}
		})
	}
}

// promises is what an answer says: its group, and of each section what it is for. Its candidates stand in the first that is in use, and
// nowhere else.
func promises(t *testing.T, answer string) string {
	t.Helper()
	var d sdp.SessionDescription
	require.NoError(t, d.UnmarshalString(answer))
	var all []string
	candidates := true
	for _, m := range d.MediaDescriptions {
		does := "-"
		for _, a := range m.Attributes {
			if isDirection(a) {
				does = a.Key
			}
		}
		_, has := m.Attribute("candidate")
		if m.MediaName.Port.Value == 0 {
			does = "off"
			require.False(t, has)
		} else {
			require.Equal(t, candidates, has)
			candidates = false
		}
		all = append(all, m.MediaName.Media+" "+does)
	}
	group, _ := d.Attribute("group")
	return fmt.Sprintf("%s: %s", group, strings.Join(all, ", "))
}

// TestOffersWithoutMid are told what is missing.
func TestOffersWithoutMid(t *testing.T) {
	_, err := parseOffer(strings.Replace(offerOf("", section("video", "0", "recvonly")), "a=mid:0\r\n", "", 1), toPeer, CodecVP8)
	require.ErrorIs(t, err, errOffer)
	require.ErrorContains(t, err, "a=mid")
}
