package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// keysRefresh is how old a JWK Set from an address may become before it is read again.
	keysRefresh = 15 * time.Minute
	// keysPause is the least time between two readings: anybody can make tokens that name a key which is not in the set.
	keysPause   = 10 * time.Second
	keysTimeout = 5 * time.Second
)

// errKeys means that an address answers, but not with a JWK Set.
var errKeys = errors.New("this is no JWK Set's address")

// keyAddress is a JWK Set at an https address. It is read again when it has become old, and when a token names a key that is not in it;
// who asks meanwhile is served from the old set. While the address does not answer the old keys stay in force.
type keyAddress struct {
	ctx    context.Context //nolint:containedctx // the life of the verifier
	url    *url.URL
	client *http.Client
	log    *slog.Logger

	mu    sync.Mutex
	keys  keySet
	read  time.Time // successfully
	tried time.Time
}

// newKeyAddress reads the keys. An address that cannot be reached is no error: after a power cut this server may be there before the one
// with the keys, and until then no JWT is good. An address that says something else is; it wraps ErrConfig.
func newKeyAddress(ctx context.Context, at string, log *slog.Logger) (*keyAddress, error) {
	a, err := unread(ctx, at, log)
	if err != nil {
		return nil, err
	}
	return a, a.begin()
}

// unread checks the address and reads nothing yet.
func unread(ctx context.Context, at string, log *slog.Logger) (*keyAddress, error) {
	u, err := url.Parse(at)
	if err != nil || !trusted(u) {
		return nil, fmt.Errorf("%w: JWK Set: use a file, or an https address", ErrConfig)
	}
	return &keyAddress{ctx: ctx, url: u, log: log.With("jwks", u.Redacted()), client: &http.Client{
		Timeout:   keysTimeout,
		Transport: &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > 3 || !trusted(r.URL) {
				return fmt.Errorf("%w: it leads to an address without https, or in circles", errKeys)
			}
			return nil
		},
	}}, nil
}

// begin reads the keys for the first time.
func (a *keyAddress) begin() error {
	a.tried = time.Now()
	switch err := a.load(); {
	case errors.Is(err, errKeys):
		return fmt.Errorf("%w: JWK Set %s: %w", ErrConfig, a.url.Redacted(), err)
	case err != nil:
		a.log.Error("the keys of JSON Web Tokens cannot be read; such tokens are refused until they can", "error", err)
	}
	return nil
}

// trusted tells whether keys from there can be believed: nobody on the way has changed them.
func trusted(u *url.URL) bool {
	if u.Scheme == "https" {
		return u.Host != ""
	}
	host := u.Hostname()
	a, err := netip.ParseAddr(host)
	return u.Scheme == "http" && (strings.EqualFold(host, "localhost") || err == nil && net.IP(a.AsSlice()).IsLoopback())
}

func (a *keyAddress) find(t *jwt.Token) (any, error) {
	keys, old := a.now()
	key, err := keys.find(t)
	if (err == nil && !old) || !a.turn() {
		return key, err
	}
	if err := a.load(); err != nil {
		a.log.Warn("the keys of JSON Web Tokens cannot be read again; the old ones stay", "error", err)
	}
	keys, _ = a.now()
	return keys.find(t)
}

func (a *keyAddress) now() (keys keySet, old bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.keys, time.Since(a.read) > keysRefresh
}

// turn tells whether the caller is to read the keys now.
func (a *keyAddress) turn() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if time.Since(a.tried) < keysPause {
		return false
	}
	a.tried = time.Now()
	return true
}

// load reads the keys; no lock is held meanwhile.
func (a *keyAddress) load() error {
	r, err := http.NewRequestWithContext(a.ctx, http.MethodGet, a.url.String(), http.NoBody)
	if err != nil {
		return fmt.Errorf("%w: %w", errKeys, err)
	}
	response, err := a.client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	switch code := response.StatusCode; {
	case code >= http.StatusInternalServerError || code == http.StatusTooManyRequests:
		return fmt.Errorf("it answers %s", response.Status)
	case code != http.StatusOK:
		return fmt.Errorf("%w: it answers %s", errKeys, response.Status)
	}
	b, err := io.ReadAll(io.LimitReader(response.Body, keysBytes+1))
	if err != nil {
		return err
	}
	keys, err := parseKeys(b)
	if err != nil {
		return fmt.Errorf("%w: %w", errKeys, err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keys, a.read = keys, time.Now()
	return nil
}
