package streaming

import (
	"net"
	"net/netip"
	"sync"
)

const (
	// relayUser bounds the allocations by one pair of credentials: a browser makes one a transport and address family.
	relayUser = 12
	// relayAddress bounds those from one address (one /64 in IPv6), and relayTotal all of them: credentials are to be had for the asking.
	relayAddress = 256
	relayTotal   = 4096
)

// allocation is what one client has at the relay with one pair of credentials.
type allocation struct{ user, network, from string }

func allocationOf(user string, from net.Addr) allocation {
	return allocation{user, from.Network(), from.String()}
}

// allocations are those that the relay has now.
type allocations struct {
	mu        sync.Mutex
	live      map[allocation]struct{}
	users     map[string]int // how many of them
	addresses map[netip.Prefix]int
}

func newAllocations() *allocations {
	return &allocations{live: map[allocation]struct{}{}, users: map[string]int{}, addresses: map[netip.Prefix]int{}}
}

// room is turn.QuotaHandler: it tells whether there is room for one more.
func (a *allocations) room(user, _ string, from net.Addr) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.users[user] < relayUser && a.addresses[household(from.String())] < relayAddress && len(a.live) < relayTotal
}

func (a *allocations) add(user string, from net.Addr) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.live[allocationOf(user, from)] = struct{}{}
	a.users[user]++
	a.addresses[household(from.String())]++
}

func (a *allocations) remove(user string, from net.Addr) {
	a.mu.Lock()
	defer a.mu.Unlock()
	gone := allocationOf(user, from)
	if _, ok := a.live[gone]; !ok {
		return
	}
	delete(a.live, gone)
	less(a.users, user)
	less(a.addresses, household(from.String()))
}

func less[K comparable](by map[K]int, key K) {
	if by[key]--; by[key] <= 0 {
		delete(by, key)
	}
}

// has tells whether a client has one.
func (a *allocations) has(user string, from net.Addr) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.live[allocationOf(user, from)]
	return ok
}
