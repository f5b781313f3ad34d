package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/element"
)

// watch reads the bus until ctx ends (nil) or the stream fails. It also notices a source that falls silent.
func (s *Stream) watch(ctx context.Context, pipe gst.Pipeline) error {
	bus := pipe.GetBus()
	seen, since := s.status.framesOut(), time.Now()
	for ctx.Err() == nil {
		if m := bus.TimedPop(200 * gst.Millisecond); m != nil {
			if err := s.message(pipe, m); err != nil {
				return err
			}
			continue
		}
		if n := s.status.framesOut(); n != seen {
			seen, since = n, time.Now()
		} else if time.Since(since) > s.options.CameraTimeout {
			return fmt.Errorf("stream %s: %w: no frame for %v", s.source.Name, ErrCamera, s.options.CameraTimeout)
		}
	}
	return nil
}

// message handles one message of the bus.
func (s *Stream) message(pipe gst.Pipeline, m *gst.Message) error {
	switch m.Type() {
	case gst.MessageError:
		return s.asError(m)
	case gst.MessageWarning:
		debug, err := m.ParseWarning()
		s.log.Warn("GStreamer warns", "element", sourceName(m), "text", err, "debug", debug)
	case gst.MessageEOS:
		return s.startOver(pipe)
	case gst.MessageElement:
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

// startOver plays a file again; any other source that ends has failed.
func (s *Stream) startOver(pipe gst.Pipeline) error {
	if s.source.Kind != KindFile {
		return fmt.Errorf("stream %s: %w: it ended", s.source.Name, ErrCamera)
	}
	if s.status.framesOut() == 0 {
		return fmt.Errorf("stream %s: %w: the file ended without a picture", s.source.Name, ErrCamera)
	}
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

// asError words an error message: which stream, which element, what happened. Errors of our element are not the camera's.
func (s *Stream) asError(m *gst.Message) error {
	debug, err := m.ParseError()
	s.log.Debug("GStreamer error", "element", sourceName(m), "error", err, "debug", debug)
	if name := sourceName(m); name == nameGem {
		return fmt.Errorf("stream %s: %w", s.source.Name, err)
	}
	return fmt.Errorf("stream %s: %w: %s: %w", s.source.Name, ErrCamera, sourceName(m), err)
}

func sourceName(m *gst.Message) string {
	if src := m.Source(); src != nil {
		return src.GetName()
	}
	return "?"
}
