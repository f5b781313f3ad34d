package streaming

import (
	"context"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"
)

// role is what a session is for: watching or publishing.
type role interface {
	// connection makes the peer connection; with an error there is none.
	connection() (*webrtc.PeerConnection, error)
	// answered is called with the first answer made; the peer is not connected yet.
	answered() error
	// read reads what the peer sends until the connection closes. It runs on a goroutine of its own.
	read()
	// connected starts what runs while the peer is there; it ends with ctx.
	connected(ctx context.Context, running *sync.WaitGroup)
	// tick is called every reportInterval while the peer is there. An error says why the session has to end.
	tick(now time.Time) error
	// left is called once, before the connection closes.
	left()
	// report is what the log says at the end.
	report() []any
}

// reportInterval is the time between two looks at a session that runs well: sender reports, bitrate.
const reportInterval = time.Second
