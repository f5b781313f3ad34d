package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/streaming"
)

// ErrOptions means that an option has a value that cannot be: the user's fault, found before anything starts.
var ErrOptions = errors.New("bad option")

// DefaultDemoPrompts are the prompts of a demo camera that was given none.
func DefaultDemoPrompts() []string {
	return []string{"a person carrying a box", "a person playing guitar"}
}

// DefaultSource is what is shown when no source was named: a demo camera whose people do, most of the time, what the default prompts
// ask for, so that a newcomer sees heat where it belongs within seconds.
const DefaultSource = "demo://?actions=carrying+a+box,playing+guitar,climbing+a+ladder,running,doing+push-ups"

// ServerOptions configure a server.
type ServerOptions struct {
	Sources []string // none: the demo camera
	Listen  string
	Engine  engine.Options // device, precision, threads; its Model and Logger are set from the others
	Stream  StreamOptions
	Log     *slog.Logger
}

// Server is everything `videogem serve` runs: the streams, the engine they share, and the page.
type Server struct {
	options ServerOptions
	sources []Source
	engines *element.Engines
	http    *streaming.Server
	cancel  context.CancelFunc
	started []*Stream // in the order of the sources
	streams sync.WaitGroup
	failed  chan error // one entry a stream that ended
}

// registered guards the element's registration, which GStreamer allows once a process.
var registered struct { //nolint:gochecknoglobals // GStreamer's table of elements is one per process
	sync.Mutex
	engines *element.Engines
}

// NewServer checks the options; nothing runs yet. Errors that wrap ErrSource or ErrOptions are the user's.
func NewServer(o ServerOptions) (*Server, error) {
	if len(o.Sources) == 0 {
		o.Sources = []string{DefaultSource}
	}
	if o.Stream.Opacity < 0 || o.Stream.Opacity > 1 {
		return nil, fmt.Errorf("%w: opacity %g: use 0 to 1", ErrOptions, o.Stream.Opacity)
	}
	if o.Stream.InferenceInterval < 1 {
		return nil, fmt.Errorf("%w: interval %d: use 1 or more frames", ErrOptions, o.Stream.InferenceInterval)
	}
	if o.Stream.Bitrate < 50_000 {
		return nil, fmt.Errorf("%w: bitrate %d bit/s: use 50 kbit/s or more", ErrOptions, o.Stream.Bitrate)
	}
	if err := checkPrompts(o.Stream.Prompts); err != nil {
		return nil, err
	}
	s := &Server{options: o, failed: make(chan error, len(o.Sources))}
	for _, text := range o.Sources {
		source, err := ParseSource(text)
		if err != nil {
			return nil, err
		}
		s.sources = append(s.sources, source)
	}
	s.sources = UniqueNames(s.sources)
	return s, nil
}

// Start loads the model, opens the port and starts every stream. When it returns an error, Close is still to be called.
func (s *Server) Start(ctx context.Context) error {
	gstshim.Init()
	engines, err := s.register()
	if err != nil {
		return err
	}
	s.engines = engines
	eng, err := engines.Get(ctx, s.options.Stream.Model)
	if err != nil {
		return err
	}
	s.http, err = streaming.New(streaming.Config{Listen: s.options.Listen, Logger: s.options.Log})
	if err != nil {
		return err
	}
	if err := s.http.Start(ctx); err != nil {
		return err
	}
	ctx, s.cancel = context.WithCancel(ctx)
	for _, source := range s.sources {
		if err := s.startStream(ctx, source, eng.Spec().Notice); err != nil {
			return err
		}
	}
	return nil
}

// register makes the element known, once a process; servers that follow share its engines.
func (s *Server) register() (*element.Engines, error) {
	registered.Lock()
	defer registered.Unlock()
	if registered.engines == nil {
		options := s.options.Engine
		options.Logger = s.options.Log
		engines := element.NewEngines(options)
		if err := element.Register(engines, s.options.Log); err != nil {
			return nil, err
		}
		registered.engines = engines
	}
	return registered.engines, nil
}

func (s *Server) startStream(ctx context.Context, source Source, notice string) error {
	o := s.options.Stream
	if len(o.Prompts) == 0 && source.Kind == KindDemo {
		o.Prompts = DefaultDemoPrompts()
	}
	stream, err := NewStream(source, o, notice, s.options.Log)
	if err != nil {
		return err
	}
	out, err := s.http.AddStream(streaming.StreamOptions{Name: source.Name, Title: source.Name, Codec: stream.Codec(), Control: stream})
	if err != nil {
		return fmt.Errorf("stream %s: %w", source.Name, err)
	}
	s.started = append(s.started, stream)
	s.streams.Go(func() {
		err := stream.Run(ctx, out)
		if err != nil {
			s.options.Log.Error("stream failed", "stream", source.Name, "error", err)
		}
		s.failed <- err
	})
	return nil
}

// URL is the page's address.
func (s *Server) URL() string { return s.http.URL() }

// Wait waits until every stream has ended. It returns an error when all of them failed; while one goes on, so does the page.
func (s *Server) Wait() error {
	var errs []error
	for range s.sources {
		if err := <-s.failed; err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) < len(s.sources) {
		return nil
	}
	return errors.Join(errs...)
}

// Close stops the streams and the page, and waits for both.
func (s *Server) Close() {
	if s.cancel != nil {
		s.cancel()
	}
	s.streams.Wait()
	if s.http != nil {
		if err := s.http.Close(); err != nil {
			s.options.Log.Error("closing the page", "error", err)
		}
	}
}
