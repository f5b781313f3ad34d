package auth

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/time/rate"
)

const (
	// keysRefresh is how often a JWK Set is read again.
	keysRefresh = 15 * time.Minute
	// keysUnknown is the least time between two looks for a key that is not in the set: anybody can make tokens that name one.
	keysUnknown = 30 * time.Second
	keysTimeout = 10 * time.Second
	// keysLook is the least time between two looks at a file's date.
	keysLook = time.Second
)

// keySet returns what finds the key of a token in the JWK Set at a path or an address.
func keySet(ctx context.Context, at string, log *slog.Logger) (jwt.Keyfunc, error) {
	if !strings.Contains(at, "://") {
		f := &keyFile{path: at}
		if _, err := f.load(); err != nil {
			return nil, err
		}
		return f.find, nil
	}
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return nil, fmt.Errorf("%w: JWK Set %q: use a file, or an https address", ErrConfig, at)
	}
	strict := false
	k, err := keyfunc.NewDefaultOverrideCtx(ctx, []string{at}, keyfunc.Override{
		Client:      &http.Client{Timeout: keysTimeout, Transport: &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment}},
		HTTPTimeout: keysTimeout, RefreshInterval: keysRefresh, NoErrorReturnFirstHTTPReq: &strict,
		RefreshUnknownKID: rate.NewLimiter(rate.Every(keysUnknown), 1), RateLimitWaitMax: time.Millisecond,
		RefreshErrorHandlerFunc: func(u string) func(context.Context, error) {
			return func(_ context.Context, err error) {
				log.Warn("keys not read again; the old ones stay", "jwks", u, "error", err)
			}
		},
	})
	if err != nil {
		return nil, fmt.Errorf("%w: JWK Set %s: %w", ErrConfig, at, err)
	}
	return k.Keyfunc, nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && net.IP(a.AsSlice()).IsLoopback()
}

// keyFile is a JWK Set in a file, which is read again when it changes. A change that cannot be read leaves the old keys in force.
type keyFile struct {
	path string

	mu       sync.Mutex
	looked   time.Time
	modified time.Time
	keys     keyfunc.Keyfunc
}

func (f *keyFile) find(t *jwt.Token) (any, error) {
	keys, err := f.load()
	if err != nil {
		return nil, err
	}
	return keys.Keyfunc(t)
}

func (f *keyFile) load() (keyfunc.Keyfunc, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.keys != nil && time.Since(f.looked) < keysLook {
		return f.keys, nil
	}
	f.looked = time.Now()
	keys, modified, err := f.read()
	switch {
	case err != nil && f.keys == nil:
		return nil, fmt.Errorf("%w: JWK Set: %w", ErrConfig, err)
	case err == nil && keys != nil:
		f.keys, f.modified = keys, modified
	}
	return f.keys, nil
}

// read returns nil keys when the file has not changed; mu is held.
func (f *keyFile) read() (keyfunc.Keyfunc, time.Time, error) {
	info, err := os.Stat(f.path)
	if err != nil || f.keys != nil && info.ModTime().Equal(f.modified) {
		return nil, time.Time{}, err
	}
	b, err := os.ReadFile(f.path)
	if err != nil {
		return nil, time.Time{}, err
	}
	keys, err := keyfunc.NewJWKSetJSON(b)
	return keys, info.ModTime(), err
}
