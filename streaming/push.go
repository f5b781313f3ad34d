package streaming

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"
)

const (
	// The pauses between attempts to push grow from one to the other.
	pushPause     = time.Second
	pushPauseMost = 30 * time.Second
	// pushSteady is how long a push must have run for the next pause to be short again.
	pushSteady = time.Minute
	// pushRequest bounds one HTTP request.
	pushRequest = 10 * time.Second
)

// errPush means that the other server refused, or that the connection to it was lost.
var errPush = errors.New("push failed")

// PushOptions say where to push a stream to.
type PushOptions struct {
	URL     string       // of a WHIP endpoint (RFC 9725)
	Bearer  string       // token; empty: none
	Overlay string       // OverlayBurned, OverlayNone, or empty: the first variant
	Client  *http.Client // nil: http.DefaultClient
}

// Push publishes the stream at another server until ctx ends. When that server refuses or the connection breaks it tries again, with
// growing pauses; a connection that only weakens gets an ICE restart first. The server must have started. An error wraps ErrConfig.
func (st *Stream) Push(ctx context.Context, o PushOptions) error {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%w: push to %q: write an http or https address", ErrConfig, o.URL)
	}
	out := st.choose(o.Overlay)
	if out == nil || o.Overlay == OverlayClient {
		return fmt.Errorf("%w: stream %s has no variant with overlay %q to push", ErrConfig, st.options.Name, o.Overlay)
	}
	if o.Client == nil {
		o.Client = http.DefaultClient
	}
	log := st.log.With("push", u.Host)
	pause := pushPause
	for {
		began := time.Now()
		err := (&push{out: out, options: o, log: log}).run(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // what fails while it is being stopped is no failure
		}
		if time.Since(began) > pushSteady {
			pause = pushPause
		}
		wait := max(time.Duration(float64(pause)*(.8+.4*rand.Float64())), retryAfter(err)) //nolint:gosec // so that many do not come at once
		log.Warn("push ended; trying again", "error", err, "pause", wait.Round(time.Millisecond))
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		pause = min(2*pause, pushPauseMost)
	}
}

// push is one session at the other server.
type push struct {
	out     *Output
	options PushOptions
	log     *slog.Logger

	watching *watching
	pc       *webrtc.PeerConnection
	session  string // its address
	answer   string // the newest
}

// run pushes until ctx ends or something breaks.
func (p *push) run(ctx context.Context) (err error) {
	if p.watching, err = newWatching(p.out, p.options.Overlay, nil, p.log); err != nil {
		return err
	}
	if p.pc, err = p.watching.connection(); err != nil {
		return err
	}
	states, deaf := make(chan webrtc.PeerConnectionState), make(chan struct{})
	p.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		select {
		case states <- s:
		case <-deaf:
		}
	})
	var running sync.WaitGroup
	defer func() {
		p.watching.left()
		close(deaf)
		p.leave(ctx)
		err = errors.Join(err, p.pc.GracefulClose())
		running.Wait()
	}()
	running.Go(p.watching.read)
	if err := p.offer(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return p.watch(ctx, states, func() { p.watching.connected(ctx, &running) })
}

// watch follows the connection.
func (p *push) watch(ctx context.Context, states <-chan webrtc.PeerConnectionState, start func()) error {
	late := time.NewTimer(connectTimeout)
	defer late.Stop()
	tick := time.NewTicker(reportInterval)
	defer tick.Stop()
	connected := false
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-late.C:
			if !connected {
				return fmt.Errorf("%w: not connected in %v", errPush, connectTimeout)
			}
		case now := <-tick.C:
			if connected {
				p.watching.tick(now)
			}
		case s := <-states:
			switch s {
			case webrtc.PeerConnectionStateConnected:
				if !connected {
					connected = true
					p.log.Info("pushing")
					start()
				}
			case webrtc.PeerConnectionStateDisconnected:
				if err := p.restart(ctx); err != nil {
					return err
				}
			case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
				return fmt.Errorf("%w: the connection is %s", errPush, s)
			default:
			}
		}
	}
}

// offer makes the session.
func (p *push) offer(ctx context.Context) error {
	text, err := p.localOffer(ctx, nil)
	if err != nil {
		return err
	}
	r, err := p.send(ctx, http.MethodPost, p.options.URL, typeSDP, text, "")
	if err != nil {
		return err
	}
	if r.code != http.StatusCreated {
		return r.refusal()
	}
	session, err := r.from.Parse(r.header.Get("Location"))
	if err != nil {
		return fmt.Errorf("%w: Location: %w", errPush, err)
	}
	p.session, p.answer = session.String(), r.body
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: p.answer}); err != nil {
		return fmt.Errorf("%w: answer: %w", errPush, err)
	}
	return nil
}

// localOffer makes an offer with all our candidates.
func (p *push) localOffer(ctx context.Context, o *webrtc.OfferOptions) (string, error) {
	offer, err := p.pc.CreateOffer(o)
	if err != nil {
		return "", fmt.Errorf("offer: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(offer); err != nil {
		return "", fmt.Errorf("offer: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, gatherTimeout)
	defer cancel()
	select {
	case <-gathered:
		return p.pc.LocalDescription().SDP, nil
	case <-ctx.Done():
		return "", fmt.Errorf("gathering candidates: %w", ctx.Err())
	}
}

// restart restarts ICE, RFC 9725 section 4.3.2. A server that knows no restarts ends the session by that.
func (p *push) restart(ctx context.Context) error {
	text, err := p.localOffer(ctx, &webrtc.OfferOptions{ICERestart: true})
	if err != nil {
		return err
	}
	fragment, err := localFragment(text)
	if err != nil {
		return err
	}
	r, err := p.send(ctx, http.MethodPatch, p.session, typeFragment, fragment, "*")
	if err != nil {
		return err
	}
	if r.code != http.StatusOK {
		return r.refusal()
	}
	f, err := parseFragment(r.body)
	if err != nil {
		return fmt.Errorf("%w: ICE restart: %w", errPush, err)
	}
	p.answer = renewed(p.answer, f)
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: p.answer}); err != nil {
		return fmt.Errorf("%w: ICE restart: %w", errPush, err)
	}
	for _, c := range f.candidates {
		if err := p.pc.AddICECandidate(c.init()); err != nil {
			return fmt.Errorf("%w: ICE restart: %w", errPush, err)
		}
	}
	return nil
}

// leave ends the session at the other server.
func (p *push) leave(ctx context.Context) {
	if p.session == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pushRequest)
	defer cancel()
	if _, err := p.send(ctx, http.MethodDelete, p.session, "", "", ""); err != nil {
		p.log.Debug("leaving", "error", err)
	}
}

// received is the other server's reply.
type received struct {
	code   int
	header http.Header
	from   *url.URL // after redirections
	body   string
}

// send does one request.
func (p *push) send(ctx context.Context, method, to, contentType, body, match string) (received, error) {
	ctx, cancel := context.WithTimeout(ctx, pushRequest)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, to, strings.NewReader(body))
	if err != nil {
		return received{}, fmt.Errorf("%w: %w", errPush, err)
	}
	for key, value := range map[string]string{"Content-Type": contentType, "If-Match": match} {
		if value != "" {
			r.Header.Set(key, value)
		}
	}
	if p.options.Bearer != "" {
		r.Header.Set("Authorization", "Bearer "+p.options.Bearer)
	}
	response, err := p.options.Client.Do(r)
	if err != nil {
		return received{}, fmt.Errorf("%w: %w", errPush, err)
	}
	defer response.Body.Close()
	b, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return received{}, fmt.Errorf("%w: %w", errPush, err)
	}
	return received{code: response.StatusCode, header: response.Header, from: response.Request.URL, body: string(b)}, nil
}

// refusedError is a refusal of the other server.
type refusedError struct {
	code  int
	text  string
	after time.Duration // not to be asked again before
}

// Error implements error.
func (e *refusedError) Error() string {
	return fmt.Sprintf("the server refuses: %d %s: %s", e.code, http.StatusText(e.code), e.text)
}

// Is makes every refusal an errPush.
func (e *refusedError) Is(target error) bool { return target == errPush }

func (r received) refusal() error {
	after, err := time.ParseDuration(r.header.Get("Retry-After") + "s")
	if err != nil {
		after = 0
	}
	return &refusedError{code: r.code, text: strings.TrimSpace(r.body[:min(len(r.body), 200)]), after: min(after, pushPauseMost)}
}

func retryAfter(err error) time.Duration {
	if refused, ok := errors.AsType[*refusedError](err); ok {
		return refused.after
	}
	return 0
}
