//go:build linux

package netnstest

import (
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// packets is how many may be on their way in one direction.
const packets = 1 << 14

// Conditions are a link's faults, the same in both directions.
type Conditions struct {
	Delay time.Duration            // one way
	Loss  float64                  // share of packets that are lost, 0 to 1
	Rate  int                      // bits a second; 0: no bound
	Queue time.Duration            // what waits for longer than this for its turn is lost
	Drop  func(packet []byte) bool // IP packets that do not pass; nil: all do
}

// Link is a network between two namespaces with faults that can be set at any time, as those of the kernel's netem, which not every kernel
// has: a TUN interface at each end, and this process between them.
type Link struct {
	mu  sync.Mutex
	now Conditions
}

// NewLink puts one end of a link into each namespace, under those names and with those addresses, such as 10.1.0.1/24. It goes with the test.
func NewLink(t testing.TB, a *Namespace, nameA string, addressesA []string, b *Namespace, nameB string, addressesB []string) *Link {
	t.Helper()
	l := &Link{}
	left, right := tun(t, a, nameA, addressesA), tun(t, b, nameB, addressesB)
	var running sync.WaitGroup
	for _, way := range [][2]*os.File{{left, right}, {right, left}} {
		moving := make(chan moved, packets)
		running.Go(func() { l.take(way[0], moving) })
		running.Go(func() { deliver(way[1], moving) })
	}
	t.Cleanup(func() {
		_ = left.Close()
		_ = right.Close()
		running.Wait()
	})
	return l
}

// Set sets the conditions from now on; packets on their way arrive as they would have.
func (l *Link) Set(c Conditions) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = c
}

func (l *Link) conditions() Conditions {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// tun makes a TUN interface (Linux' Documentation/networking/tuntap.rst) in a namespace.
func tun(t testing.TB, n *Namespace, name string, addresses []string) *os.File {
	t.Helper()
	fd, err := -1, error(nil)
	n.Do(func() {
		if fd, err = unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0); err != nil {
			return
		}
		var request *unix.Ifreq
		if request, err = unix.NewIfreq(name); err == nil {
			request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
			err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
		}
	})
	if err != nil {
		if fd >= 0 {
			_ = unix.Close(fd)
		}
		t.Skipf("no TUN interface: %v", err)
	}
	for _, address := range addresses {
		n.IP(t, "address", "add", address, "dev", name, "nodad")
	}
	n.IP(t, "link", "set", name, "up")
	return os.NewFile(uintptr(fd), "/dev/net/tun")
}

// moved is a packet on its way.
type moved struct {
	packet []byte
	at     time.Time // of its arrival
}

// take takes packets in until the end is closed.
func (l *Link) take(from *os.File, moving chan<- moved) {
	defer close(moving)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	var free time.Time                    // when the line is
	for {
		b := make([]byte, 2048)
		n, err := from.Read(b)
		if err != nil {
			return
		}
		c, now := l.conditions(), time.Now()
		if random.Float64() < c.Loss || c.Drop != nil && c.Drop(b[:n]) {
			continue
		}
		if free.Before(now) {
			free = now
		}
		if c.Rate > 0 {
			if free.Sub(now) > c.Queue {
				continue
			}
			free = free.Add(time.Duration(n) * 8 * time.Second / time.Duration(c.Rate))
		} else {
			free = now
		}
		select {
		case moving <- moved{b[:n], free.Add(c.Delay)}:
		default: // too many
		}
	}
}

// deliver lets packets arrive.
func deliver(to *os.File, moving <-chan moved) {
	for m := range moving {
		time.Sleep(time.Until(m.at))
		_, _ = to.Write(m.packet) // an interface that is down loses it
	}
}
