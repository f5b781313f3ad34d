//go:build !linux

package streaming

import (
	"errors"
	"syscall"
)

// acceptLoopbackOnly cannot be had here.
func acceptLoopbackOnly(string, string, syscall.RawConn) error { return errors.ErrUnsupported }
