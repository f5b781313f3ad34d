package streaming

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"
)

// Errors of pushes.
var (
	// errPush means that the other server refused, or that the connection to it was lost.
	errPush = errors.New("push failed")
	// errUnreached means that the other server did not answer.
	errUnreached = errors.New("the server cannot be reached")
	// errUnanswered means that the other server is there, and does not answer for a session in time.
	errUnanswered = errors.New("the server does not answer for the session")
)

const (
	// pushSilent is how long nothing may come back from the other server: when it says nothing, ICE asks after iceKeepAlive.
	pushSilent = 3 * time.Second
	// While nothing comes back ICE is restarted, once in pushRestart, until pushWeak is over. Where a restart was agreed it gets pushSettle.
	pushRestart = time.Second
	pushSettle  = 4 * time.Second
	pushWeak    = 20 * time.Second
	// pushGather bounds the wait for candidates of a restart that others have to tell us of.
	pushGather = 200 * time.Millisecond
	// pushReach bounds the way of a restart to the server, and pushAnswer its answer. A server that has forgotten us may take long to say so:
	// LiveKit 1.9 needs 3 s.
	pushReach  = 2 * time.Second
	pushAnswer = time.Second
	// pushLeave bounds how long a new session waits until the old one, which was lost, has been given up.
	pushLeave = time.Second
)

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

// Push publishes the stream at another server until ctx ends. A connection from which nothing comes back gets an ICE restart; a server that
// does not know the session any more, and one that was away, gets a new one at once. One that refuses is asked again with growing pauses; one
// that refuses the token only after minutes. Neither the token nor the address, which may hold a key, gets into the log; the host does. The server must have started. An
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
		p := &push{out: out, overlay: o.Overlay, client: client, log: log}
		err := p.run(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // what fails while it is being stopped is no failure
		}
		ran := time.Duration(0)
		if !p.began.IsZero() {
			ran = time.Since(p.began)
		}
		wait := pause.after(err, ran)
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

	// The goroutine that follows the link has these.
	began   time.Time // when it was connected
	heard   uint64    // of the link, at the last look
	since   time.Time // when it last grew
	restart time.Time // the next ICE restart may be
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
	life, cancel := context.WithCancel(ctx)
	defer cancel()
	err = p.link.follow(life, connectTimeout, func() {
		p.log.Info("pushing")
		p.began = time.Now()
		p.watching.connected(life, &running)
	}, func(now, weak time.Time) error { return p.look(life, now, weak) })
	if ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%w: %w", errPush, err)
}

// look finds out whether anything comes back from the other server, and restarts ICE if not. An error ends the session.
func (p *push) look(ctx context.Context, now, weak time.Time) error {
	heard := p.link.heard()
	if heard > p.heard || p.since.IsZero() {
		p.since = now
	}
	p.heard = heard // a restart begins at 0
	silent := now.Sub(p.since)
	switch {
	case silent < pushSilent && weak.IsZero():
		return p.watching.tick(now)
	case silent > pushWeak:
		return errLost
	case now.Before(p.restart):
		return nil
	}
	err := p.restartICE(ctx)
	_, refused := errors.AsType[*refusedError](err)
	switch {
	case refused, errors.Is(err, errUnanswered):
		p.session = nil // it does not know it, so there is nothing to give up
		return err
	case err != nil: // it cannot be reached: its connection may come back just as this one's
		p.log.Debug("ICE is not restarted yet", "error", err)
		p.restart = time.Now().Add(pushRestart)
	default:
		p.restart = time.Now().Add(pushSettle)
	}
	return nil
}

// offer makes the session.
func (p *push) offer(ctx context.Context) error {
	servers, err := p.client.servers(ctx)
	if err != nil {
		return err
	}
	p.useServers(servers)
	text, err := p.localOffer(ctx, gatherTimeout, nil)
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

// localOffer makes an offer with those of our candidates that are known within a time: a STUN or TURN server may not answer.
func (p *push) localOffer(ctx context.Context, within time.Duration, o *webrtc.OfferOptions) (string, error) {
	offer, err := p.link.pc.CreateOffer(o)
	if err != nil {
		return "", fmt.Errorf("offer: %w", err)
	}
	gathering, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if _, err := p.link.describe(gathering, offer); err != nil && (!errors.Is(err, errSlow) || ctx.Err() != nil) {
		return "", fmt.Errorf("offer: %w", err)
	}
	return p.local(), nil
}

// local is our offer with the candidates that are known.
func (p *push) local() string { return finish(p.link.local(), true, netip.Addr{}) }

// restartICE restarts ICE, RFC 9725 section 4.3.2. A server that knows no restarts, or not the session, ends that by its refusal.
func (p *push) restartICE(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pushGather+pushReach+pushAnswer)
	defer cancel()
	var text string
	var err error
	if p.link.pc.SignalingState() == webrtc.SignalingStateHaveLocalOffer { // the last one was not answered
		text = p.local()
	} else if text, err = p.localOffer(ctx, pushGather, &webrtc.OfferOptions{ICERestart: true}); err != nil {
		return err
	}
	fragment, err := localFragment(text)
	if err != nil {
		return err
	}
	r, err := p.client.sendSoon(ctx, pushAnswer, http.MethodPatch, p.session, typeFragment, fragment, "*")
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
	within := pushRequest
	if ctx.Err() == nil { // it was lost
		within = pushLeave
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer cancel()
	if _, err := p.client.send(ctx, http.MethodDelete, p.session, "", "", ""); err != nil {
		p.log.Debug("leaving", "error", err)
	}
}
