package streaming

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/pion/webrtc/v4"
)

const (
	// connectTimeout bounds how long a connection may take from its offer to a connected peer.
	connectTimeout = 15 * time.Second
	// gatherTimeout bounds the wait for host candidates, which need no network.
	gatherTimeout = 2 * time.Second
)

// Why a connection ends.
var (
	errLate   = errors.New("did not connect in time")
	errLost   = errors.New("connection lost")
	errClosed = errors.New("closed by the peer")
)

// link is a peer connection and what it tells of itself. One goroutine follows it, and closes it then.
type link struct {
	pc     *webrtc.PeerConnection
	log    *slog.Logger
	states chan webrtc.PeerConnectionState
	deaf   chan struct{} // closed when nobody reads states any more
}

func newLink(pc *webrtc.PeerConnection, log *slog.Logger) *link {
	l := &link{pc: pc, log: log, states: make(chan webrtc.PeerConnectionState), deaf: make(chan struct{})}
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		select {
		case l.states <- s:
		case <-l.deaf:
		}
	})
	return l
}

// describe makes a description our own and returns it, as pion has it, with all our candidates: they are host candidates and known at once.
// An error wraps errSlow, or is pion's.
func (l *link) describe(ctx context.Context, d webrtc.SessionDescription) (string, error) {
	gathered := webrtc.GatheringCompletePromise(l.pc)
	if err := l.pc.SetLocalDescription(d); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, gatherTimeout)
	defer cancel()
	select {
	case <-gathered:
		return l.local(), nil
	case <-ctx.Done():
		return "", fmt.Errorf("%w: gathering candidates: %w", errSlow, ctx.Err())
	}
}

// local is our description, as pion has it, with the candidates that are known.
func (l *link) local() string { return l.pc.LocalDescription().SDP }

// heard counts what has come from the peer over the pair of addresses in use: packets, and answers to our checks.
func (l *link) heard() uint64 {
	pair, _ := l.pc.SCTP().Transport().ICETransport().GetSelectedCandidatePairStats()
	return uint64(pair.PacketsReceived) + pair.ResponsesReceived
}

// follow sees a connection through. It calls start when the peer is there for the first time, which has to be within late, and look every
// reportInterval from then on; weak is since when nothing has come back, zero while all is well. It ends with ctx, and then returns its
// cause, with an error of look, or with the connection: errLate, errLost or errClosed.
func (l *link) follow(ctx context.Context, late time.Duration, start func(), look func(now, weak time.Time) error) error {
	timeout := time.NewTimer(late)
	defer timeout.Stop()
	tick := time.NewTicker(reportInterval)
	defer tick.Stop()
	connected := false
	var weak time.Time
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-timeout.C:
			if !connected {
				return errLate
			}
		case now := <-tick.C:
			if !connected {
				continue
			}
			if err := look(now, weak); err != nil {
				return err
			}
		case s := <-l.states:
			l.log.Debug("peer", "state", s.String())
			switch s {
			case webrtc.PeerConnectionStateConnected:
				weak = time.Time{}
				if !connected {
					connected = true
					start()
				}
			case webrtc.PeerConnectionStateDisconnected:
				if weak.IsZero() {
					weak = time.Now()
				}
			case webrtc.PeerConnectionStateFailed:
				return errLost
			case webrtc.PeerConnectionStateClosed:
				return errClosed
			default: // connecting
			}
		}
	}
}

// close closes the connection, and waits.
func (l *link) close() error {
	close(l.deaf) // frees the callback that GracefulClose waits for
	return l.pc.GracefulClose()
}
