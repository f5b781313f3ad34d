package burst

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// canSegment tells whether the kernel knows UDP_SEGMENT.
func canSegment(conn *net.UDPConn) bool {
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	known := false
	err = raw.Control(func(fd uintptr) {
		_, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_UDP, unix.UDP_SEGMENT) //nolint:gosec // a file descriptor
		known = err == nil
	})
	return err == nil && known
}

// sendSegments lets the kernel cut b into packets of that size; the last may be smaller.
func sendSegments(conn *net.UDPConn, b []byte, size int, to netip.AddrPort) error {
	control := make([]byte, unix.CmsgSpace(2))
	header := (*unix.Cmsghdr)(unsafe.Pointer(&control[0])) //nolint:gosec // cmsg(3): the kernel's own layout
	header.Level, header.Type = unix.IPPROTO_UDP, unix.UDP_SEGMENT
	header.SetLen(unix.CmsgLen(2))
	binary.NativeEndian.PutUint16(control[unix.CmsgLen(0):], uint16(size)) //nolint:gosec // at most mostBytes
	_, _, err := conn.WriteMsgUDPAddrPort(b, control, to)
	return err
}

// isRefusal tells whether the kernel cannot segment on the way to a peer: its device makes no checksums (EIO), or a packet is larger
// than what it takes at once (EINVAL, EMSGSIZE).
func isRefusal(err error) bool {
	return errors.Is(err, unix.EIO) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EMSGSIZE)
}
