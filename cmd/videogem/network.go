package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/videogem/videogem/pipeline"
	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/auth"
)

// networkFlags say where the page is, who may use it, and how media get there.
type networkFlags struct {
	Listen     string   `default:"127.0.0.1:8080" help:"Address of the page. One that others can reach needs --auth, or --insecure."`
	Auth       string   `placeholder:"FILE" help:"Settings of who may watch and change what: tokens or JWTs (docs/streaming.md). videogem token makes one."`
	Insecure   bool     `help:"Let everybody who reaches the page watch and change everything."`
	TLSCert    string   `name:"tls-cert" placeholder:"FILE" help:"Certificate chain in PEM, for https. Read again when it changes."`
	TLSKey     string   `name:"tls-key" placeholder:"FILE" help:"Its key."`
	ACMEDomain []string `name:"acme-domain" placeholder:"NAME" help:"Get a certificate for this name by ACME, accepting the authority's terms; needs port 443. May be given again."`
	ACMEEmail  string   `name:"acme-email" help:"Address for the authority's notices."`
	ACMEServer string   `name:"acme-directory" placeholder:"URL" help:"Directory of another ACME authority than Let's Encrypt."`
	ACMERoots  string   `name:"acme-roots" placeholder:"FILE" help:"Certificates in PEM that vouch for that authority's own address; default: the system's."`
	Origin     []string `placeholder:"ORIGIN" help:"Origin of other pages that may watch and change streams, such as https://ops.example; '*': all, with tokens. May be given again."`
	Advertise  []string `placeholder:"ADDRESS" help:"IP address at which viewers reach this machine, such as the public one of a NAT. May be given again."`
	Interface  []string `placeholder:"NAME" help:"Network interface whose addresses viewers are told; default: all. May be given again."`
	ICEServer  []string `name:"ice-server" placeholder:"URL" help:"Server to tell viewers of: stun:host:port, or turn:host:port#secret (#@FILE: from a file). May be given again."`
	TURN       string   `name:"turn" placeholder:"HOST:PORT" help:"Run a TURN relay there, for viewers whose networks let nothing else pass. It relays to this server only."`
	TURNPublic string   `name:"turn-public" placeholder:"ADDRESS" help:"IP address at which viewers reach the relay; default: that of --turn."`
	Publish    []string `placeholder:"STREAM=URL" help:"Push a stream by WHIP: camera=whip+https://sfu.example/whip/camera#token (#@FILE: from a file). May be given again."`
}

// config is what the flags mean.
func (f *networkFlags) config(ctx context.Context, log *slog.Logger) (streaming.Config, error) {
	c := streaming.Config{Listen: f.Listen, Insecure: f.Insecure, AllowedOrigins: f.Origin, Advertise: f.Advertise, Interfaces: f.Interface}
	if f.Auth != "" {
		settings, err := auth.ReadFile(f.Auth)
		if err != nil {
			return c, err
		}
		settings.Logger = log
		if c.Auth, err = auth.New(ctx, settings); err != nil {
			return c, err
		}
	}
	if f.TLSCert != "" || f.TLSKey != "" || len(f.ACMEDomain) > 0 {
		c.TLS = &streaming.TLS{CertFile: f.TLSCert, KeyFile: f.TLSKey, Domains: f.ACMEDomain, Email: f.ACMEEmail, Directory: f.ACMEServer, Roots: f.ACMERoots}
	}
	if len(f.ACMEDomain) > 0 {
		cache, err := os.UserCacheDir()
		if err != nil {
			return c, fmt.Errorf("no place to keep certificates: %w", err)
		}
		c.TLS.Cache = filepath.Join(cache, "videogem", "acme")
	}
	for _, s := range f.ICEServer {
		url, secret, err := cutSecret(s)
		if err != nil {
			return c, fmt.Errorf("%w: ice-server %s: %w", streaming.ErrConfig, url, err)
		}
		c.ICEServers = append(c.ICEServers, streaming.ICEServer{URLs: []string{url}, Secret: secret})
	}
	if f.TURN != "" {
		c.TURN = &streaming.TURN{Listen: f.TURN, Public: f.TURNPublic}
	}
	return c, nil
}

// withFlags adds to a wrong setting the flags that mend it: package streaming knows none.
func withFlags(err error) error {
	if !errors.Is(err, streaming.ErrConfig) {
		return err
	}
	for _, c := range []struct{ about, flags string }{
		{"no tokens are set up", "--auth FILE with tokens (`videogem token NAME` makes one), --listen 127.0.0.1:8080, or --insecure"},
		{"certificate file and a key file", "--tls-cert FILE and --tls-key FILE, or --acme-domain NAME"},
	} {
		if strings.Contains(err.Error(), c.about) {
			return fmt.Errorf("%w: %s", err, c.flags)
		}
	}
	return err
}

// cutSecret cuts a secret off an address: what stands after #, or, after #@, in a file. Other users of this machine can read its command lines.
func cutSecret(text string) (url, secret string, err error) {
	url, secret, _ = strings.Cut(text, "#")
	path, ok := strings.CutPrefix(secret, "@")
	if !ok {
		return url, secret, nil
	}
	b, err := os.ReadFile(path)
	return url, strings.TrimSpace(string(b)), err
}

// pushes are the streams to push elsewhere. Errors wrap pipeline.ErrOptions.
func (f *networkFlags) pushes() ([]pipeline.Push, error) {
	var all []pipeline.Push
	for _, p := range f.Publish {
		stream, url, ok := strings.Cut(p, "=")
		if !ok || stream == "" || url == "" {
			return nil, fmt.Errorf("%w: publish: write it as STREAM=URL, such as camera=https://sfu.example/whip/camera", pipeline.ErrOptions) // p has a secret
		}
		url, bearer, err := cutSecret(url)
		if err != nil {
			return nil, fmt.Errorf("%w: publish of stream %s: %w", pipeline.ErrOptions, stream, err)
		}
		all = append(all, pipeline.Push{Stream: stream, URL: strings.TrimPrefix(url, "whip+"), Bearer: bearer})
	}
	return all, nil
}
