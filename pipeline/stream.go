package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"

	"github.com/videogem/videogem/element"
	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/prompt"
	"github.com/videogem/videogem/pipeline/internal/media"
	"github.com/videogem/videogem/streaming"
)

// Errors of a running stream. Camera marks what the source did, so that it is not taken for a fault of this program.
var (
	// ErrCamera means that the source failed: it is gone, silent, or sends what cannot be decoded.
	ErrCamera = errors.New("source failed")
	// errSilent means that a source sends nothing; it comes with ErrCamera.
	errSilent = errors.New("no frame")
	// ErrFrozen means that GStreamer did not change its state in time.
	ErrFrozen = errors.New("pipeline does not answer")
)

// holeStands is how long the last picture before a hole in a file's times stands: whoever watches need not wait for the whole hole.
const holeStands = time.Second

// stateTimeout bounds every state change.
const stateTimeout = 15 * time.Second

// StreamOptions configure a stream.
type StreamOptions struct {
	Model             string
	Engine            engine.Options // of its engine; the Model above goes before its own
	Prompts           []string
	ViewerPrompts     int           // that all viewers together may have for themselves; 0: streaming.DefaultMaxViewerPrompts
	Opacity           float64       // 0..1
	InferenceInterval int           // frames
	Codec             string        // vp8, h264, vp9, av1, or CodecPassthrough
	Bitrate           int           // bits a second of the full quality, at most
	MinBitrate        int           // down to which it follows the viewers' networks; 0: it stays
	Rungs             bool          // a second quality of half the size for viewers with slow networks
	Overlay           string        // who draws the heat: one of the Overlay constants
	CameraTimeout     time.Duration // how long the source may stay silent; 0: DefaultCameraTimeout
}

// Who draws the heat: the page over clean video, the server into the video, or each viewer has the choice.
const (
	OverlayClient = "client"
	OverlayBurned = "burned"
	OverlayBoth   = "both"
)

// Stream is one source on its way to the viewers: decoding, the videogem element, and an encoder for each variant that somebody watches.
// It implements streaming.Control. Its lock is a leaf, as are those of the status and the variants.
type Stream struct {
	source   Source
	secrets  secrets // of the source's address
	options  StreamOptions
	spec     engine.Spec // of the model
	variants []*variant
	log      *slog.Logger
	status   status
	timeline timeline
	stage    *stage                           // nil: nobody publishes the stream, as are
	from     *publisher                       // who does; of Run's goroutine, as is
	missing  []string                         // decoders that the pipeline asked for in vain, in words; of Run's goroutine
	size     [2]int                           // of the pipeline's frames, width and height; 0 before the first one
	splitter func() (*prompt.Splitter, error) // made when first needed

	mu      sync.Mutex
	prompts []string
	viewers []string    // prompts of single viewers
	gem     gst.Element // nil while no pipeline runs
}

// Model is what a stream must know of the model that grounds it.
type Model interface{ Spec() engine.Spec }

// doubter is a Model that says why it may not understand a prompt.
type doubter interface{ Doubts(prompt string) []string }

// NewStream prepares a stream; Run starts it. GStreamer is running and the element is registered.
func NewStream(s Source, o StreamOptions, model Model, log *slog.Logger) (*Stream, error) {
	if err := CheckPrompts(o.Prompts); err != nil {
		return nil, err
	}
	variants, err := newVariants(o, log)
	if err != nil {
		return nil, err
	}
	if o.CameraTimeout == 0 {
		o.CameraTimeout = DefaultCameraTimeout
	}
	st := &Stream{
		source: s, secrets: s.secrets(), options: o, spec: model.Spec(), variants: variants, log: log.With("stream", s.Name), prompts: o.Prompts,
		splitter: sync.OnceValues(prompt.New),
	}
	if d, ok := model.(doubter); ok {
		st.status.doubts = d.Doubts
	}
	st.status.setState(streaming.StateStarting, "")
	st.status.keepPrompts(o.Prompts)
	for _, p := range st.status.report(time.Now()).Prompts {
		if p.Warning != "" {
			st.log.Warn("the model may not understand a prompt", "prompt", p.Text, "because", p.Warning)
		}
	}
	if s.Kind == KindWHIP {
		st.stage = newStage()
		st.status.setState(streaming.StateWaiting, "")
	}
	return st, nil
}

// Codec is the MIME type of the encoded video.
func (s *Stream) Codec() string { return s.variants[0].encoder.codec }

// Variants are what the stream offers to its viewers.
func (s *Stream) Variants() []streaming.Variant {
	var all []streaming.Variant
	for _, v := range s.variants {
		all = append(all, v.offer())
	}
	return all
}

// Run plays the stream into out until ctx ends or it fails. Cameras that fail are tried again, with growing pauses.
func (s *Stream) Run(ctx context.Context, out *streaming.Stream) error {
	pause, silences := time.Second, 0
	for {
		began := time.Now()
		err := s.attempt(ctx, out)
		if ctx.Err() != nil {
			s.status.setState(streaming.StateEnded, "")
			return nil //nolint:nilerr // what fails while the stream is being stopped is no failure
		}
		if errors.Is(err, errLeft) {
			s.log.Info("the publisher has left")
			s.from = nil
			continue
		}
		s.status.setState(streaming.StateFailed, err.Error())
		if time.Since(began) > time.Minute {
			pause, silences = time.Second, 0
		}
		if errors.Is(err, errSilent) {
			silences++
		}
		if !s.comesBack(err, silences) {
			return err
		}
		s.log.Warn("source failed; trying again", "error", err, "pause", pause)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, 30*time.Second)
	}
}

// comesBack says whether a source that failed is worth another try. A file fails for good, but for silence: GStreamer 1.26 now and then plays
// nothing of one that it plays the next time.
func (s *Stream) comesBack(err error, silences int) bool {
	const tries = 3
	switch s.source.Kind {
	case KindDemo:
		return false
	case KindFile:
		return errors.Is(err, errSilent) && silences < tries
	default:
		return errors.Is(err, ErrCamera)
	}
}

// await waits for somebody to publish the stream, unless he who last did still does.
func (s *Stream) await(ctx context.Context) {
	if s.from != nil {
		return
	}
	s.status.setState(streaming.StateWaiting, "")
	select {
	case <-ctx.Done():
	case s.from = <-s.stage.coming:
		s.log.Info("a publisher has come", "codec", s.from.codec)
		s.status.setState(streaming.StateStarting, "")
	}
}

// attempt is play, but looks into a file before, and says in plain words why an address does not answer.
func (s *Stream) attempt(ctx context.Context, out *streaming.Stream) error {
	if s.source.Kind == KindFile {
		if err := checkFile(ctx, s.source); err != nil {
			return fmt.Errorf("stream %s: %w: %w", s.source.Name, ErrCamera, err)
		}
	}
	err := s.play(ctx, out)
	if why := unreachable(ctx, s.source, err); why != nil {
		return fmt.Errorf("stream %s: %w: %w", s.source.Name, ErrCamera, why)
	}
	return err
}

// play builds the pipeline and runs it once.
func (s *Stream) play(ctx context.Context, out *streaming.Stream) error {
	codec := ""
	if s.stage != nil {
		if s.await(ctx); s.from == nil {
			return nil // ctx has ended
		}
		codec = s.from.codec
	}
	s.mu.Lock()
	o := s.options
	o.Prompts = s.prompts
	s.mu.Unlock()
	s.size, s.missing = [2]int{}, nil
	top, err := gst.ParseLaunch(describe(s.source, codec, o, s.variants))
	if err != nil {
		return fmt.Errorf("stream %s: cannot build the pipeline: %w", s.source.Name, s.secrets.hideError(err))
	}
	pipe, ok := top.(gst.Pipeline)
	if !ok {
		return fmt.Errorf("stream %s: gst-launch made a %T instead of a pipeline", s.source.Name, top)
	}
	media.CopyFrames(pipe)
	gstshim.AnySize(pipe.GetByName(nameClean))
	gem := pipe.GetByName(nameGem)
	element.SetEngine(gem, s.options.Engine)
	if pace := pipe.GetByName(namePace); pace != nil && s.source.Kind == KindFile {
		gstshim.CloseGaps(pace, s.options.CameraTimeout/2, holeStands)
	}
	s.timeline.next()
	ctx, cancel := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel(nil)
	defer s.stop(pipe)

	sinks := s.attach(pipe, gem)
	defer s.attach(nil, nil)
	if err := s.setState(pipe, gst.StatePlaying); err != nil {
		return err
	}
	feed, err := s.feed(pipe)
	if err != nil {
		return err
	}
	wg.Go(func() {
		if err := feed(ctx); err != nil {
			cancel(err)
		}
	})
	wg.Go(func() { s.followHeat(ctx, gem, out) })
	at := func(running time.Duration) time.Duration {
		s.status.frameOut()
		return s.timeline.passed(running)
	}
	for i, v := range s.variants {
		wg.Go(func() {
			if err := v.pull(ctx, sinks[i], out.Output(v.overlay, v.rung), at); err != nil {
				cancel(fmt.Errorf("stream %s: %w", s.source.Name, err))
			}
		})
	}
	if err := s.watch(ctx, pipe, gem); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// feed is what pushes frames into the pipeline where GStreamer does not fetch them itself. It returns errLeft when no more will come.
func (s *Stream) feed(pipe gst.Pipeline) (func(ctx context.Context) error, error) {
	switch s.source.Kind {
	case KindDemo:
		feed, err := newDemoFeed(s.source.Demo, pipe.GetByName(nameDemo).(gstapp.AppSrc)) //nolint:forcetypeassert // the description says appsrc
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) error { feed.run(ctx); return nil }, nil
	case KindWHIP:
		from, source := s.from, pipe.GetByName(namePush).(gstapp.AppSrc) //nolint:forcetypeassert // the description says appsrc
		return func(ctx context.Context) error {
			from.askKey() // he may have been here before this pipeline
			return from.feed(ctx, into(source))
		}, nil
	default:
		return func(context.Context) error { return nil }, nil
	}
}

// attach makes the running pipeline's elements known to the stream's other methods and to the variants, whose sinks it gives.
func (s *Stream) attach(pipe gst.Pipeline, gem gst.Element) (sinks []gstapp.AppSink) {
	for _, v := range s.variants {
		sinks = append(sinks, v.attach(pipe))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gem = gem
	if gem != nil {
		gem.SetObjectProperty("prompts", element.JoinPrompts(s.prompts))
		element.SetExtraPrompts(gem, s.viewers)
	}
	return sinks
}

// setState changes the pipeline's state, but does not wait for ever: a driver may hang.
func (s *Stream) setState(pipe gst.Pipeline, state gst.State) error {
	done := make(chan gst.StateChangeReturn, 1)
	go func() { done <- pipe.SetState(state) }()
	select {
	case r := <-done:
		if r == gst.StateChangeFailure {
			if err := s.pendingError(pipe); err != nil {
				return err
			}
			return fmt.Errorf("stream %s: %w: the pipeline refused to change its state to %v", s.source.Name, ErrCamera, state)
		}
		return nil
	case <-time.After(stateTimeout):
		return fmt.Errorf("stream %s: %w: state %v not reached in %v", s.source.Name, ErrFrozen, state, stateTimeout)
	}
}

func (s *Stream) stop(pipe gst.Pipeline) {
	if err := s.setState(pipe, gst.StateNull); err != nil {
		s.log.Error("cannot stop", "error", err)
	}
}

// noteSize reads the frames' size off the element's caps; a publisher may change it at any time.
func (s *Stream) noteSize(pipe gst.Pipeline, gem gst.Element) {
	caps := gem.GetStaticPad("src").GetCurrentCaps()
	if caps == nil {
		return
	}
	info, err := gstshim.ParseCaps(caps)
	if size := [2]int{info.Width, info.Height}; err == nil && size != s.size {
		s.size = size
		s.status.setSize(info.Width, info.Height)
		for _, v := range s.variants {
			v.setSize(pipe, info.Width, info.Height)
		}
	}
}

// RequestKeyFrame is streaming.Control's: of the default variant.
func (s *Stream) RequestKeyFrame() { s.variants[0].requestKeyFrame() }

// Status is what the page shows.
func (s *Stream) Status() streaming.Status {
	st := s.status.report(time.Now())
	if s.stage != nil {
		st.Whip = "/whip/" + s.source.Name
	}
	st.Name, st.Title, st.Model = s.source.Name, s.source.Name, s.options.Model
	st.Notice, st.Known, st.Threshold = s.spec.Notice, s.spec.Known, s.spec.Threshold
	return st
}
