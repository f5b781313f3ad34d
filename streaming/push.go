package streaming

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"
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

// Check tells whether the address can be pushed to. An error wraps ErrConfig and does not tell the address.
func (o PushOptions) Check() error {
	_, err := o.address()
	return err
}

func (o PushOptions) address() (*url.URL, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%w: push: write an http or https address, such as https://sfu.example/whip/camera", ErrConfig)
	}
	return u, nil
}

// Push publishes the stream at another server until ctx ends. When that server refuses or the connection breaks it tries again, with
// growing pauses; a connection that only weakens gets an ICE restart first. A server that refuses the token is asked again only after
// minutes. Neither the token nor the address, which may hold a key, gets into the log; the host does. The server must have started. An
// error wraps ErrConfig.
func (st *Stream) Push(ctx context.Context, o PushOptions) error {
	u, err := o.address()
	if err != nil {
		return fmt.Errorf("stream %s: %w", st.options.Name, err)
	}
	out := st.choose(o.Overlay)
	if out == nil || o.Overlay == OverlayClient {
		return fmt.Errorf("%w: stream %s has no variant with overlay %q to push", ErrConfig, st.options.Name, o.Overlay)
	}
	log := st.log.With("push", u.Host)
	if o.Bearer != "" && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		log.Warn("the token of a push travels unencrypted; use https")
	}
	client := newPushClient(o, u)
	var pause pushPauses
	for {
		began := time.Now()
		err := (&push{out: out, overlay: o.Overlay, client: client, log: log}).run(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // what fails while it is being stopped is no failure
		}
		wait := pause.after(err, time.Since(began))
		if denied(err) {
			log.Error("the other server does not take the token; give a good one", "error", err, "pause", wait.Round(time.Second))
		} else {
			log.Warn("push ended; trying again", "error", err, "pause", wait.Round(time.Millisecond))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// push is one session at the other server.
type push struct {
	out     *Output
	overlay string
	client  *pushClient
	log     *slog.Logger

	watching *watching
	link     *link
	session  *url.URL
	answer   string // the newest
}

// run pushes until ctx ends or something breaks.
func (p *push) run(ctx context.Context) (err error) {
	if p.watching, err = newWatching(p.out, p.overlay, nil, p.log); err != nil {
		return err
	}
	pc, err := p.watching.connection()
	if err != nil {
		return err
	}
	p.link = newLink(pc, p.log)
	var running sync.WaitGroup
	defer func() {
		p.watching.left()
		p.leave(ctx)
		err = errors.Join(err, p.link.close())
		running.Wait()
	}()
	running.Go(p.watching.read)
	if err := p.offer(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var restarted time.Time // when ICE was last restarted
	err = p.link.follow(ctx, connectTimeout, func() {
		p.log.Info("pushing")
		p.watching.connected(ctx, &running)
	}, func(now, weak time.Time) error {
		switch {
		case weak.IsZero() || now.Sub(restarted) < pushRestart:
		case now.Sub(weak) > pushWeak:
			return errLost
		default:
			restarted = now
			if err := p.tryRestart(ctx); err != nil {
				return err
			}
		}
		return p.watching.tick(now)
	})
	if ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%w: %w", errPush, err)
}

// offer makes the session.
func (p *push) offer(ctx context.Context) error {
	p.useServers(p.client.servers(ctx))
	text, err := p.localOffer(ctx, nil)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil { // a STUN or TURN server does not answer
		text, err = p.link.local(), nil
	}
	if err != nil {
		return err
	}
	r, err := p.client.send(ctx, http.MethodPost, p.client.to, typeSDP, text, "")
	if err != nil {
		return err
	}
	if r.code != http.StatusCreated {
		return r.refused
	}
	if p.session, err = r.location(); err != nil {
		return err
	}
	p.useServers(linkedServers(r.header)) // too late for this offer, but not for ICE restarts
	p.answer = r.body
	if err := p.link.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: p.answer}); err != nil {
		return fmt.Errorf("%w: answer: %w", errPush, err)
	}
	return nil
}

// useServers lets ICE use STUN and TURN servers that the other server has told us of, from the next gathering of candidates on.
func (p *push) useServers(all []webrtc.ICEServer) {
	if len(all) == 0 {
		return
	}
	if err := p.link.pc.SetConfiguration(webrtc.Configuration{ICEServers: all}); err != nil {
		p.log.Debug("the other server's ICE servers are of no use", "error", err)
	}
}

// localOffer makes an offer with all our candidates.
func (p *push) localOffer(ctx context.Context, o *webrtc.OfferOptions) (string, error) {
	offer, err := p.link.pc.CreateOffer(o)
	if err != nil {
		return "", fmt.Errorf("offer: %w", err)
	}
	text, err := p.link.describe(ctx, offer)
	if err != nil {
		return "", fmt.Errorf("offer: %w", err)
	}
	return text, nil
}

// tryRestart restarts ICE. That the other server cannot be reached is no error: its connection may come back just as this one's. That it
// refuses is one.
func (p *push) tryRestart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pushRestart)
	defer cancel()
	err := p.restart(ctx)
	if refused, ok := errors.AsType[*refusedError](err); ok {
		return refused
	}
	if err != nil {
		p.log.Debug("ICE is not restarted yet", "error", err)
	}
	return nil
}

// restart restarts ICE, RFC 9725 section 4.3.2. A server that knows no restarts ends the session by that.
func (p *push) restart(ctx context.Context) error {
	var text string
	var err error
	if p.link.pc.SignalingState() == webrtc.SignalingStateHaveLocalOffer { // the last one was not answered
		text = p.link.local()
	} else if text, err = p.localOffer(ctx, &webrtc.OfferOptions{ICERestart: true}); err != nil {
		return err
	}
	fragment, err := localFragment(text)
	if err != nil {
		return err
	}
	r, err := p.client.send(ctx, http.MethodPatch, p.session, typeFragment, fragment, "*")
	if err != nil {
		return err
	}
	if r.code != http.StatusOK {
		return r.refused
	}
	f, err := parseFragment(r.body)
	if err != nil {
		return fmt.Errorf("%w: ICE restart: %w", errPush, err)
	}
	p.answer = renewed(p.answer, f)
	if err := p.link.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: p.answer}); err != nil {
		return fmt.Errorf("%w: ICE restart: %w", errPush, err)
	}
	for _, c := range f.candidates {
		if err := p.link.pc.AddICECandidate(c.init()); err != nil {
			return fmt.Errorf("%w: ICE restart: %w", errPush, err)
		}
	}
	return nil
}

// leave ends the session at the other server.
func (p *push) leave(ctx context.Context) {
	if p.session == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pushRequest)
	defer cancel()
	if _, err := p.client.send(ctx, http.MethodDelete, p.session, "", "", ""); err != nil {
		p.log.Debug("leaving", "error", err)
	}
}
