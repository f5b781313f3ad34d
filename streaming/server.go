package streaming

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// shutdownTimeout bounds how long Close waits for HTTP requests.
const shutdownTimeout = 3 * time.Second

// changesAnOffer is how many changes of its session may follow an offer, on average.
const changesAnOffer = 10

// Server is the WHEP server, the API and the page. New, Start, AddStream at any time in between or after, Close.
//
// Lock order: mu comes before Stream.mu.
type Server struct {
	config           Config
	ctx              context.Context //nolint:containedctx // the life of what Start starts
	cancel           context.CancelFunc
	split            *portSplit
	media            *media
	relay            *relay // nil: none
	http             *http.Server
	offers, failures *limiter
	changes          *limiter // of sessions: late candidates, restarts, ends
	known            *known   // tokens
	watchers         atomic.Int64

	connectTimeout time.Duration // of sessions; tests shorten it

	mu       sync.Mutex
	closed   bool
	streams  []*Stream // in the order they came
	ingests  map[string]*Ingest
	reserved int // sessions
	running  sync.WaitGroup
}

// New checks the settings; an error wraps ErrConfig.
func New(c Config) (*Server, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Server{
		config: c, connectTimeout: connectTimeout, ingests: map[string]*Ingest{},
		offers:   newLimiter(rate.Limit(c.OfferRate), int(10*c.OfferRate)),
		changes:  newLimiter(rate.Limit(changesAnOffer*c.OfferRate), int(10*changesAnOffer*c.OfferRate)),
		failures: newLimiter(rate.Every(failureEvery), failureBurst), known: newKnown(),
	}, nil
}

// Start opens the port and serves until Close. When ctx ends, so do sessions and event streams, those that come later too; the port stays
// open until Close. An error names the port that is in use.
func (s *Server) Start(ctx context.Context) error {
	handler, err := s.handler()
	if err != nil {
		return err
	}
	var secure *tls.Config
	if s.config.TLS != nil {
		if secure, err = s.config.TLS.config(s.config.Logger); err != nil {
			return err
		}
	}
	split, m, err := s.listen(ctx)
	if err != nil {
		return err
	}
	if s.config.TURN != nil {
		peers := func() map[netip.AddrPort]netip.AddrPort { return m.addresses(s.config.Advertise) }
		if s.relay, err = newRelay(ctx, s.config.TURN, peers, time.Now, pionLogs{s.config.Logger}); err != nil {
			return errors.Join(err, m.close(), split.Close())
		}
	}
	s.split, s.media = split, m
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       20 * time.Second,
		WriteTimeout:      30 * time.Second, // event streams set their own
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          quietLog(s.config.Logger),
		BaseContext:       func(net.Listener) context.Context { return s.ctx },
	}
	pages := net.Listener(split.http)
	if secure != nil {
		pages = tls.NewListener(pages, secure)
	}
	if s.config.Auth != nil && secure == nil && !isLoopback(split.host()) {
		s.config.Logger.Warn("tokens travel unencrypted; set up TLS here, or in a proxy in front")
	}
	s.running.Go(func() {
		if err := s.http.Serve(pages); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			s.config.Logger.Error("the page is no longer served", "error", err)
		}
	})
	return nil
}

// listen opens the port for HTTP and media.
func (s *Server) listen(ctx context.Context) (*portSplit, *media, error) {
	var lc net.ListenConfig
	for attempt := 1; ; attempt++ {
		l, err := lc.Listen(ctx, "tcp", s.config.Listen)
		if err != nil {
			return nil, nil, listenError("TCP", s.config.Listen, err)
		}
		split := splitPort(l)
		m, err := newMedia(s.config, split.media)
		if err == nil {
			return split, m, nil
		}
		err = errors.Join(listenError("UDP", l.Addr().String(), err), split.Close())
		if !strings.HasSuffix(s.config.Listen, ":0") || attempt == 5 {
			return nil, nil, err
		} // a free TCP port whose UDP twin is taken: try another
	}
}

// listenError says which port cannot be had, and what to do.
func listenError(network, addr string, err error) error {
	if strings.Contains(err.Error(), "address already in use") {
		return fmt.Errorf("%s port of %s is in use by another program; choose another with --listen: %w", network, addr, err)
	}
	return fmt.Errorf("cannot listen on %s %s: %w", network, addr, err)
}

// URL is the address to open in a browser on this machine; empty before Start.
func (s *Server) URL() string {
	if s.split == nil {
		return ""
	}
	addr, ok := s.split.Addr().(*net.TCPAddr)
	if !ok {
		return ""
	}
	host := addr.IP.String()
	if addr.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "http://"
	if s.config.TLS != nil {
		scheme = "https://"
	}
	return scheme + net.JoinHostPort(host, strconv.Itoa(addr.Port)) + "/"
}

// NoFirefox says in a few words why Firefox gets no video from this server; empty before Start, and where it does. It takes no loopback
// addresses, and a machine without a network has no others.
func (s *Server) NoFirefox() string {
	if s.media == nil || s.media.hosts == nil {
		return ""
	}
	if err := s.media.hosts.noFirefox(); err != nil {
		return err.Error()
	}
	return ""
}

// AddStream makes a stream known. An error wraps ErrConfig.
func (s *Server) AddStream(o StreamOptions) (*Stream, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.find(o.Name) != nil {
		return nil, fmt.Errorf("%w: there is a stream %q already", ErrConfig, o.Name)
	}
	st := newStream(s, o)
	s.streams = append(s.streams, st)
	return st, nil
}

// find returns a stream or nil; mu is held.
func (s *Server) find(name string) *Stream {
	for _, st := range s.streams {
		if st.options.Name == name {
			return st
		}
	}
	return nil
}

func (s *Server) stream(name string) *Stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(name)
}

func (s *Server) ingest(name string) *Ingest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ingests[name]
}

func (s *Server) removeStream(st *Stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams = slices.DeleteFunc(s.streams, func(t *Stream) bool { return t == st })
}

// all returns the streams in the order they came.
func (s *Server) all() []*Stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.streams)
}

func (s *Server) allIngests() []*Ingest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.ingests))
}

// reserve takes one of the places for sessions; release gives it back.
func (s *Server) reserve() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return errGone
	case s.reserved >= s.config.MaxSessions:
		return errFull
	}
	s.reserved++
	s.running.Add(1)
	return nil
}

func (s *Server) release() {
	s.mu.Lock()
	s.reserved--
	s.mu.Unlock()
	s.running.Done()
}

// Close ends all streams and sessions, and waits until nothing runs any more. It may be called without Start.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	if s.cancel != nil {
		s.cancel() // event streams and sessions end
	}
	for _, st := range s.all() {
		st.Close()
	}
	for _, i := range s.allIngests() {
		i.Close()
	}
	var errs []error
	if s.http != nil {
		ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
		defer cancel()
		if err := s.http.Shutdown(ctx); err != nil {
			errs = append(errs, s.http.Close())
		}
	}
	s.running.Wait()
	if s.relay != nil {
		errs = append(errs, s.relay.close())
	}
	if s.media != nil {
		errs = append(errs, s.media.close())
	}
	if s.split != nil {
		errs = append(errs, s.split.Close())
	}
	return errors.Join(errs...)
}
