package streaming

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/pion/ice/v4"

	"github.com/videogem/videogem/streaming/internal/burst"
)

const (
	// lookEvery is how often, at most, the machine's addresses are looked up.
	lookEvery = time.Second
	// socketPatience is how long the socket of an address that has gone is kept: with a network that comes back its sessions go on.
	socketPatience = 10 * time.Minute
)

// Why browsers get no video from a server that listens on a loopback address, in sentences for people.
var (
	//nolint:staticcheck // the page shows it
	errLoopbackOnly = errors.New("Browsers get no video here: this machine has no network address but loopback's, and they take no such addresses alone. " +
		"Connect it to a network.")
	//nolint:staticcheck // the page shows it
	errNoRoute = errors.New("Firefox gets no video here: this machine has no default route, along which it looks for its own addresses. " +
		"Use another browser, or connect the machine to a network.")
)

// hostSockets is the ICE UDP mux of the media's port: one socket for each address of this machine that answers name. Listening on a
// loopback address, it has sockets on the others too, for browsers that take no loopback addresses (Firefox); those are thisHostOnly. The
// addresses are looked up whenever an answer names them, so that networks may come and go.
//
// Lock order: mu comes before those of the muxes.
type hostSockets struct {
	listen    netip.AddrPort // unspecified: all addresses
	onlyOwn   bool           // the addresses beside listen's are for this machine only
	others    bool           // there are addresses beside listen's
	addresses func() (own, named []netip.Addr, err error)
	routed    func(v4 bool) bool // whether there is a way to the addresses of other networks
	listenOwn func(at *net.UDPAddr) (*net.UDPConn, error)
	bursts    *burst.Set
	log       *slog.Logger
	own       atomic.Pointer[map[netip.Addr]struct{}] // all addresses of this machine; never changed, only replaced: it is read for every packet

	mu      sync.Mutex
	closed  bool
	looked  time.Time
	sockets map[netip.Addr]*hostSocket
	named   []net.Addr // of the sockets whose addresses are there, listen's first
	failed  map[netip.Addr]error
}

// hostSocket is the socket of one address.
type hostSocket struct {
	mux  *ice.UDPMuxDefault
	seen time.Time // when the machine had the address, for the last time
}

// newHostSockets opens the sockets. An error says that the port is not to be had.
func newHostSockets(config Config, listen netip.AddrPort, bursts *burst.Set) (*hostSockets, error) {
	listen = netip.AddrPortFrom(listen.Addr().Unmap(), listen.Port())
	h := &hostSockets{
		listen: listen, onlyOwn: listen.Addr().IsLoopback(), bursts: bursts, log: config.Logger,
		sockets: map[netip.Addr]*hostSocket{}, failed: map[netip.Addr]error{},
		addresses: func() (own, named []netip.Addr, err error) { return hostAddresses(config.wants) }, routed: routed,
		listenOwn: listenThisHostOnly,
	}
	h.others = listen.Addr().IsUnspecified() || h.onlyOwn && len(config.Advertise) == 0
	if !listen.Addr().IsUnspecified() {
		if err := h.open(listen.Addr(), false, time.Now()); err != nil {
			return nil, err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.look(time.Now())
	if h.onlyOwn {
		return h, nil
	}
	for _, err := range h.failed {
		if errors.Is(err, syscall.EADDRINUSE) {
			return nil, errors.Join(err, h.closeAll())
		}
	}
	return h, nil
}

// hostAddresses are all addresses of this machine's interfaces, and those that candidates may name.
func hostAddresses(wants func(name string) bool) (own, named []netip.Addr, err error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil, nil, fmt.Errorf("network interfaces: %w", err)
	}
	for _, i := range interfaces {
		if i.Flags&net.FlagUp == 0 {
			continue
		}
		addresses, err := i.Addrs()
		if err != nil {
			continue // it has just gone
		}
		for _, a := range addresses {
			ip, ok := a.(*net.IPNet)
			if !ok {
				continue
			}
			addr, _ := netip.AddrFromSlice(ip.IP)
			own = append(own, addr.Unmap())
			if wants(i.Name) && usable(ip.IP) {
				named = append(named, addr.Unmap())
			}
		}
	}
	return own, named, nil
}

// routed tells whether this machine has a way to other networks' addresses. Those asked for are for documentation (RFC 5737, RFC 3849);
// nothing is sent.
func routed(v4 bool) bool {
	to := "[2001:db8::1]:9"
	if v4 {
		to = "203.0.113.1:9"
	}
	conn, err := net.Dial("udp", to) //nolint:noctx // connecting a UDP socket waits for nothing
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// look brings the sockets up to date, once in lookEvery; mu is held.
func (h *hostSockets) look(now time.Time) {
	if h.closed || now.Sub(h.looked) < lookEvery {
		return
	}
	h.looked = now
	all, addresses, err := h.addresses()
	if err != nil {
		h.log.Warn("this machine's addresses are not to be had; going on with those known", "error", err)
		return
	}
	own := make(map[netip.Addr]struct{}, len(all))
	for _, a := range all {
		own[a] = struct{}{}
	}
	h.own.Store(&own)
	h.named = nil
	failed := map[netip.Addr]error{}
	if s := h.sockets[h.listen.Addr()]; s != nil {
		s.seen = now
		h.named = append(h.named, s.mux.LocalAddr())
	}
	for _, a := range addresses {
		if a == h.listen.Addr() || !h.others || h.onlyOwn && a.IsLoopback() {
			continue
		}
		if err := h.open(a, h.onlyOwn, now); err != nil {
			failed[a] = err
			// An IPv6 address is not to be had until the network has confirmed it.
			if _, known := h.failed[a]; !known && !errors.Is(err, syscall.EADDRNOTAVAIL) {
				h.log.Warn("viewers are not reached at an address of this machine", "address", a, "error", err)
			}
			continue
		}
		h.named = append(h.named, h.sockets[a].mux.LocalAddr())
	}
	h.failed = failed
	for a, s := range h.sockets {
		if now.Sub(s.seen) > socketPatience {
			_ = s.mux.Close()
			delete(h.sockets, a)
		}
	}
}

// open sees to it that an address has its socket; mu is held, or nobody else knows h yet.
func (h *hostSockets) open(a netip.Addr, own bool, now time.Time) error {
	if s := h.sockets[a]; s != nil {
		s.seen = now
		return nil
	}
	at := net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, h.listen.Port()))
	var conn net.PacketConn
	if own {
		c, err := h.listenOwn(at)
		if err != nil {
			return err
		}
		conn = &thisHostOnly{Conn: h.bursts.Conn(c), own: h.isOwn}
	} else {
		c, err := net.ListenUDP("udp", at)
		if err != nil {
			return err
		}
		conn = h.bursts.Conn(c)
	}
	h.sockets[a] = &hostSocket{mux: ice.NewUDPMuxDefault(ice.UDPMuxParams{Logger: pionLogs{h.log}.NewLogger("ice-udp"), UDPConn: conn}), seen: now}
	return nil
}

// isOwn tells whether an address is this machine's.
func (h *hostSockets) isOwn(a netip.Addr) bool {
	known := func() bool {
		all := h.own.Load()
		if all == nil {
			return false
		}
		_, ok := (*all)[a]
		return ok
	}
	if a.IsLoopback() || known() {
		return true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.look(time.Now())
	return known()
}

// noVideo says why browsers get no video; nil: they do. Firefox takes no loopback addresses; it and Chromium look for addresses of their own
// first, and without a network find none.
func (h *hostSockets) noVideo() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.look(time.Now())
	if !h.onlyOwn || !h.others {
		return nil
	}
	others := h.named[min(1, len(h.named)):]
	if slices.ContainsFunc(others, func(a net.Addr) bool { return h.routed(addrPort(a).Addr().Is4()) }) {
		return nil
	}
	for _, err := range h.failed {
		//nolint:staticcheck,revive // the page shows it
		return fmt.Errorf("Firefox gets no video here: it takes no loopback addresses, and the others are not to be had (%w). Use another browser, or another port.", err)
	}
	if len(others) > 0 {
		return errNoRoute
	}
	return errLoopbackOnly
}

// GetListenAddresses implements ice.UDPMux.
func (h *hostSockets) GetListenAddresses() []net.Addr {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.look(time.Now())
	return slices.Clone(h.named)
}

// GetConn implements ice.UDPMux.
func (h *hostSockets) GetConn(ufrag string, at net.Addr) (net.PacketConn, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.sockets[addrPort(at).Addr()]
	if s == nil {
		return nil, fmt.Errorf("no socket on %v: %w", at, net.ErrClosed)
	}
	return s.mux.GetConn(ufrag, s.mux.LocalAddr())
}

// RemoveConnByUfrag implements ice.UDPMux.
func (h *hostSockets) RemoveConnByUfrag(ufrag string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.sockets {
		s.mux.RemoveConnByUfrag(ufrag)
	}
}

// Close implements ice.UDPMux.
func (h *hostSockets) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.closeAll()
}

// closeAll is Close; mu is held.
func (h *hostSockets) closeAll() error {
	h.closed = true
	var errs []error
	for _, s := range h.sockets {
		errs = append(errs, s.mux.Close())
	}
	clear(h.sockets)
	h.named = nil
	return errors.Join(errs...)
}
