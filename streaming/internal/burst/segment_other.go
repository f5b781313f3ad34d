//go:build !linux

package burst

import (
	"errors"
	"net"
	"net/netip"
)

// canSegment says that packets go out one by one here.
func canSegment(*net.UDPConn) bool { return false }

func sendSegments(*net.UDPConn, []byte, int, netip.AddrPort) error { return errors.ErrUnsupported }

func isRefusal(err error) bool { return errors.Is(err, errors.ErrUnsupported) }
