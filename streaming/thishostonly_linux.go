package streaming

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// loopbackIndex is the number of the loopback interface in every network namespace (LOOPBACK_IFINDEX in Linux' include/net/flow.h).
const loopbackIndex = 1

// acceptLoopbackOnly has the kernel drop the packets of a socket that did not come over the loopback interface (socket(7),
// SO_ATTACH_FILTER). Whatever this machine sends to an address of its own comes that way, and nothing else does. The sender's address
// would be no such proof: Linux takes IPv6 packets off the wire that claim to come from the machine's own address.
func acceptLoopbackOnly(_, _ string, c syscall.RawConn) error {
	const arrival = 1<<32 - 0x1000 + 8 // SKF_AD_OFF + SKF_AD_IFINDEX of linux/filter.h: the interface's number
	filter := [...]unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: arrival},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: loopbackIndex},
		{Code: unix.BPF_RET | unix.BPF_K, K: 1<<32 - 1}, // the whole packet
		{Code: unix.BPF_RET | unix.BPF_K},               // nothing
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	var refused error
	err := c.Control(func(fd uintptr) {
		refused = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program) //nolint:gosec // a file descriptor
	})
	return errors.Join(err, refused)
}
