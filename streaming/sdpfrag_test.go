package streaming

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseFragment(t *testing.T) {
	const host = "candidate:1 1 udp 2130706431 192.0.2.7 40000 typ host"
	for _, ca := range []struct {
		name, text string
		want       fragment
		err        string
	}{
		{
			name: "candidates of one section",
			text: "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=" + host + "\r\na=end-of-candidates\r\n",
			want: fragment{ufrag: "EsAw", pwd: "P2uYro0UCOQ4zxjKXaWCBui1", candidates: []candidate{{host, "0"}}, end: true},
		},
		{
			name: "no credentials, bare line feeds",
			text: "m=video 9 UDP/TLS/RTP/SAVPF 0\na=mid:v\na=" + host + "\n",
			want: fragment{candidates: []candidate{{host, "v"}}},
		},
		{
			name: "a new section has a mid of its own",
			text: "m=audio 9 x 0\na=mid:0\nm=video 9 x 0\na=" + host + "\n",
			want: fragment{candidates: []candidate{{host, ""}}},
		},
		{name: "only the end", text: "a=end-of-candidates\r\n", want: fragment{end: true}},
		{name: "empty", text: "", err: "no candidate"},
		{name: "rubbish", text: "<html>", err: "line 1"},
		{name: "short ufrag", text: "a=ice-ufrag:abc\r\n", err: "4 to 256"},
		{name: "short password", text: "a=ice-ufrag:abcd\r\na=ice-pwd:short\r\n", err: "line 2"},
		{name: "odd letters", text: "a=ice-ufrag:ab cd\r\n", err: "letters, digits"},
		{name: "two users", text: "a=ice-ufrag:abcd\r\nm=video\r\na=ice-ufrag:efgh\r\n", err: "different"},
		{name: "too many", text: strings.Repeat("a="+host+"\n", maxCandidates+1), err: "more than 64"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			f, err := parseFragment(ca.text)
			if ca.err != "" {
				require.ErrorIs(t, err, errFragment)
				require.ErrorContains(t, err, ca.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, ca.want, f)
		})
	}
}

func TestRenewedOffer(t *testing.T) {
	got := renewed("v=0\r\na=ice-ufrag:old1\r\na=ice-pwd:oldoldoldoldoldoldoldold\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=end-of-candidates\r\na=mid:0\r\n",
		fragment{ufrag: "new1", pwd: "newnewnewnewnewnewnewnew"})
	require.Equal(t, got, renewed("v=0\n\ra=ice-ufrag:old1\n\n\ra=ice-pwd:oldoldoldoldoldoldoldold\n\ra=candidate:1\n\ra=mid:0", fragment{ufrag: "new1", pwd: "newnewnewnewnewnewnewnew"}))
	require.Equal(t, "v=0\r\na=ice-ufrag:new1\r\na=ice-pwd:newnewnewnewnewnewnewnew\r\na=mid:0\r\n", got)
}

func FuzzFragment(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		frag, err := parseFragment(text)
		if err != nil {
			require.ErrorIs(t, err, errFragment)
			return
		}
		require.LessOrEqual(t, len(frag.candidates), maxCandidates)
		require.NotContains(t, renewed("a=ice-ufrag:x\r\n", frag), "x\r\n\r\n", "a fragment adds no line to an offer")
		require.Equal(t, 1, strings.Count(renewed("a=ice-ufrag:x\r\n", frag), "\n"))
	})
}
