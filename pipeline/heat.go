package pipeline

import (
	"context"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/element/overlay"
	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/heat"
)

// followHeat hands what is found to the viewers who draw it themselves, until ctx ends.
func (s *Stream) followHeat(ctx context.Context, gem gst.Element, out *streaming.Stream) {
	found := make(chan struct{}, 1)
	element.OnFinding(gem, func() {
		select {
		case found <- struct{}{}:
		default:
		}
	})
	defer element.OnFinding(gem, nil)
	var sent time.Time // when the finding was finished that was sent last
	for {
		sent = s.sendHeat(gem, out, sent)
		select {
		case <-ctx.Done():
			return
		case <-found:
		}
	}
}

// sendHeat hands the newest finding to the viewers who draw it themselves, unless it is the one that was sent last, finished at seen. It
// returns when the newest one was finished.
func (s *Stream) sendHeat(gem gst.Element, out *streaming.Stream, seen time.Time) time.Time {
	newest, ok := element.Newest(gem, seen)
	if !ok || len(newest.Heats) == 0 {
		return seen
	}
	found := newest.Heats
	m := heat.Message{GridW: found[0].Width, GridH: found[0].Height, Inference: found[0].Inference}
	for i := range found {
		f := &found[i]
		c := overlay.PromptColor(f.Index)
		m.Prompts = append(m.Prompts, heat.Prompt{
			Text: f.Prompt, R: c.R, G: c.G, B: c.B, Score: float32(f.Score), Found: f.Found, Seen: f.Seen, Judged: f.Judged, Own: f.Extra, X: f.X, Y: f.Y,
			Box: [4]float64{f.Box.X0, f.Box.Y0, f.Box.X1, f.Box.Y1}, Heat: f.Pix,
		})
	}
	if err := out.WriteHeat(s.timeline.of(newest.RunningTime), m); err != nil {
		s.log.Warn("heat not sent to the viewers", "error", err)
	}
	return newest.Finished
}
