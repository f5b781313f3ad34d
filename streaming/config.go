package streaming

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/videogem/videogem/streaming/auth"
)

// ErrConfig means that a setting cannot be; its text names the setting.
var ErrConfig = errors.New("bad streaming setting")

// Defaults of Config.
const (
	DefaultListen      = "127.0.0.1:8080"
	DefaultMaxSessions = 1000
	DefaultOfferRate   = 10
)

// Config configures a Server.
type Config struct {
	// Listen is the host and port of the page, "127.0.0.1:8080" when empty. All media use the same port: over UDP, and over
	// TCP where UDP does not pass. Port 0 picks a free one. An address that others can reach needs Auth or Insecure. For 0.0.0.0 and the
	// like, answers name the addresses that the machine's interfaces have at that moment. For a loopback address they also name the
	// machine's others, at which this machine alone is listened to: Firefox takes no loopback addresses.
	Listen string
	// Auth knows the tokens; nil: everybody who reaches the server may do everything.
	Auth *auth.Verifier
	// Insecure allows an address that others can reach without Auth.
	Insecure bool
	// TLS serves the page over https; nil: http. Media are encrypted either way.
	TLS *TLS
	// Advertise are IP addresses at which viewers reach this machine, such as the public one of a NAT that forwards the port. They
	// stand in answers instead of the machine's own addresses of the same family.
	Advertise []string
	// Interfaces are the network interfaces whose addresses stand in answers; none: all.
	Interfaces []string
	// ICEServers are STUN and TURN servers that viewers are told of. The server itself never asks them: its own addresses are known,
	// so that answers wait for nothing.
	ICEServers []ICEServer
	// TURN is a relay of this server's own; nil: none.
	TURN *TURN
	// AllowedOrigins are the web origins, such as "https://ops.example", whose pages may watch and change streams beside
	// the server's own page. "*" stands for all; it needs Auth, and a page must then send a token by itself.
	AllowedOrigins []string
	// MaxSessions bounds the viewers of all streams together, those that are still connecting included; 0: 1000.
	MaxSessions int
	// OfferRate bounds the offers a second from one address (one /64 in IPv6); ten times as many may come at once. 0: 10.
	OfferRate float64
	// Logger gets what happens; nil: slog.Default().
	Logger *slog.Logger
}

// withDefaults returns the settings with every zero field filled in, or an error that wraps ErrConfig.
func (c Config) withDefaults() (Config, error) {
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	if c.MaxSessions == 0 {
		c.MaxSessions = DefaultMaxSessions
	}
	if c.OfferRate == 0 {
		c.OfferRate = DefaultOfferRate
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.MaxSessions < 0 {
		return c, fmt.Errorf("%w: max sessions %d: use 1 or more", ErrConfig, c.MaxSessions)
	}
	if c.OfferRate < 0 {
		return c, fmt.Errorf("%w: offer rate %g: use more than 0 a second", ErrConfig, c.OfferRate)
	}
	host, err := checkAddress("listen", c.Listen)
	if err != nil {
		return c, err
	}
	if c.Auth == nil && !c.Insecure && !isLoopback(host) {
		return c, fmt.Errorf("%w: listen %q: others can reach this address, and no tokens are set up; set them up, listen on 127.0.0.1, "+
			"or say that this is meant (insecure)", ErrConfig, c.Listen)
	}
	return c, errors.Join(c.checkOrigins(), c.checkAddresses(), c.TLS.check(), c.TURN.check())
}

func (c Config) checkOrigins() error {
	for _, o := range c.AllowedOrigins {
		if o == anyOrigin {
			if c.Auth == nil {
				return fmt.Errorf("%w: allowed origin *: every page of the web could use this server, and no tokens are set up; set them up, or name the origins", ErrConfig)
			}
			continue
		}
		u, err := url.Parse(o)
		if err != nil || u.Scheme == "" || u.Host == "" || o != u.Scheme+"://"+u.Host || o != strings.ToLower(o) {
			return fmt.Errorf("%w: allowed origin %q: write scheme and host only, in small letters, such as https://ops.example", ErrConfig, o)
		}
	}
	return nil
}

// anyOrigin in AllowedOrigins stands for all.
const anyOrigin = "*"

// allowOrigin is what Access-Control-Allow-Origin says to a page of the origin; empty: it may not use this server.
func (c Config) allowOrigin(origin string) string {
	switch {
	case origin == "":
		return ""
	case slices.Contains(c.AllowedOrigins, origin):
		return origin
	case slices.Contains(c.AllowedOrigins, anyOrigin):
		return anyOrigin
	}
	return ""
}

func (c Config) checkAddresses() error {
	for _, a := range c.Advertise {
		if _, err := netip.ParseAddr(a); err != nil {
			return fmt.Errorf("%w: advertise %q: write an IP address without port", ErrConfig, a)
		}
	}
	for _, i := range c.Interfaces {
		if _, err := net.InterfaceByName(i); err != nil {
			return fmt.Errorf("%w: interface %q: this machine has none of that name: %w", ErrConfig, i, err)
		}
	}
	for _, s := range c.ICEServers {
		if err := s.check(); err != nil {
			return err
		}
	}
	return nil
}

// checkAddress returns the host of host:port.
func checkAddress(setting, address string) (host string, err error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("%w: %s %q: write it as host:port, such as %s", ErrConfig, setting, address, DefaultListen)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "", fmt.Errorf("%w: %s %q: the port is a number from 0 to 65535", ErrConfig, setting, address)
	}
	return host, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
