package streaming

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pion/webrtc/v4"
)

const (
	// The pauses between attempts to push grow from one to the other.
	pushPause     = time.Second
	pushPauseMost = 30 * time.Second
	// pushPauseAway is the longest while the other server is away, or only just starting: it is to have the stream soon when it is back.
	pushPauseAway = 2 * time.Second
	// pushPauseFirst is the longest before the first attempt after a push that has run.
	pushPauseFirst = 500 * time.Millisecond
	// pushDenied is the pause after the token was refused: somebody has to do something about it.
	pushDenied = 5 * time.Minute
	// pushAfter bounds what another server may ask for by Retry-After.
	pushAfter = 10 * time.Minute
	// pushSteady is how long a push must have run for the next pauses to be short again.
	pushSteady = 5 * time.Second
	// pushRequest bounds one HTTP request, and pushConnect its way to the server.
	pushRequest = 10 * time.Second
	pushConnect = 5 * time.Second
	// pushWords bounds what is logged of another server's words, in bytes.
	pushWords = 200
	// pushRedirects is how many redirections a request follows.
	pushRedirects = 5
)

// pushPauses are the pauses between attempts to push.
type pushPauses struct{ last time.Duration }

// after returns how long to wait after an attempt that ran for so long and ended with err. Pauses differ by chance, so that many who
// lost the same server do not come back at once.
func (p *pushPauses) after(err error, ran time.Duration) time.Duration {
	most := pushPauseMost
	refused, ok := errors.AsType[*refusedError](err)
	if errors.Is(err, errUnreached) || ok && refused.code >= http.StatusInternalServerError {
		most = pushPauseAway
	}
	var wait time.Duration
	switch {
	case denied(err):
		wait = spread(pushDenied)
	case ran > pushSteady:
		p.last = 0
		wait = time.Duration(rand.Int64N(int64(pushPauseFirst))) //nolint:gosec // it is no secret
	default:
		p.last = min(max(2*p.last, pushPause), most)
		wait = spread(p.last)
	}
	if ok {
		wait = max(wait, refused.after)
	}
	return wait
}

// spread is a time up to a fifth shorter or longer.
func spread(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (.8 + .4*rand.Float64())) //nolint:gosec // it is no secret
}

// pushClient talks to a WHIP endpoint.
type pushClient struct {
	http   http.Client
	to     *url.URL
	bearer string
}

func newPushClient(o PushOptions, to *url.URL) *pushClient {
	c := &pushClient{to: to, bearer: o.Bearer}
	if o.Client != nil {
		c.http = *o.Client
	}
	c.http.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		switch {
		case len(via) > pushRedirects:
			return errors.New("it redirects in circles")
		case r.Method != via[0].Method: // 301 and 302 make a GET of a POST
			return errors.New("it redirects by a status that changes the method; WHIP uses 307, RFC 9725 section 4.5")
		}
		c.authorize(r)
		r.Header.Del("Referer") // our address may hold a key
		return checkDowngrade(via[len(via)-1].URL, r.URL)
	}
	return c
}

// authorize gives a request the token if it goes where the token belongs, and takes it away if not: net/http lets it go on to other ports
// and subdomains.
func (c *pushClient) authorize(r *http.Request) {
	r.Header.Del("Authorization")
	if c.bearer != "" && sameOrigin(r.URL, c.to) {
		r.Header.Set("Authorization", "Bearer "+c.bearer)
	}
}

// sameOrigin tells whether two addresses have the same scheme, host and port, RFC 6454 section 5.
func sameOrigin(a, b *url.URL) bool {
	port := func(u *url.URL) string {
		return cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	}
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

// checkDowngrade refuses to go from an encrypted connection to one that is not, and to anything but the web.
func checkDowngrade(from, to *url.URL) error {
	if to.Host == "" || to.Scheme != "https" && (to.Scheme != "http" || from.Scheme == "https") {
		return errors.New("it leads away from https")
	}
	return nil
}

// received is the other server's reply.
type received struct {
	code    int
	header  http.Header
	from    *url.URL // after redirections
	body    string
	refused *refusedError // what the reply means when its code is none that was hoped for
}

// location is the session that the reply names.
func (r received) location() (*url.URL, error) {
	text := r.header.Get("Location")
	u, err := r.from.Parse(text)
	if text == "" || err != nil {
		return nil, fmt.Errorf("%w: the answer names no session (Location)", errPush)
	}
	if err := checkDowngrade(r.from, u); err != nil {
		return nil, fmt.Errorf("%w: Location: %w", errPush, err)
	}
	return u, nil
}

// send does one request. The token goes to the scheme, host and port that it was given for and to no other, whatever addresses that one
// names. An error wraps errUnreached where there was no answer.
func (c *pushClient) send(ctx context.Context, method string, to *url.URL, contentType, body, match string) (received, error) {
	ctx, cancel := context.WithTimeout(ctx, pushRequest)
	defer cancel()
	ctx, giveUp := context.WithCancel(ctx)
	defer giveUp()
	connecting := time.AfterFunc(pushConnect, giveUp)
	defer connecting.Stop()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connecting.Stop() }})
	r, err := http.NewRequestWithContext(ctx, method, to.String(), strings.NewReader(body))
	if err != nil {
		return received{}, fmt.Errorf("%w: %s: %w", errPush, method, bare(err))
	}
	for key, value := range map[string]string{"Content-Type": contentType, "If-Match": match} {
		if value != "" {
			r.Header.Set(key, value)
		}
	}
	c.authorize(r)
	response, err := c.http.Do(r)
	if err != nil {
		return received{}, fmt.Errorf("%w: %w: %s: %w", errPush, errUnreached, method, bare(err))
	}
	defer response.Body.Close()
	b, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return received{}, fmt.Errorf("%w: %w: %s: %w", errPush, errUnreached, method, bare(err))
	}
	return received{
		code: response.StatusCode, header: response.Header, from: response.Request.URL, body: string(b),
		refused: &refusedError{code: response.StatusCode, text: short(c.hide(string(b))), after: retryAfter(response.Header, time.Now())},
	}, nil
}

// sendSoon does one request over a connection of its own. When that is there, and the answer takes longer than within all the same, the error
// is errUnanswered: the server can be reached, and does not know what to say.
func (c *pushClient) sendSoon(ctx context.Context, within time.Duration, method string, to *url.URL, contentType, body, match string) (received, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c.http.CloseIdleConnections() // of a server that is gone, or behind a network that is, a request can still be written to one
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(w httptrace.WroteRequestInfo) {
		if w.Err == nil {
			timer := time.AfterFunc(within, func() { cancel(errUnanswered) })
			context.AfterFunc(ctx, func() { timer.Stop() })
		}
	}})
	r, err := c.send(ctx, method, to, contentType, body, match)
	if err != nil && errors.Is(context.Cause(ctx), errUnanswered) {
		return r, fmt.Errorf("%w: %s: %w", errPush, method, errUnanswered)
	}
	return r, err
}

// servers are the STUN and TURN servers that the endpoint tells of before it gets an offer, which is the time to know them (RFC 9725
// section 4.6). Endpoints that know no OPTIONS tell of none. An error wraps errUnreached.
func (c *pushClient) servers(ctx context.Context) ([]webrtc.ICEServer, error) {
	r, err := c.send(ctx, http.MethodOptions, c.to, "", "", "")
	if err != nil || r.code/100 != 2 {
		return nil, err
	}
	return linkedServers(r.header), nil
}

// bare is an error of net/http without the address, which may hold a key.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// short is the beginning of another server's words. What is to be hidden in them has been: half a secret is one, too.
func short(text string) string {
	return strings.TrimSpace(strings.ToValidUTF8(text[:min(len(text), pushWords)], ""))
}

// hide takes our secrets out of another server's words.
func (c *pushClient) hide(text string) string {
	for _, secret := range []string{c.bearer, c.to.RequestURI()} {
		if len(secret) > 1 {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	return text
}

// retryAfter reads the header Retry-After, RFC 9110 section 10.2.3: seconds, or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	after := time.Duration(0)
	if n, err := strconv.Atoi(text); err == nil {
		after = time.Duration(min(n, int(pushAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		after = at.Sub(now)
	}
	return min(max(after, 0), pushAfter)
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

// denied tells whether the token was refused.
func denied(err error) bool {
	refused, ok := errors.AsType[*refusedError](err)
	return ok && (refused.code == http.StatusUnauthorized || refused.code == http.StatusForbidden)
}
