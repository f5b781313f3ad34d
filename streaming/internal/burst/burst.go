package burst

import (
	"net/netip"
	"sync"
)

const (
	// mostBytes and mostSegments bound one write: UDP's own bound, and UDP_MAX_SEGMENTS of the oldest kernels.
	mostBytes    = 65_507
	mostSegments = 64
)

// buffers are as large as a burst can be. A burst has one only from Hold to Flush.
var buffers = sync.Pool{New: func() any { return new([mostBytes]byte) }} //nolint:gochecknoglobals // pools are

// Burst holds the packets of one RTP stream back between Hold and Flush. Its methods do nothing when it is nil.
//
// mu is held during system calls and nothing else.
type Burst struct {
	set  *Set
	ssrc uint32

	mu      sync.Mutex
	buffer  *[mostBytes]byte // nil: nothing is held back
	length  int              // of what waits
	size    int              // of its packets
	count   int
	short   bool // the newest one is smaller: it can have none behind it
	conn    *Conn
	to      netip.AddrPort
	refused netip.AddrPort // the kernel does not segment on the way there
	lost    error          // of packets that went out before the end
}

// Hold keeps the packets back that come from now on.
func (b *Burst) Hold() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.buffer == nil {
		b.buffer, _ = buffers.Get().(*[mostBytes]byte)
	}
}

// Flush sends what was held back. An error says why packets were lost on the way, as that of a write.
func (b *Burst) Flush() error {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.buffer == nil {
		return nil
	}
	b.send()
	buffers.Put(b.buffer)
	err := b.lost
	b.buffer, b.lost = nil, nil
	return err
}

// Remove ends the burst; another stream can have its SSRC then.
func (b *Burst) Remove() {
	if b != nil {
		b.set.remove(b)
	}
}

// take holds a copy of a packet back; false: nothing is to be held back.
func (b *Burst) take(c *Conn, packet []byte, to netip.AddrPort) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.buffer == nil || len(packet) > mostBytes {
		return false
	}
	if b.conn != c || b.to != to || b.short || len(packet) > b.size || b.count == mostSegments || b.length+len(packet) > mostBytes {
		b.send()
		b.conn, b.to, b.size = c, to, len(packet)
	}
	b.short = len(packet) < b.size
	b.length += copy(b.buffer[b.length:], packet)
	b.count++
	return true
}

// send sends what waits; mu is held.
func (b *Burst) send() {
	if b.count == 0 {
		return
	}
	if err := b.write(b.buffer[:b.length]); err != nil {
		b.lost = err
	}
	b.length, b.count = 0, 0
}

func (b *Burst) write(packets []byte) error {
	if b.count > 1 && b.to != b.refused {
		err := sendSegments(b.conn.UDPConn, packets, b.size, b.to)
		if !isRefusal(err) {
			return err
		}
		b.refused = b.to
	}
	return b.conn.sendOneByOne(packets, b.size, b.to)
}
