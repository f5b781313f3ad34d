package main

import (
	"encoding/binary"
	"net/netip"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// pollEvery is the pause between two looks at all sockets. The kernel's stamps say when packets came.
	pollEvery = 20 * time.Millisecond
	// pollBatch is how many packets one system call takes at most.
	pollBatch = 64
)

// message is struct mmsghdr of recvmmsg(2).
type message struct {
	header unix.Msghdr
	length uint32
	_      uint32
}

// poller reads many sockets from one goroutine, with few system calls: a goroutine for each, woken for each packet, would take the CPU
// from the server that is measured on the same machine.
type poller struct {
	mu      sync.Mutex // held while sockets are read: none is closed meanwhile
	sockets map[*socket]struct{}

	messages [pollBatch]message
	vectors  [pollBatch]unix.Iovec
	buffers  [pollBatch][1600]byte
	controls [pollBatch][64]byte
	senders  [pollBatch]unix.RawSockaddrInet4
}

func newPoller() *poller { return &poller{sockets: map[*socket]struct{}{}} }

func (p *poller) add(s *socket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-s.done:
	default:
		p.sockets[s] = struct{}{}
	}
}

func (p *poller) remove(s *socket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.sockets, s)
}

// run reads until stop is closed.
func (p *poller) run(stop <-chan struct{}) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		p.mu.Lock()
		for s := range p.sockets {
			p.read(s)
		}
		p.mu.Unlock()
	}
}

// read takes all that waits in a socket.
func (p *poller) read(s *socket) {
	raw, err := s.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Read(func(fd uintptr) bool { // closed sockets have nothing
		for {
			n := p.receive(fd)
			for i := range n {
				m := &p.messages[i]
				from := netip.AddrPortFrom(netip.AddrFrom4(p.senders[i].Addr), port(p.senders[i].Port))
				s.take(p.buffers[i][:m.length], stamped(p.controls[i][:m.header.Controllen]), from)
			}
			if n < pollBatch {
				return true
			}
		}
	})
}

// receive fills the buffers without waiting, and returns how many.
func (p *poller) receive(fd uintptr) int {
	for i := range p.messages {
		p.vectors[i] = unix.Iovec{Base: &p.buffers[i][0]}
		p.vectors[i].SetLen(len(p.buffers[i]))
		h := &p.messages[i].header
		*h = unix.Msghdr{
			Name: (*byte)(unsafe.Pointer(&p.senders[i])), Namelen: unix.SizeofSockaddrInet4, Iov: &p.vectors[i], Control: &p.controls[i][0], //nolint:gosec // recvmmsg(2)
		}
		h.SetIovlen(1)
		h.SetControllen(len(p.controls[i]))
	}
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&p.messages[0])), pollBatch, unix.MSG_DONTWAIT, 0, 0) //nolint:gosec // recvmmsg(2)
	if errno != 0 {
		return 0
	}
	return int(n)
}

// port is a port in network byte order.
func port(n uint16) uint16 {
	var b [2]byte
	binary.NativeEndian.PutUint16(b[:], n)
	return binary.BigEndian.Uint16(b[:])
}
