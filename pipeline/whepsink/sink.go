package whepsink

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"

	"github.com/videogem/videogem/pipeline"
	"github.com/videogem/videogem/streaming"
	"github.com/videogem/videogem/streaming/auth"
)

// Codes of GstResourceError and GstLibraryError (gsterror.h).
const (
	resourceErrorFailed = 1
	libraryErrorFailed  = 1
)

// sink is one instance of the element. State changes come one at a time; properties from any thread.
type sink struct {
	gst.BinInstance

	log      *slog.Logger
	settings settings
	pad      gst.GhostPad // where the video comes in

	// From READY to NULL.
	end     context.CancelFunc // of what start has started
	server  *streaming.Server
	stream  *streaming.Stream
	control *control
	encoder gst.Bin
	out     gstapp.AppSink
	codec   string // MIME type

	// From PAUSED to READY.
	stopPulling context.CancelFunc
	pulling     sync.WaitGroup
}

func newSink(log *slog.Logger) *sink { return &sink{log: log, settings: settings{values: defaults()}} }

// init makes the sink pad; what is behind it follows at the start, when the properties are known. Nothing else may be made here: GStreamer
// loads a plugin under a lock, and the first instance is made while it loads ours.
func (s *sink) init() {
	s.pad = gst.NewGhostPadNoTargetFromTemplate("sink", s.GetPadTemplate("sink")).(gst.GhostPad) //nolint:forcetypeassert // as its name says
	s.AddPad(s.pad)
}

// changeState is GstElement::change_state. Starting goes before the children's change, stopping after it.
func (s *sink) changeState(change gst.StateChange) (ret gst.StateChangeReturn) {
	defer func() {
		if r := recover(); r != nil { // unrecovered, it would end the host process
			s.log.Error("panic in the sink", "panic", r, "stack", string(debug.Stack()))
			s.MessageError(gst.LibraryErrorQuark(), libraryErrorFailed, fmt.Sprintf("panic: %v", r), "")
			ret = gst.StateChangeFailure
		}
	}()
	if change == gst.StateChangeNullToReady {
		if err := s.start(); err != nil {
			s.stop()
			s.MessageError(gst.ResourceErrorQuark(), resourceErrorFailed, err.Error(), "")
			return gst.StateChangeFailure
		}
	}
	if change == gst.StateChangePausedToReady {
		s.stopPulling()
	}
	ret = s.ParentChangeState(change)
	switch change {
	case gst.StateChangeReadyToPaused:
		if ret != gst.StateChangeFailure {
			s.pull()
		}
	case gst.StateChangePausedToReady:
		s.pulling.Wait()
	case gst.StateChangeReadyToNull:
		s.stop()
	}
	return ret
}

// start adds the encoder and opens the port.
func (s *sink) start() error {
	v := s.settings.snapshot()
	launch, codec, err := pipeline.LiveEncoder(v.codec, v.bitrate, s.log)
	if err != nil {
		return fmt.Errorf("%s: %w", Name, err)
	}
	s.codec = codec
	// When the encoder cannot keep up, frames are dropped before it and not piled up: live means now.
	s.encoder, err = gst.ParseBinFromDescription("queue leaky=downstream max-size-buffers=2 max-size-bytes=0 max-size-time=0 ! videoconvert ! "+
		launch+" ! appsink name=out max-buffers=30 drop=true", true)
	if err != nil {
		return fmt.Errorf("%s: %w", Name, err)
	}
	s.out = s.encoder.GetByName("out").(gstapp.AppSink) //nolint:forcetypeassert // the description says appsink
	if !s.Add(s.encoder) || !s.pad.SetTarget(s.encoder.GetStaticPad("sink")) {
		return fmt.Errorf("%s: cannot link the encoder", Name)
	}
	var ctx context.Context
	ctx, s.end = context.WithCancel(context.Background())
	web, err := s.web(ctx, v)
	if err != nil {
		return err
	}
	if s.server, err = streaming.New(web); err != nil {
		return err
	}
	if err := s.server.Start(ctx); err != nil {
		return err
	}
	s.control = newControl(s.pad, s.out)
	s.stream, err = s.server.AddStream(streaming.StreamOptions{Name: v.stream, Codec: codec, Control: s.control})
	if err != nil {
		return err
	}
	s.setURL(s.server.URL())
	s.log.Info("serving", "url", s.server.URL())
	return nil
}

// web says where the page is and who may use it.
func (s *sink) web(ctx context.Context, v values) (streaming.Config, error) {
	c := streaming.Config{Listen: v.listen(), Insecure: v.insecure, Logger: s.log}
	if v.authFile == "" {
		return c, nil
	}
	settings, err := auth.ReadFile(v.authFile)
	if err != nil {
		return c, err
	}
	settings.Logger = s.log
	c.Auth, err = auth.New(ctx, settings)
	return c, err
}

// stop undoes start, as far as it came.
func (s *sink) stop() {
	if s.end != nil {
		s.end()
	}
	if s.server != nil {
		if err := s.server.Close(); err != nil {
			s.log.Warn("closing the page", "error", err)
		}
	}
	if s.encoder != nil {
		s.pad.SetTarget(nil)
		s.encoder.SetState(gst.StateNull)
		s.Remove(s.encoder)
	}
	s.setURL("")
	s.end, s.server, s.stream, s.control, s.encoder, s.out = nil, nil, nil, nil, nil, nil
}

func (s *sink) setURL(url string) {
	s.settings.mu.Lock()
	defer s.settings.mu.Unlock()
	s.settings.url = url
}

// pull hands encoded frames to the viewers until stopPulling.
func (s *sink) pull() {
	ctx, cancel := context.WithCancel(context.Background())
	s.stopPulling = cancel
	control, stream, out, codec := s.control, s.stream, s.out, s.codec
	control.begin()
	s.pulling.Go(func() {
		defer control.end()
		pipeline.PullEncoded(ctx, out, func(f pipeline.EncodedFrame) {
			control.frameOut(time.Now())
			stream.WriteSample(pipeline.SayColors(codec, f), f.Duration, f.Key)
		})
	})
}
