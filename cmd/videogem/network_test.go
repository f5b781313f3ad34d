package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline"
	"github.com/videogem/videogem/streaming"
)

func TestNetworkFlags(t *testing.T) {
	f := networkFlags{
		Listen: "127.0.0.1:0", TLSCert: "cert.pem", TLSKey: "key.pem", Advertise: []string{"203.0.113.7"},
		ICEServer: []string{"stun:stun.example:3478", "turn:turn.example:3478#secret"}, Publish: []string{"demo=https://sfu.example/whip/demo?a=b#token"},
	}
	c, err := f.config(t.Context())
	require.NoError(t, err)
	require.Equal(t, &streaming.TLS{CertFile: "cert.pem", KeyFile: "key.pem"}, c.TLS)
	require.Equal(t, []streaming.ICEServer{{URLs: []string{"stun:stun.example:3478"}}, {URLs: []string{"turn:turn.example:3478"}, Secret: "secret"}}, c.ICEServers)
	pushes, err := f.pushes()
	require.NoError(t, err)
	require.Equal(t, []pipeline.Push{{Stream: "demo", URL: "https://sfu.example/whip/demo?a=b", Bearer: "token"}}, pushes)
}

func TestServeRefusesWhatCannotBe(t *testing.T) {
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"open to others without tokens": {[]string{"--listen", "0.0.0.0:0"}, "insecure"},
		"no such settings":              {[]string{"--auth", "/no/such/file.json"}, "no such file"},
		"a key without certificate":     {[]string{"--listen", "127.0.0.1:0", "--tls-key", "key.pem"}, "certificate file"},
		"a push of no stream":           {[]string{"--publish", "yard=https://sfu.example/whip"}, `no stream of that name, there are: demo`},
		"a push to nowhere":             {[]string{"--publish", "demo"}, "STREAM=URL"},
		"a rate above the highest":      {[]string{"--min-bitrate", "9000"}, "lowest bitrate"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			require.Equal(t, exitUsage, run(t.Context(), append([]string{"serve"}, tc.args...), &out, &errs), errs.String())
			require.Contains(t, errs.String(), tc.want)
		})
	}
}

func TestTokenCommand(t *testing.T) {
	var out, errs bytes.Buffer
	require.Equal(t, exitDone, run(t.Context(), []string{"token", "lobby", "--stream", "gate", "--rights", "view,prompt"}, &out, &errs), errs.String())
	lines := strings.Split(out.String(), "\n")
	require.Len(t, strings.TrimSpace(lines[2]), 26, "a token of 128 bits or more")
	require.Contains(t, out.String(), `"grants":[{"stream":"gate","rights":["view","prompt"]}]`)
	require.NotContains(t, lines[6], strings.TrimSpace(lines[2]), "only the hash is kept")
}
