package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/videogem/videogem/pipeline"
	"github.com/videogem/videogem/streaming"
)

func TestNetworkFlags(t *testing.T) {
	f := networkFlags{
		Listen: "127.0.0.1:0", TLSCert: "cert.pem", TLSKey: "key.pem", Advertise: []string{"203.0.113.7"},
		ICEServer: []string{"stun:stun.example:3478", "turn:turn.example:3478#secret"},
		Publish:   []string{"demo=https://sfu.example/whip/demo?a=b#token", "yard=whip+http://sfu.example/whip/yard"},
	}
	c, err := f.config(t.Context(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.Equal(t, &streaming.TLS{CertFile: "cert.pem", KeyFile: "key.pem"}, c.TLS)
	require.Equal(t, []streaming.ICEServer{{URLs: []string{"stun:stun.example:3478"}}, {URLs: []string{"turn:turn.example:3478"}, Secret: "secret"}}, c.ICEServers)
	require.Nil(t, c.TURN, "off unless it is asked for")
	pushes, err := f.pushes()
	require.NoError(t, err)
	require.Equal(t, []pipeline.Push{
		{Stream: "demo", URL: "https://sfu.example/whip/demo?a=b", Bearer: "token"}, {Stream: "yard", URL: "http://sfu.example/whip/yard"},
	}, pushes)
}

// TestSecretsFromFiles: command lines are no secret, so that secrets may stand in files; and no error tells one.
func TestSecretsFromFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(path, []byte("from the file\n"), 0o600))
	f := networkFlags{
		ICEServer: []string{"turn:turn.example:3478#@" + path}, Publish: []string{"demo=https://sfu.example/whip#@" + path},
		TURN: "127.0.0.1:0", TURNPublic: "203.0.113.7", ACMEDomain: []string{"cam.example"}, ACMEServer: "https://ca.example/directory", ACMERoots: "roots.pem",
	}
	c, err := f.config(t.Context(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.Equal(t, "from the file", c.ICEServers[0].Secret)
	require.Equal(t, &streaming.TURN{Listen: "127.0.0.1:0", Public: "203.0.113.7"}, c.TURN)
	require.Equal(t, "https://ca.example/directory", c.TLS.Directory)
	require.Equal(t, "roots.pem", c.TLS.Roots)
	pushes, err := f.pushes()
	require.NoError(t, err)
	require.Equal(t, "from the file", pushes[0].Bearer)

	_, err = (&networkFlags{ICEServer: []string{"turn:x#@/no/such/file"}}).config(t.Context(), slog.New(slog.DiscardHandler))
	require.ErrorIs(t, err, streaming.ErrConfig)
	for _, publish := range []string{"demo=https://sfu.example/whip#@/no/such/file", "https://sfu.example/whip#secret", "=https://sfu.example/whip#secret"} {
		_, err = (&networkFlags{Publish: []string{publish}}).pushes()
		require.ErrorIs(t, err, pipeline.ErrOptions)
		require.NotContains(t, err.Error(), "#")
	}
}

func TestServeRefusesWhatCannotBe(t *testing.T) {
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"open to others without tokens":     {[]string{"--listen", "0.0.0.0:0", "--model", "none"}, "--auth FILE with tokens (`videogem token NAME` makes one)"},
		"no such settings":                  {[]string{"--auth", "/no/such/file.json"}, "no such file"},
		"a key without certificate":         {[]string{"--listen", "127.0.0.1:0", "--tls-key", "key.pem"}, "--tls-cert FILE and --tls-key FILE"},
		"a push of no stream":               {[]string{"--publish", "yard=https://sfu.example/whip"}, `no stream of that name, there are: demo`},
		"a push to nowhere":                 {[]string{"--publish", "demo"}, "STREAM=URL"},
		"a push by another protocol":        {[]string{"--publish", "demo=rtmp://sfu.example/key"}, "http or https address"},
		"a push without a host":             {[]string{"--publish", "demo=whip+https:///whip#key"}, "http or https address"},
		"a rate above the highest":          {[]string{"--min-bitrate", "9000"}, "lowest bitrate"},
		"more prompts than a message holds": {[]string{"--viewer-prompts", "300"}, "prompts of viewers"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			require.Equal(t, exitUsage, run(t.Context(), append([]string{"serve"}, tc.args...), &out, &errs), errs.String())
			require.Contains(t, errs.String(), tc.want)
			require.NotRegexp(t, "[/#]key", errs.String(), "no secret")
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
