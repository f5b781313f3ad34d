package streaming

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// ErrConfig means that a setting cannot be; its text names the setting.
var ErrConfig = errors.New("bad streaming setting")

// Defaults of Config.
const (
	DefaultListen      = "127.0.0.1:8080"
	DefaultMaxSessions = 1000
)

// Config configures a Server.
type Config struct {
	// Listen is the host and port of the page, "127.0.0.1:8080" when empty. All media use the same port: over UDP, and over
	// TCP where UDP does not pass. Port 0 picks a free one.
	Listen string
	// AllowedOrigins are the web origins, such as "https://ops.example", whose pages may watch and change streams beside
	// the server's own page.
	AllowedOrigins []string
	// MaxSessions bounds the viewers of all streams together, those that are still connecting included; 0: 1000.
	MaxSessions int
	// Logger gets what happens; nil: slog.Default().
	Logger *slog.Logger
}

// withDefaults returns the settings with every zero field filled in, or an error that wraps ErrConfig.
func (c Config) withDefaults() (Config, error) {
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	_, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return c, fmt.Errorf("%w: listen %q: write it as host:port, such as %s", ErrConfig, c.Listen, DefaultListen)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return c, fmt.Errorf("%w: listen %q: the port is a number from 0 to 65535", ErrConfig, c.Listen)
	}
	for _, o := range c.AllowedOrigins {
		u, err := url.Parse(o)
		if err != nil || u.Scheme == "" || u.Host == "" || o != u.Scheme+"://"+u.Host || o != strings.ToLower(o) {
			return c, fmt.Errorf("%w: allowed origin %q: write scheme and host only, in small letters, such as https://ops.example", ErrConfig, o)
		}
	}
	if c.MaxSessions < 0 {
		return c, fmt.Errorf("%w: max sessions %d: use 1 or more", ErrConfig, c.MaxSessions)
	}
	if c.MaxSessions == 0 {
		c.MaxSessions = DefaultMaxSessions
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return c, nil
}

// The codecs a stream may have, as MIME types.
const (
	CodecVP8  = "video/VP8"
	CodecH264 = "video/H264"
)

// StreamOptions configure a Stream.
type StreamOptions struct {
	Name    string // in addresses: letters, digits, '.', '-' and '_'
	Title   string // for people; empty: the name
	Codec   string // CodecVP8 (when empty) or CodecH264, in Annex B with parameter sets before every key frame
	Control Control
}

// withDefaults returns the options with every zero field filled in, or an error that wraps ErrConfig.
func (o StreamOptions) withDefaults() (StreamOptions, error) {
	if !regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$`).MatchString(o.Name) {
		return o, fmt.Errorf("%w: stream name %q: use letters, digits, '.', '-' and '_'", ErrConfig, o.Name)
	}
	if o.Title == "" {
		o.Title = o.Name
	}
	if o.Codec == "" {
		o.Codec = CodecVP8
	}
	if o.Codec != CodecVP8 && o.Codec != CodecH264 {
		return o, fmt.Errorf("%w: stream %s: codec %q: use %s or %s", ErrConfig, o.Name, o.Codec, CodecVP8, CodecH264)
	}
	if o.Control == nil {
		return o, fmt.Errorf("%w: stream %s has no control", ErrConfig, o.Name)
	}
	return o, nil
}
