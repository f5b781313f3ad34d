package main

import (
	"encoding/binary"
	"net"
	"os"
	"testing"
	"time"

	"github.com/pion/transport/v5/stdnet"
	"github.com/stretchr/testify/require"
)

// TestSocketsNoteWhatComes: whether a socket is read at once or polled, all packets of the video are counted, and what is not of the video
// is handed on.
func TestSocketsNoteWhatComes(t *testing.T) {
	for name, c := range map[string]struct{ polled, light bool }{"at once": {false, false}, "polled": {true, false}, "counted only": {true, true}} {
		t.Run(name, func(t *testing.T) {
			std, err := stdnet.NewNet()
			require.NoError(t, err)
			v := &viewer{first: make(chan struct{})}
			n := network{Net: std, viewer: v, light: c.light}
			stop := make(chan struct{})
			ended := make(chan struct{})
			if c.polled {
				n.poller = newPoller()
				go func() { n.poller.run(stop); close(ended) }()
				defer func() { close(stop); <-ended }()
			}
			conn, err := n.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
			require.NoError(t, err)
			s := conn.(*socket)
			defer func() { require.NoError(t, s.Close()) }()
			from, err := net.Dial("udp4", s.LocalAddr().String())
			require.NoError(t, err)
			defer func() { require.NoError(t, from.Close()) }()

			const packets = 500
			began := time.Now()
			for i := range packets {
				packet := make([]byte, 1000)
				packet[0], packet[1] = 0x80, 96
				binary.BigEndian.PutUint16(packet[2:], uint16(65300+i)) //nolint:gosec // it wraps
				if i%10 != 5 {
					_, err = from.Write(packet)
					require.NoError(t, err)
				}
			}
			_, err = from.Write([]byte("a STUN message"))
			require.NoError(t, err)
			video, b := 0, make([]byte, 1500)
			for {
				n, _, err := s.ReadFromAddrPort(b)
				require.NoError(t, err)
				if !isVideo(b[:n]) {
					require.Equal(t, "a STUN message", string(b[:n]))
					break
				}
				video++
			}
			v.mu.Lock()
			defer v.mu.Unlock()
			require.Equal(t, packets*9/10, v.got)
			require.Equal(t, packets, v.sent)
			if c.light {
				require.Zero(t, video)
			} else {
				require.Equal(t, packets*9/10, video)
			}
			at := v.came[(65300+packets-1)%(1<<16)%len(v.came)]
			require.WithinRange(t, at, began, time.Now())
			require.NoError(t, s.SetDeadline(time.Now()))
			_, _, err = s.ReadFromAddrPort(b)
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		})
	}
}
