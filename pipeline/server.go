package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/pool"
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
	Sources []string         // none: the demo camera
	Web     streaming.Config // its Logger is set from Log
	Pushes  []Push
	Engine  engine.Options // device, precision, threads; its Model and Logger are set from the others
	Stream  StreamOptions
	Log     *slog.Logger
}

// Push says that a stream shall be pushed to a WHIP endpoint, too.
type Push struct {
	Stream string // its name
	URL    string
	Bearer string // token; empty: none
}

// Server is everything `videogem serve` runs: the streams, the engine they share, and the page.
type Server struct {
	options ServerOptions
	sources []Source
	release func() error // gives the engine back; nil until Start has it
	http    *streaming.Server
	cancel  context.CancelFunc
	started []*Stream // in the order of the sources
	streams sync.WaitGroup
	failed  chan error // one entry a stream that ended
}

// registered guards the element's registration, which GStreamer allows once a process, and with it the pool of the element's engines.
var registered struct { //nolint:gochecknoglobals // GStreamer's table of elements is one per process
	sync.Mutex
	engines *pool.Pool
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
	if o.Stream.MinBitrate < 0 || o.Stream.MinBitrate > o.Stream.Bitrate {
		return nil, fmt.Errorf("%w: lowest bitrate %d bit/s: use 0 to the bitrate, %d", ErrOptions, o.Stream.MinBitrate, o.Stream.Bitrate)
	}
	switch o.Stream.Overlay {
	case OverlayClient, OverlayBurned, OverlayBoth:
	default:
		return nil, fmt.Errorf("%w: overlay %q: use %s, %s or %s", ErrOptions, o.Stream.Overlay, OverlayClient, OverlayBurned, OverlayBoth)
	}
	if err := CheckPrompts(o.Stream.Prompts); err != nil {
		return nil, err
	}
	o.Stream.Prompts = unique(o.Stream.Prompts, func(p string) { o.Log.Warn("a prompt is given twice; it is looked for once", "prompt", p) })
	s := &Server{options: o, failed: make(chan error, len(o.Sources))}
	for _, text := range o.Sources {
		source, err := ParseSource(text)
		if err != nil {
			return nil, err
		}
		s.sources = append(s.sources, source)
	}
	s.sources = UniqueNames(s.sources)
	if err := checkPassthrough(o.Stream, s.sources); err != nil {
		return nil, err
	}
	for _, p := range o.Pushes {
		if !slices.ContainsFunc(s.sources, func(source Source) bool { return source.Name == p.Stream }) {
			return nil, fmt.Errorf("%w: publish %q: there is no stream of that name, there are: %s", ErrOptions, p.Stream, s.names())
		}
		if err := (streaming.PushOptions{URL: p.URL}).Check(); err != nil {
			return nil, fmt.Errorf("%w: publish %q: %w", ErrOptions, p.Stream, err)
		}
	}
	return s, nil
}

// unique leaves out what comes again, and tells of it.
func unique(texts []string, again func(text string)) []string {
	var out []string
	for _, t := range texts {
		if slices.Contains(out, t) {
			again(t)
			continue
		}
		out = append(out, t)
	}
	return out
}

// Start loads the model, opens the port and starts every stream. When it returns an error, Close is still to be called.
func (s *Server) Start(ctx context.Context) error {
	gstshim.Init()
	engines, err := register(s.options.Log)
	if err != nil {
		return err
	}
	web := s.options.Web
	web.Logger = s.options.Log
	page, err := streaming.New(web) // before the model is loaded: a setting that cannot be is told at once
	if err != nil {
		return err
	}
	s.options.Engine.Model, s.options.Engine.Logger = s.options.Stream.Model, s.options.Log
	eng, release, err := engines.Get(ctx, "", s.options.Engine)
	if err != nil {
		return err
	}
	s.release = release // held while the server runs, so that a stream that starts again does not load the model again
	s.http = page
	if err := s.http.Start(ctx); err != nil {
		return err
	}
	ctx, s.cancel = context.WithCancel(ctx)
	for _, source := range s.sources {
		if err := s.startStream(ctx, source, eng); err != nil {
			return err
		}
	}
	return nil
}

// register makes the element known, once a process, and gives the pool that all its instances take their engines from.
func register(log *slog.Logger) (*pool.Pool, error) {
	registered.Lock()
	defer registered.Unlock()
	if registered.engines == nil {
		if err := gstshim.CheckPlugin(); err != nil {
			return nil, err
		}
		engines := pool.New(pool.Open)
		if err := element.Register(engines, engine.Options{Logger: log}, log); err != nil {
			return nil, err
		}
		registered.engines = engines
	}
	return registered.engines, nil
}

func (s *Server) startStream(ctx context.Context, source Source, model Model) error {
	o := s.options.Stream
	o.Engine = s.options.Engine
	if len(o.Prompts) == 0 && source.Kind == KindDemo {
		o.Prompts = DefaultDemoPrompts()
	}
	stream, err := NewStream(source, o, model, s.options.Log)
	if err != nil {
		return err
	}
	if source.Kind == KindWHIP {
		if err := stream.stage.open(s.http, source.Name); err != nil {
			return fmt.Errorf("stream %s: %w", source.Name, err)
		}
	}
	out, err := s.http.AddStream(streaming.StreamOptions{Name: source.Name, Codec: stream.Codec(), Control: stream, Variants: stream.Variants(), MaxViewerPrompts: o.ViewerPrompts})
	if err != nil {
		return fmt.Errorf("stream %s: %w", source.Name, err)
	}
	s.started = append(s.started, stream)
	for _, p := range s.options.Pushes {
		if p.Stream == source.Name {
			s.streams.Go(func() { s.push(ctx, out, p) })
		}
	}
	s.streams.Go(func() {
		err := stream.Run(ctx, out)
		if err != nil {
			s.options.Log.Error("stream failed", "stream", source.Name, "error", err)
		}
		s.failed <- err
	})
	return nil
}

// push pushes a stream elsewhere until ctx ends.
func (s *Server) push(ctx context.Context, out *streaming.Stream, p Push) {
	overlay := streaming.OverlayBurned // nobody draws heat there
	if s.options.Stream.Overlay == OverlayClient {
		overlay = streaming.OverlayNone
	}
	if err := out.Push(ctx, streaming.PushOptions{URL: p.URL, Bearer: p.Bearer, Overlay: overlay}); err != nil {
		s.options.Log.Error("a stream cannot be pushed", "stream", p.Stream, "error", err)
	}
}

// names lists the streams, for messages.
func (s *Server) names() string {
	var all []string
	for _, source := range s.sources {
		all = append(all, source.Name)
	}
	return strings.Join(all, ", ")
}

// URL is the page's address.
func (s *Server) URL() string { return s.http.URL() }

// NoVideo says why browsers on this machine get no video, and what to do; empty: they do.
func (s *Server) NoVideo() string { return s.http.NoVideo() }

// PublishURLs are the addresses to publish streams to by WHIP, in the order of the sources.
func (s *Server) PublishURLs() []string {
	var all []string
	for _, source := range s.sources {
		if source.Kind == KindWHIP {
			all = append(all, s.URL()+"whip/"+source.Name)
		}
	}
	return all
}

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

// Close stops the streams and the page, waits for both, and frees the model unless another server has it, too.
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
	if s.release != nil {
		if err := s.release(); err != nil {
			s.options.Log.Error("closing the model", "error", err)
		}
	}
}
