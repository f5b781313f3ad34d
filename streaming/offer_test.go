package streaming

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// videoOffer is what a browser sends, without what the server does not read.
const videoOffer = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n" +
	"m=video 9 UDP/TLS/RTP/SAVPF 96 97 102\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n" +
	"a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n" +
	"a=setup:actpass\r\na=mid:0\r\na=recvonly\r\na=rtcp-mux\r\n" +
	"a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n" +
	"a=rtpmap:102 H264/90000\r\na=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"

func TestParseOffer(t *testing.T) {
	for _, ca := range []struct {
		name, codec string
		edit        *strings.Replacer
		is          error
		err         string
	}{
		{name: "VP8", codec: CodecVP8},
		{name: "H.264", codec: CodecH264},
		{name: "the session's credentials", codec: CodecVP8, edit: strings.NewReplacer("t=0 0\r\n", "t=0 0\r\na=ice-ufrag:abcd\r\n", "a=ice-ufrag:abcd\r\na=ice-pwd", "a=ice-pwd")},
		{name: "sendrecv is the default", codec: CodecVP8, edit: strings.NewReplacer("a=recvonly\r\n", "")},
		{name: "other codecs", codec: CodecH264, edit: strings.NewReplacer("H264/", "VP9/"), is: errCodec, err: "the offer has VP8, VP9"},
		{name: "sends only", codec: CodecVP8, edit: strings.NewReplacer("recvonly", "sendonly"), is: errCodec, err: "recvonly"},
		{name: "sound only", codec: CodecVP8, edit: strings.NewReplacer("m=video", "m=audio"), is: errCodec, err: "recvonly"},
		{name: "no ICE", codec: CodecVP8, edit: strings.NewReplacer("a=ice-ufrag:abcd\r\n", ""), is: errOffer, err: "ice-ufrag"},
		{name: "rubbish", codec: CodecVP8, edit: strings.NewReplacer("v=0", "hello"), is: errOffer, err: "not SDP"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			text := videoOffer
			if ca.edit != nil {
				text = ca.edit.Replace(text)
			}
			o, err := parseOffer(text, toPeer, ca.codec)
			if ca.is != nil {
				require.ErrorIs(t, err, ca.is)
				require.ErrorContains(t, err, ca.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, "abcd", o.ufrag)
			require.True(t, o.bundled)
			require.Contains(t, o.text, "a=recvonly\r\n")
		})
	}
	second := videoOffer[strings.Index(videoOffer, "m=video"):]
	for name, more := range map[string]string{"off": strings.Replace(second, "m=video 9", "m=video 0", 1), "the other way": second} {
		_, err := parseOffer(strings.Replace(videoOffer, "recvonly", "sendonly", 1)+more, fromPeer, CodecVP8)
		require.NoError(t, err, name)
	}
	bundled := strings.NewReplacer("m=video 9", "m=video 0", "recvonly", "sendonly\r\na=bundle-only").Replace(second)
	_, err := parseOffer(strings.Replace(videoOffer, "recvonly", "sendonly", 1)+bundled, fromPeer, CodecVP8)
	require.ErrorIs(t, err, errCodec)
	require.ErrorContains(t, err, "2 video sections")
	_, err = parseOffer(videoOffer+second, toPeer, CodecVP8)
	require.NoError(t, err, "a viewer gets one of his two")
	_, err = parseOffer("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n", toPeer, CodecVP8)
	require.ErrorContains(t, err, "no media section")
}

// TestCandidatesOfOffersAreCounted wherever they stand, and whatever stands between their lines.
func TestCandidatesOfOffersAreCounted(t *testing.T) {
	const line = "a=candidate:1 1 udp 1 192.0.2.1 9 typ host"
	for name, end := range map[string]string{"CRLF": "\r\n", "LF": "\n", "CR where a line begins": "\n\r"} {
		for where, at := range map[string]string{"media": videoOffer, "session": strings.Replace(videoOffer, "t=0 0\r\n", "t=0 0\r\n%\r\n", 1)} {
			with := func(n int) error {
				lines := strings.Repeat(line+end, n)
				text := strings.Replace(at, "%\r\n", lines, 1)
				if text == at {
					text += lines + "a=end-of-candidates\r\n"
				}
				_, err := parseOffer(text, toPeer, CodecVP8)
				return err
			}
			require.NoError(t, with(offerCandidates), name+" "+where)
			require.ErrorIs(t, with(offerCandidates+1), errOffer, name+" "+where)
		}
	}
}

func TestParsePrompts(t *testing.T) {
	for _, ca := range []struct {
		body, err string
		want      []string
	}{
		{body: `{"prompts":["a","b"]}`, want: []string{"a", "b"}},
		{body: `{"prompts":[]}`, want: []string{}},
		{body: `{"prompts":[""]}`, want: []string{""}}, // the Control decides
		{body: `{}`, err: "send"},
		{body: `{"prompts":null}`, err: "send"},
		{body: `{"prompts":"a"}`, err: "cannot unmarshal"},
		{body: `{"prompts":["a"],"opacity":1}`, err: "unknown field"},
		{body: `{"prompts":["a"]}{}`, err: "nothing after"},
		{body: `["a"]`, err: "cannot unmarshal"},
		{body: ``, err: "EOF"},
	} {
		t.Run(ca.body, func(t *testing.T) {
			got, err := parsePrompts([]byte(ca.body))
			if ca.err != "" {
				require.ErrorContains(t, err, ca.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, ca.want, got)
		})
	}
}

// FuzzPrompts: what is taken says nothing but prompts, and they are those that are meant.
func FuzzPrompts(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte) {
		prompts, err := parsePrompts(body)
		if err != nil {
			return
		}
		var said map[string][]string
		require.NoError(t, json.Unmarshal(body, &said))
		meant := false
		for key, texts := range said { // encoding/json takes them in small and large letters, and the last of several
			require.True(t, strings.EqualFold(key, "prompts"), key)
			meant = meant || slices.Equal(texts, prompts)
		}
		require.True(t, meant, "%q of %q", prompts, said)
		again, err := json.Marshal(map[string]any{"prompts": prompts})
		require.NoError(t, err)
		same, err := parsePrompts(again)
		require.NoError(t, err)
		require.Equal(t, prompts, same)
	})
}
