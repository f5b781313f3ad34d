package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/model"
	"github.com/videogem/videogem/engine/onnx"
	"github.com/videogem/videogem/engine/tokenizer"
)

// Engine is a model that is ready to work. Its methods may be called from several goroutines.
type Engine struct {
	spec   Spec
	log    *slog.Logger
	image  backend.Session
	text   *textTower
	scopes []gem.Scope
	float  bool // clips come as Clip.Float
	gpu    bool
	line   *batcher // of clips for the image tower
	counts counts

	callers  sync.WaitGroup // in the engine at the moment
	freed    chan struct{}  // closed when closeErr is there
	closeErr error

	mu     sync.Mutex // guards closed; a leaf
	closed bool
}

// Open loads a model and builds its towers, or finds them built by an earlier start. On a GPU it runs them once, so that the first
// real inference is as fast as the others. Errors wrap ErrUnknownModel, ErrNoLibrary, ErrOldLibrary, ErrNoDevice or ErrPrecision, or say what is
// wrong with the checkpoint.
func Open(ctx context.Context, o Options) (*Engine, error) {
	if o.Model == "" {
		o.Model = model.Demo
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	began := time.Now()
	m, err := model.Load(o.Model)
	if err != nil {
		return nil, err
	}
	for _, note := range m.Notes {
		o.Logger.Info("about the model", "model", m.Manifest.Name, "note", note)
	}
	for _, what := range m.Assumed {
		o.Logger.Warn("something about the model was assumed", "model", m.Manifest.Name, "what", what)
	}
	e, err := open(ctx, m, o)
	if err := errors.Join(err, m.Close()); err != nil {
		return nil, fmt.Errorf("model %s: %w", o.Model, err)
	}
	if e.gpu {
		if err := e.warmUp(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("model %s: first run: %w", o.Model, err), e.Close())
		}
	}
	e.log.Info("model ready", "model", e.spec.Name, "device", e.spec.Device, "precision", e.spec.Precision,
		"took", time.Since(began).Round(time.Millisecond))
	return e, nil
}

// open builds the sessions. Nothing can stop ONNX Runtime while it builds one: ctx is looked at before each.
func open(ctx context.Context, m *model.Model, o Options) (*Engine, error) {
	config := m.Manifest.Image()
	if o.Scope != "" {
		config.Scopes = []gem.Scope{o.Scope}
	}
	if config.Frames > 1 {
		config.Scopes = append(config.Scopes, o.MoreScopes...)
	}
	config.Float = o.Float
	if o.Depth != nil {
		config.Depth = *o.Depth
	}
	if o.Height != 0 || o.Width != 0 {
		config.Height, config.Width = o.Height, o.Width
	}
	sizes, err := m.Weights.Sizes()
	if err != nil {
		return nil, err
	}
	weights, err := gem.ParseWeights(m.Manifest.GEM.Weights)
	if err != nil {
		return nil, err
	}
	load, err := newLoader(m, o)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	text, err := openText(m, load)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, errors.Join(err, text.close())
	}
	image, err := load.open(load.image(config))
	if err != nil {
		return nil, errors.Join(err, text.close())
	}
	e := &Engine{
		log: o.Logger, image: image, text: text, scopes: config.Scopes, float: o.Float, gpu: load.backend.GPU(),
		spec: Spec{
			Name: m.Manifest.Name, Frames: config.Frames, Height: config.Height, Width: config.Width,
			GridH: config.Height / sizes.Patch, GridW: config.Width / sizes.Patch, Embed: sizes.Embed,
			ClipDuration: m.Manifest.ClipDuration(), LiveAges: m.Manifest.LiveAges, ContextLength: sizes.Text, Weights: weights, Resize: m.Manifest.Resize,
			Precision: string(load.precision), Device: load.backend.Device(), Threshold: m.Manifest.Threshold, Notice: m.Manifest.Notice,
			Known: m.Manifest.Known, Assumed: m.Assumed,
		},
	}
	e.start(o, load.precision)
	return e, nil
}

// start begins to take clips. On a CPU as many passes go on at once as have cores to themselves; a GPU does one after the other.
func (e *Engine) start(o Options, precision onnx.Precision) {
	size, passes := max(1, o.BatchSize), 1
	if precision == onnx.INT8 && size > 1 {
		e.log.Warn("clips go one by one: int8 cannot batch them without changing the answers", "batch-size", size)
		size = 1
	}
	if o.Threads > 0 && !e.gpu {
		passes = max(1, runtime.GOMAXPROCS(0)/o.Threads)
	}
	e.freed = make(chan struct{})
	e.line = newBatcher(size, passes, o.BatchTimeout, e.pass)
}

// warmUp runs an empty clip: a GPU chooses its kernels in the first run. A CPU has nothing to choose.
func (e *Engine) warmUp(ctx context.Context) error {
	s := e.spec
	clip := Clip{Frames: s.Frames, H: s.Height, W: s.Width}
	if n := s.Frames * s.Height * s.Width * 3; e.float {
		clip.Float = make([]float32, n)
	} else {
		clip.Pix = make([]byte, n)
	}
	_, err := e.Ground(ctx, Request{Clip: clip, Prompts: []string{"a photo"}, Frames: []int{s.Frames - 1}})
	return err
}

// Spec describes the model.
func (e *Engine) Spec() Spec { return e.spec }

// enter notes a caller; it calls leave when it goes.
func (e *Engine) enter() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return ErrClosed
	}
	e.callers.Add(1)
	return nil
}

func (e *Engine) leave() { e.callers.Done() }

// Close waits for the passes that are going on and frees the model. Clips that still wait for theirs get ErrClosed.
func (e *Engine) Close() error {
	e.mu.Lock()
	first := !e.closed
	e.closed = true
	e.mu.Unlock()
	if first {
		e.line.close()
		e.callers.Wait()
		e.closeErr = errors.Join(e.image.Close(), e.text.close())
		close(e.freed)
	}
	<-e.freed
	return e.closeErr
}

// newTokenizer is the family's tokenizer.
func newTokenizer(f model.Family) (*tokenizer.Tokenizer, error) {
	if f == model.FamilyOpenCLIP {
		return tokenizer.NewOpenCLIP()
	}
	return tokenizer.New()
}
