package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/pipeline/internal/gsterror"
)

// lookEvery is how often the frames are counted that pass the element.
const lookEvery = 200 * time.Millisecond

// watch reads the bus until ctx ends (nil) or the stream fails. It also notices a source that falls silent.
func (s *Stream) watch(ctx context.Context, pipe gst.Pipeline, gem gst.Element) error {
	bus := pipe.GetBus()
	seen, since, looked := uint64(0), time.Now(), time.Time{}
	for ctx.Err() == nil {
		if m := bus.TimedPop(gst.ClockTime(lookEvery)); m != nil {
			if err := s.message(pipe, gem, m); err != nil {
				return err
			}
		}
		now := time.Now()
		if now.Sub(looked) < lookEvery {
			continue
		}
		looked = now
		n, age := counted(gem)
		s.status.passed(n, age, now)
		s.noteSize(pipe, gem)
		if n != seen {
			seen, since = n, now
		} else if now.Sub(since) > s.options.CameraTimeout {
			return fmt.Errorf("stream %s: %w: %w for %v", s.source.Name, ErrCamera, errSilent, s.options.CameraTimeout)
		}
	}
	return nil
}

// counted is how many frames the element has seen, and how far the video has gone on since the frame of the newest heat, in ms.
func counted(gem gst.Element) (frames uint64, heatAge float64) {
	stats, ok := gem.ObjectProperty("stats").(*gst.Structure)
	if !ok {
		return 0, 0
	}
	frames, _ = stats.GetValue("frames").(uint64)
	heatAge, _ = stats.GetValue("heat-age-ms").(float64)
	return frames, heatAge
}

// message handles one message of the bus.
func (s *Stream) message(pipe gst.Pipeline, gem gst.Element, m *gst.Message) error {
	switch m.Type() {
	case gst.MessageError:
		return s.asError(m)
	case gst.MessageWarning:
		debug, err := m.ParseWarning()
		if sourceName(m) == nameGem && s.assumed(err.Error()) {
			return nil // logged when the model was opened, once for all streams
		}
		s.log.Warn("GStreamer warns", "element", sourceName(m), "text", s.secrets.hideError(err), "debug", s.secrets.hide(debug))
	case gst.MessageEOS:
		return s.startOver(pipe, gem)
	case gst.MessageElement:
		if what := gsterror.MissingDecoder(m); what != "" {
			s.missing = append(s.missing, what)
		}
		d, ok, err := element.ParseDetection(m)
		switch {
		case err != nil:
			return fmt.Errorf("stream %s: %w", s.source.Name, err)
		case ok:
			s.status.detected(d)
		}
	default:
	}
	return nil
}

// assumed says whether a text is about what was assumed of the model.
func (s *Stream) assumed(text string) bool {
	return slices.ContainsFunc(s.spec.Assumed, func(what string) bool { return strings.HasSuffix(text, what) })
}

// startOver plays a file again; any other source that ends has failed.
func (s *Stream) startOver(pipe gst.Pipeline, gem gst.Element) error {
	if s.source.Kind != KindFile {
		return fmt.Errorf("stream %s: %w: it ended", s.source.Name, ErrCamera)
	}
	if n, _ := counted(gem); n == 0 {
		return fmt.Errorf("stream %s: %w: the file ended without a picture", s.source.Name, ErrCamera)
	}
	for _, v := range s.variants {
		v.startOver()
	}
	s.timeline.next()
	if !pipe.SeekSimple(gst.FormatTime, gst.SeekFlagFlush|gst.SeekFlagKeyUnit, 0) {
		return fmt.Errorf("stream %s: %w: the file cannot be played again from its start", s.source.Name, ErrCamera)
	}
	return nil
}

// pendingError is the error that waits on the bus, or nil.
func (s *Stream) pendingError(pipe gst.Pipeline) error {
	if m := pipe.GetBus().TimedPopFiltered(100*gst.Millisecond, gst.MessageError); m != nil {
		return s.asError(m)
	}
	return nil
}

// asError words an error message: which stream, what happened. Errors of our element are not the camera's.
func (s *Stream) asError(m *gst.Message) error {
	debug, err := m.ParseError()
	err = s.secrets.hideError(err)
	s.log.Debug("GStreamer error", "element", sourceName(m), "error", err, "debug", s.secrets.hide(debug))
	if sourceName(m) == nameGem {
		return fmt.Errorf("stream %s: %w", s.source.Name, err)
	}
	return fmt.Errorf("stream %s: %w: %w", s.source.Name, ErrCamera, s.secrets.hidden(gsterror.Explain(m, s.missing)))
}

func sourceName(m *gst.Message) string {
	if src := m.Source(); src != nil {
		return src.GetName()
	}
	return "?"
}
