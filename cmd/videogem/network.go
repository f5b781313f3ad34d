package main

import (
	"context"
	"fmt"
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
	Origin     []string `placeholder:"ORIGIN" help:"Origin of other pages that may watch and change streams, such as https://ops.example. May be given again."`
	Advertise  []string `placeholder:"ADDRESS" help:"IP address at which viewers reach this machine, such as the public one of a NAT. May be given again."`
	Interface  []string `placeholder:"NAME" help:"Network interface whose addresses viewers are told; default: all. May be given again."`
	ICEServer  []string `name:"ice-server" placeholder:"URL" help:"Server that viewers are told of: stun:host:port, or turn:host:port#secret. May be given again."`
	Publish    []string `placeholder:"STREAM=URL" help:"Push a stream to a WHIP endpoint too, such as camera=https://sfu.example/whip/camera#token. May be given again."`
}

// config is what the flags mean.
func (f *networkFlags) config(ctx context.Context) (streaming.Config, error) {
	c := streaming.Config{Listen: f.Listen, Insecure: f.Insecure, AllowedOrigins: f.Origin, Advertise: f.Advertise, Interfaces: f.Interface}
	if f.Auth != "" {
		settings, err := auth.ReadFile(f.Auth)
		if err != nil {
			return c, err
		}
		if c.Auth, err = auth.New(ctx, settings); err != nil {
			return c, err
		}
	}
	if f.TLSCert != "" || f.TLSKey != "" || len(f.ACMEDomain) > 0 {
		c.TLS = &streaming.TLS{CertFile: f.TLSCert, KeyFile: f.TLSKey, Domains: f.ACMEDomain, Email: f.ACMEEmail}
	}
	if len(f.ACMEDomain) > 0 {
		cache, err := os.UserCacheDir()
		if err != nil {
			return c, fmt.Errorf("no place to keep certificates: %w", err)
		}
		c.TLS.Cache = filepath.Join(cache, "videogem", "acme")
	}
	for _, s := range f.ICEServer {
		url, secret, _ := strings.Cut(s, "#")
		c.ICEServers = append(c.ICEServers, streaming.ICEServer{URLs: []string{url}, Secret: secret})
	}
	return c, nil
}

// pushes are the streams to push elsewhere. Errors wrap pipeline.ErrOptions.
func (f *networkFlags) pushes() ([]pipeline.Push, error) {
	var all []pipeline.Push
	for _, p := range f.Publish {
		stream, url, ok := strings.Cut(p, "=")
		if !ok || stream == "" || url == "" {
			return nil, fmt.Errorf("%w: publish %q: write it as STREAM=URL, such as camera=https://sfu.example/whip/camera", pipeline.ErrOptions, p)
		}
		url, bearer, _ := strings.Cut(url, "#")
		all = append(all, pipeline.Push{Stream: stream, URL: url, Bearer: bearer})
	}
	return all, nil
}
