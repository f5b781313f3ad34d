package streaming

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
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
	// errFull means that there are too many sessions: status 503.
	errFull = errors.New("too many viewers; try again later")
)

// session is one peer watching one stream. The goroutine of supervise owns its life; end asks that goroutine to finish, and
// done says that it has.
type session struct {
	id     string // 128 random bits or more: whoever knows it may end the session
	stream *Stream
	pc     *webrtc.PeerConnection
	viewer *viewer
	log    *slog.Logger

	states  chan webrtc.PeerConnectionState
	deaf    chan struct{} // closed when nobody reads states any more
	stop    chan struct{}
	done    chan struct{} // closed when nothing of the session is left
	ending  sync.Once
	because string // why it ends; written before stop is closed

	mu      sync.Mutex // one negotiation at a time; taken before all other locks
	offer   offer      // as it stands
	version int        // of the ICE credentials; the entity tag says it
}

// newSession answers an offer. The session lives until the peer leaves, is given up, or something calls end.
func newSession(ctx context.Context, st *Stream, o offer) (s *session, answer string, err error) {
	if err := st.server.reserve(); err != nil {
		return nil, "", err
	}
	s = &session{
		id: rand.Text(), stream: st, offer: o, states: make(chan webrtc.PeerConnectionState),
		deaf: make(chan struct{}), stop: make(chan struct{}), done: make(chan struct{}),
	}
	s.log = st.log.With("session", s.id[:6]) // the whole id is a key
	sender, answer, err := s.open(ctx)
	if err == nil && !st.addSession(s) {
		err = errGone
	}
	if err != nil {
		close(s.deaf)
		if s.pc != nil {
			err = errors.Join(err, s.pc.GracefulClose())
		}
		st.server.release()
		return nil, "", err
	}
	go func() {
		defer st.server.release()
		defer close(s.done)
		s.supervise(st.server.ctx, sender)
	}()
	return s, answer, nil
}

// open makes the peer connection and its first answer.
func (s *session) open(ctx context.Context) (*webrtc.RTPSender, string, error) {
	codec := s.stream.options.Codec
	track, err := webrtc.NewTrackLocalStaticRTP(trackCodec(codec), "video", s.stream.options.Name)
	if err != nil {
		return nil, "", fmt.Errorf("new track: %w", err)
	}
	s.viewer = newViewer(track, s.log)
	if s.pc, err = s.stream.server.media.apis[codec].NewPeerConnection(webrtc.Configuration{}); err != nil {
		return nil, "", fmt.Errorf("new peer connection: %w", err)
	}
	s.pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		select {
		case s.states <- state:
		case <-s.deaf:
		}
	})
	transceiver, err := s.pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	if err != nil {
		return nil, "", fmt.Errorf("add track: %w", err)
	}
	answer, err := s.answer(ctx, s.offer.text)
	if err != nil {
		return nil, "", err
	}
	for _, e := range transceiver.Sender().GetParameters().HeaderExtensions {
		if e.URI == playoutDelayURI {
			err = s.viewer.setPlayoutDelay(e.ID)
		}
	}
	return transceiver.Sender(), answer, err
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
	if err := checkAnswer(answer.SDP); err != nil {
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
		return "", fmt.Errorf("gathering candidates: %w", ctx.Err())
	}
	return s.pc.LocalDescription().SDP, nil
}

// etag names the ICE session, RFC 9725 section 4.3.1.
func (s *session) etag() string { return fmt.Sprintf(`"%s-%d"`, s.id[:8], s.version) }

// end asks the session to finish; only the first reason counts.
func (s *session) end(because string) {
	s.ending.Do(func() {
		s.because = because
		s.stream.removeSession(s.id)
		close(s.stop)
	})
}

// supervise sees the session through, and returns when nothing of it is left.
func (s *session) supervise(ctx context.Context, sender *webrtc.RTPSender) {
	began := time.Now()
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { s.readFeedback(sender) })
	connected := s.watch(ctx, func() {
		s.stream.attach(s.viewer)
		running.Go(func() { s.viewer.run(ctx) })
	})
	s.stream.detach(s.viewer)
	cancel()
	close(s.deaf) // frees the callbacks that GracefulClose waits for
	if err := s.pc.GracefulClose(); err != nil {
		s.log.Debug("closing a peer connection", "error", err)
	}
	running.Wait()
	s.log.Info("viewer left", "why", s.because, "connected", connected, "after", time.Since(began).Round(time.Millisecond), "dropped", s.viewer.drops())
}

// watch follows the peer's state until the session is to end; true when it was ever connected.
func (s *session) watch(ctx context.Context, start func()) (connected bool) {
	late := time.NewTimer(s.stream.server.connectTimeout)
	defer late.Stop()
	for {
		select {
		case <-ctx.Done():
			s.end("server closed")
		case <-late.C:
			if !connected {
				s.end("did not connect in time")
			}
		case state := <-s.states:
			s.log.Debug("peer", "state", state.String())
			switch state {
			case webrtc.PeerConnectionStateConnected:
				if !connected {
					connected = true
					s.log.Info("viewer joined")
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

// readFeedback passes the peer's key-frame requests on. Reading also drives the interceptors.
func (s *session) readFeedback(sender *webrtc.RTPSender) {
	for {
		packets, _, err := sender.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			switch p.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				s.stream.keys.request()
			}
		}
	}
}
