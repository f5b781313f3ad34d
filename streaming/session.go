package streaming

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/videogem/videogem/streaming/auth"
)

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
	errSlow = errors.New("this machine is too busy; try again later")
	// errFull means that there are too many sessions: status 503.
	errFull = errors.New("too many viewers; try again later")
)

// peerSilence is how long a peer that is there never is silent: after iceKeepAlive it is asked, and answers.
const peerSilence = 3 * time.Second

// session is one peer that watches a stream or publishes one. The goroutine of supervise owns its life; end asks that goroutine to
// finish, and done says that it has.
type session struct {
	id     string // 128 random bits or more: who knows it, and has the holder's token, may change the session
	name   string // for the log, entity tags and TURN: it says nothing about the id
	home   *sessions
	holder *auth.Principal // who made it, and alone may change or end it
	from   netip.Prefix    // the address that it was made from
	role   role
	link   *link // nil until open
	log    *slog.Logger

	ctx    context.Context //nolint:containedctx // the session's life
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when nothing of the session is left

	mu       sync.Mutex // one negotiation at a time; taken before all other locks
	offer    offer      // as it stands
	version  int        // of the ICE credentials; the entity tag says it
	trickled int        // candidates that came late, since the newest ICE restart
}

// newSession answers an offer. The session lives until the peer leaves, is given up, or something calls end. newRole gets the
// session's logger. instead, unless it is nil, is a session that ends as soon as this one can be.
func newSession(ctx context.Context, home *sessions, o offer, holder *auth.Principal, instead *session, log *slog.Logger,
	newRole func(*slog.Logger) (role, error),
) (s *session, answer string, err error) {
	if err := home.server.reserve(); err != nil {
		return nil, "", err
	}
	s = &session{id: rand.Text(), name: rand.Text()[:8], home: home, holder: holder, from: o.from, offer: o, done: make(chan struct{})}
	s.log = log.With("session", s.name)
	s.ctx, s.cancel = context.WithCancelCause(context.WithoutCancel(home.server.ctx))
	if s.role, err = newRole(s.log); err == nil {
		answer, err = s.open(ctx)
	}
	if err == nil {
		if instead != nil {
			instead.end("its peer has come back")
		}
		err = home.add(s)
	}
	if err != nil {
		s.cancel(err)
		if s.link != nil {
			err = errors.Join(err, s.link.close())
		}
		home.server.release()
		return nil, "", err
	}
	go func() {
		defer home.running.Done()
		defer close(s.done)
		defer home.server.release()
		s.supervise()
	}()
	return s, answer, nil
}

// open makes the peer connection and its first answer.
func (s *session) open(ctx context.Context) (answer string, err error) {
	pc, err := s.role.connection()
	if err != nil {
		return "", err
	}
	s.link = newLink(pc, s.log)
	if answer, err = s.answer(ctx, s.offer); err != nil {
		return "", err
	}
	return answer, s.role.answered()
}

// answer does one round of offer and answer.
func (s *session) answer(ctx context.Context, o offer) (string, error) {
	if err := s.link.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: o.text}); err != nil {
		return "", fmt.Errorf("%w: %w", errOffer, err)
	}
	answer, err := s.link.pc.CreateAnswer(&webrtc.AnswerOptions{OfferAnswerOptions: webrtc.OfferAnswerOptions{ICETricklingSupported: true}})
	if err != nil {
		return "", fmt.Errorf("%w: %w", errOffer, err)
	}
	if err := checkAnswer(answer.SDP, o.direction); err != nil {
		return "", err
	}
	text, err := s.link.describe(ctx, answer)
	switch {
	case err == nil:
		return finish(text, o.bundled, o.to), nil
	case errors.Is(err, errSlow):
		return "", err
	case errors.Is(err, webrtc.ErrUnsupportedCodec):
		return "", fmt.Errorf("%w: %w", errCodec, err)
	default:
		return "", fmt.Errorf("%w: %w", errOffer, err)
	}
}

// etag names the ICE session, RFC 9725 section 4.3.1.
func (s *session) etag() string { return fmt.Sprintf(`"%s-%d"`, s.name, s.version) }

// over tells whether the session has been asked to finish.
func (s *session) over() bool { return s.ctx.Err() != nil }

// end asks the session to finish; only the first reason counts.
func (s *session) end(because string) {
	s.home.remove(s.id)
	s.cancel(errors.New(because))
}

// silent watches for a sign of life of the peer, and tells after peerSilence that there was none.
func (s *session) silent(ctx context.Context) bool {
	heard := s.link.heard()
	timeout := time.NewTimer(peerSilence)
	defer timeout.Stop()
	look := time.NewTicker(peerSilence / 50)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-s.ctx.Done():
			return true
		case <-timeout.C:
			return true
		case <-look.C:
			if s.link.heard() != heard {
				return false
			}
		}
	}
}

// supervise sees the session through, and returns when nothing of it is left.
func (s *session) supervise() {
	began := time.Now()
	defer context.AfterFunc(s.home.server.ctx, func() { s.end("server closed") })()
	if !s.holder.Expires.IsZero() {
		defer time.AfterFunc(time.Until(s.holder.Expires), func() { s.end("token has run out") }).Stop()
	}
	var running sync.WaitGroup
	running.Go(s.role.read)
	connected := false
	because := s.link.follow(s.ctx, s.home.server.connectTimeout, func() {
		connected = true
		s.log.Info("peer connected")
		s.role.connected(s.ctx, &running)
	}, func(now, _ time.Time) error { return s.role.tick(now) })
	s.end(because.Error())
	s.role.left()
	if err := s.link.close(); err != nil {
		s.log.Debug("closing a peer connection", "error", err)
	}
	running.Wait()
	s.log.Info("session ended", append([]any{"why", because, "connected", connected, "after", time.Since(began).Round(time.Millisecond)}, s.role.report()...)...)
}
