package streaming

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/pion/interceptor/pkg/cc"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"github.com/videogem/videogem/streaming/auth"
)

// watching is a session's role: the peer is a viewer of a stream.
type watching struct {
	stream *Stream
	output *Output // to begin with
	track  *track
	viewer *viewer
	log    *slog.Logger

	pc        *webrtc.PeerConnection
	sender    *webrtc.RTPSender
	transfer  *webrtc.RTPTransceiver
	estimator cc.BandwidthEstimator // nil: the stream has nothing to adapt
	ladder    ladder
}

// newWatching prepares a viewer of an output; wish is the overlay he asked for.
func newWatching(o *Output, wish string, holder *auth.Principal, log *slog.Logger) (*watching, error) {
	t, err := newTrack(o.stream.options.Codec, o.stream.options.Name)
	if err != nil {
		return nil, err
	}
	w := &watching{stream: o.stream, output: o, track: t, log: log, viewer: newViewer(t, log)}
	if wish == OverlayClient {
		w.viewer.heat = newHeatChannel(func(message []byte) (map[string]string, error) { return w.askOwn(message, holder) })
	}
	return w, nil
}

func (w *watching) connection() (*webrtc.PeerConnection, error) {
	var err error
	w.track.bursts = w.stream.server.media.bursts
	w.pc, w.estimator, err = w.stream.server.media.newViewer(w.stream.options.Codec, w.stream.startBitrate(w.output))
	if err != nil {
		return nil, err
	}
	if w.estimator != nil {
		w.estimator.OnTargetBitrateChange(func(estimate int) { w.stream.estimated(w, estimate, time.Now()) })
	}
	if w.viewer.heat != nil {
		takeChannels(w.pc, w.viewer.heat.accept)
	} else {
		takeChannels(w.pc, nil)
	}
	w.transfer, err = w.pc.AddTransceiverFromTrack(w.track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("add track: %w", err), w.pc.GracefulClose())
	}
	w.sender = w.transfer.Sender()
	return w.pc, nil
}

// askOwn takes a viewer's wish for prompts of its own, from when its channel opens until it leaves, and gives the doubts about them. An error says what is wrong with it.
func (w *watching) askOwn(message []byte, holder *auth.Principal) (warnings map[string]string, err error) {
	if !holder.May(auth.Prompt, w.stream.options.Name) {
		return nil, fmt.Errorf("%w: the token does not allow to prompt", ErrBadRequest)
	}
	prompts, err := parseOwn(message)
	if err != nil {
		return nil, err
	}
	if err := w.stream.setOwn(w.viewer, prompts); err != nil {
		return nil, err
	}
	return w.stream.doubts(prompts), nil
}

func (w *watching) answered() error {
	for _, e := range w.sender.GetParameters().HeaderExtensions {
		if e.URI == playoutDelayURI {
			return w.track.setPlayoutDelay(e.ID)
		}
	}
	return nil
}

// read takes the peer's feedback: lost packets are sent again, key-frame requests passed on. Reading also drives the interceptors.
func (w *watching) read() {
	b := make([]byte, 1500)
	for {
		n, _, err := w.sender.Read(b)
		if err != nil {
			return
		}
		packets, err := rtcp.Unmarshal(b[:n])
		if err != nil {
			continue // the peer's mistake
		}
		for _, p := range packets {
			switch p := p.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				if o := w.stream.watched(w.viewer); o != nil {
					o.keys.request()
				}
			case *rtcp.TransportLayerNack:
				w.track.resend(p.Nacks)
			}
		}
	}
}

func (w *watching) connected(ctx context.Context, running *sync.WaitGroup) {
	w.output.attach(w.viewer)
	running.Go(func() { w.viewer.run(ctx) })
}

func (w *watching) tick(now time.Time) error {
	if r := w.track.senderReport(); r != nil {
		if err := w.pc.WriteRTCP([]rtcp.Packet{r}); err != nil {
			w.log.Debug("sender report", "error", err)
		}
	}
	if w.estimator != nil {
		w.stream.adapt(w, w.estimator.GetTargetBitrate(), now)
	}
	return nil
}

func (w *watching) left() { w.stream.detach(w.viewer) }

func (w *watching) report() []any {
	all := []any{"dropped", w.viewer.drops(), "missed", w.track.missed.Load(), "resent", w.track.resent.Load()}
	if h := w.viewer.heat; h != nil {
		all = append(all, "heat", h.sent.Load(), "heatDropped", h.dropped.Load())
	}
	return all
}
