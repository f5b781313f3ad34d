package streaming

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiterAddresses bounds how many addresses a limiter remembers.
const limiterAddresses = 4096

// limiter bounds how often something comes from one address.
type limiter struct {
	limit rate.Limit
	burst int

	mu sync.Mutex
	by map[netip.Prefix]*rate.Limiter
}

func newLimiter(limit rate.Limit, burst int) *limiter {
	return &limiter{limit: limit, burst: burst, by: map[netip.Prefix]*rate.Limiter{}}
}

// take counts one event of the address. It returns how long to wait when there were too many.
func (l *limiter) take(from netip.Prefix) (wait time.Duration) {
	bucket, now := l.bucket(from), time.Now()
	if bucket.AllowN(now, 1) {
		return 0
	}
	return l.until(bucket, now)
}

// blocked tells, without counting, how long the address has to wait.
func (l *limiter) blocked(from netip.Prefix) time.Duration {
	return l.until(l.bucket(from), time.Now())
}

func (l *limiter) until(bucket *rate.Limiter, now time.Time) time.Duration {
	missing := 1 - bucket.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	return time.Duration(missing / float64(l.limit) * float64(time.Second))
}

func (l *limiter) bucket(from netip.Prefix) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.by[from]
	if b == nil {
		if len(l.by) >= limiterAddresses {
			l.forget()
		}
		b = rate.NewLimiter(l.limit, l.burst)
		l.by[from] = b
	}
	return b
}

// forget drops the addresses that have been quiet, or all when none has; mu is held.
func (l *limiter) forget() {
	now := time.Now()
	for from, b := range l.by {
		if b.TokensAt(now) >= float64(l.burst) {
			delete(l.by, from)
		}
	}
	if len(l.by) >= limiterAddresses {
		clear(l.by)
	}
}

// client is whom a request's limits count for.
func client(r *http.Request) netip.Prefix { return household(r.RemoteAddr) }

// household is the address of a host and port, in IPv6 the network that one household has.
func household(addr string) netip.Prefix {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return netip.Prefix{} // not from a socket: all such share one limit
	}
	a := at.Addr().Unmap()
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
