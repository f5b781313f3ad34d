package streaming

import (
	"bufio"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWritesToSilentPeersEnd: all of them with the first, however many wait and whoever comes meanwhile.
func TestWritesToSilentPeersEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := net.Pipe()
		defer func() { require.NoError(t, client.Close()) }()
		c := newMediaConn(&peekedConn{Conn: server, r: bufio.NewReader(server)})
		go func() {
			_, _ = io.CopyN(io.Discard, client, 6) // and no more
		}()
		_, err := c.Write([]byte("packet"))
		require.NoError(t, err)
		time.Sleep(time.Minute)
		began := time.Now()
		var writers sync.WaitGroup
		for range 10 { // one each second, as pings of a connection that seems to be well
			writers.Go(func() {
				_, err := c.Write([]byte("packet"))
				require.Error(t, err)
				require.LessOrEqual(t, time.Since(began), max(mediaPatience, 9*time.Second))
			})
			time.Sleep(time.Second)
		}
		writers.Wait()
		_, err = c.Write([]byte("packet"))
		require.ErrorIs(t, err, io.ErrClosedPipe)
		_, err = c.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.ErrClosedPipe, "his session hears of it")
	})
}
