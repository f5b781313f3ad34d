package streaming

import (
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPortSplit(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := splitPort(l)
	for _, ca := range []struct {
		sent string
		to   *acceptQueue
	}{
		{"GET / HTTP/1.1\r\n", s.http},
		{"OPTIONS", s.http},
		{"\x00\x14\x00\x01", s.media}, // a STUN request of 20 bytes
		{"\x01\x00\x00\x01", s.media},
		{"\x16\x03\x01", s.http}, // TLS on a port that has none: net/http says so
	} {
		conn, err := net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		_, err = io.WriteString(conn, ca.sent)
		require.NoError(t, err)
		got, err := ca.to.Accept()
		require.NoError(t, err)
		b := make([]byte, len(ca.sent))
		_, err = io.ReadFull(got, b)
		require.NoError(t, err)
		require.Equal(t, ca.sent, string(b), "nothing is lost")
		require.NoError(t, got.Close())
		require.NoError(t, conn.Close())
	}
	silent, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	hung, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	_, err = io.WriteString(hung, "GET") // and nobody accepts it
	require.NoError(t, err)
	require.NoError(t, s.Close())
	for _, conn := range []net.Conn{silent, hung} {
		_, err = io.ReadAll(conn)
		if err != nil { // closed with unread bytes
			require.ErrorContains(t, err, "reset")
		}
		require.NoError(t, conn.Close())
	}
	_, err = s.media.Accept()
	require.ErrorIs(t, err, net.ErrClosed)
}
