package streaming

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/videogem/videogem/streaming/auth"
)

// connectTimeout bounds how long a session may take from its offer to a connected peer.
const connectTimeout = 15 * time.Second

// gatherTimeout bounds the wait for host candidates, which need no network.
const gatherTimeout = 2 * time.Second

// Errors of a negotiation.
var (
	// errOffer means that the offer is not one: status 400.
	errOffer = errors.New("bad offer")
	// errCodec means that the offer has no codec, or no place, for the stream: status 406.
	errCodec = errors.New("offer does not fit the stream")
	// errGone means that the stream or the server has closed meanwhile: status 404.
	errGone = errors.New("stream is gone")
	// errBusy means that somebody publishes already: status 409.
	errBusy = errors.New("somebody else publishes here already")
	// errSlow means that this machine did not get to it in time: status 503.
	errSlow = errors.New("the server is too busy; try again later")
	// errFull means that there are too many sessions: status 503.
	errFull = errors.New("too many viewers; try again later")
)

// session is one peer that watches a stream or publishes one. The goroutine of supervise owns its life; end asks that goroutine to
// finish, and done says that it has.
type session struct {
	id     string // 128 random bits or more: who knows it, and has the holder's token, may change the session
	name   string // for the log, entity tags and TURN: it says nothing about the id
	home   *sessions
	holder *auth.Principal // who made it, and alone may change or end it
	role   role
	pc     *webrtc.PeerConnection
	log    *slog.Logger

	states  chan webrtc.PeerConnectionState
	deaf    chan struct{} // closed when nobody reads states any more
	stop    chan struct{}
	done    chan struct{} // closed when nothing of the session is left
	ending  sync.Once
	because string // why it ends; written before stop is closed

	mu       sync.Mutex // one negotiation at a time; taken before all other locks
	offer    offer      // as it stands
	version  int        // of the ICE credentials; the entity tag says it
	trickled int        // candidates that came late, since the newest ICE restart
}

// newSession answers an offer. The session lives until the peer leaves, is given up, or something calls end. newRole gets the
// session's logger.
func newSession(ctx context.Context, home *sessions, o offer, holder *auth.Principal, log *slog.Logger,
	newRole func(*slog.Logger) (role, error),
) (s *session, answer string, err error) {
	if err := home.server.reserve(); err != nil {
		return nil, "", err
	}
	s = &session{
		id: rand.Text(), name: rand.Text()[:8], home: home, holder: holder, offer: o, states: make(chan webrtc.PeerConnectionState),
		deaf: make(chan struct{}), stop: make(chan struct{}), done: make(chan struct{}),
	}
	s.log = log.With("session", s.name)
	if s.role, err = newRole(s.log); err == nil {
		answer, err = s.open(ctx)
	}
	if err == nil {
		err = home.add(s)
	}
	if err != nil {
		close(s.deaf)
		if s.pc != nil {
			err = errors.Join(err, s.pc.GracefulClose())
		}
		home.server.release()
		return nil, "", err
	}
	go func() {
		defer home.server.release()
		defer close(s.done)
		s.supervise(home.server.ctx)
	}()
	return s, answer, nil
}

// open makes the peer connection and its first answer.
func (s *session) open(ctx context.Context) (answer string, err error) {
	if s.pc, err = s.role.connection(); err != nil {
		return "", err
	}
	s.pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		select {
		case s.states <- state:
		case <-s.deaf:
		}
	})
	if answer, err = s.answer(ctx, s.offer.text); err != nil {
		return "", err
	}
	return answer, s.role.answered()
}

// answer does one round of offer and answer. The answer has all candidates: they are host candidates and known at once.
func (s *session) answer(ctx context.Context, text string) (string, error) {
	if err := s.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: text}); err != nil {
		return "", fmt.Errorf("%w: %w", errOffer, err)
	}
	answer, err := s.pc.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errOffer, err)
	}
	if err := checkAnswer(answer.SDP, s.offer.direction); err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(s.pc)
	if err := s.pc.SetLocalDescription(answer); err != nil {
		if errors.Is(err, webrtc.ErrUnsupportedCodec) {
			return "", fmt.Errorf("%w: %w", errCodec, err)
		}
		return "", fmt.Errorf("%w: %w", errOffer, err)
	}
	ctx, cancel := context.WithTimeout(ctx, gatherTimeout)
	defer cancel()
	select {
	case <-gathered:
	case <-ctx.Done():
		return "", fmt.Errorf("%w: gathering candidates: %w", errSlow, ctx.Err())
	}
	return s.pc.LocalDescription().SDP, nil
}

// etag names the ICE session, RFC 9725 section 4.3.1.
func (s *session) etag() string { return fmt.Sprintf(`"%s-%d"`, s.name, s.version) }

// end asks the session to finish; only the first reason counts.
func (s *session) end(because string) {
	s.ending.Do(func() {
		s.because = because
		s.home.remove(s.id)
		close(s.stop)
	})
}

// supervise sees the session through, and returns when nothing of it is left.
func (s *session) supervise(ctx context.Context) {
	began := time.Now()
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(s.role.read)
	connected := s.watch(ctx, func() { s.role.connected(ctx, &running) })
	s.role.left()
	cancel()
	close(s.deaf) // frees the callbacks that GracefulClose waits for
	if err := s.pc.GracefulClose(); err != nil {
		s.log.Debug("closing a peer connection", "error", err)
	}
	running.Wait()
	s.log.Info("session ended", append([]any{"why", s.because, "connected", connected, "after", time.Since(began).Round(time.Millisecond)}, s.role.report()...)...)
}

// watch follows the peer's state until the session is to end; true when it was ever connected.
func (s *session) watch(ctx context.Context, start func()) (connected bool) {
	late := time.NewTimer(s.home.server.connectTimeout)
	defer late.Stop()
	tick := time.NewTicker(reportInterval)
	defer tick.Stop()
	var expired <-chan time.Time
	if !s.holder.Expires.IsZero() {
		timer := time.NewTimer(time.Until(s.holder.Expires))
		defer timer.Stop()
		expired = timer.C
	}
	for {
		select {
		case <-ctx.Done():
			s.end("server closed")
		case <-late.C:
			if !connected {
				s.end("did not connect in time")
			}
		case <-expired:
			s.end("token has run out")
		case now := <-tick.C:
			if connected {
				s.role.tick(now)
			}
		case state := <-s.states:
			s.log.Debug("peer", "state", state.String())
			switch state {
			case webrtc.PeerConnectionStateConnected:
				if !connected {
					connected = true
					s.log.Info("peer connected")
					start()
				}
			case webrtc.PeerConnectionStateFailed:
				s.end("connection lost")
			case webrtc.PeerConnectionStateClosed:
				s.end("closed by the peer")
			default: // connecting; disconnected may come back
			}
		case <-s.stop:
			return connected
		}
	}
}
