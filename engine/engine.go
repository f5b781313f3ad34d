package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/videogem/videogem/engine/backend/ort"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/model"
	"github.com/videogem/videogem/engine/tokenizer"
)

// Options configure an engine.
type Options struct {
	Model   string    // a name, a folder with a model.json, or a checkpoint file; "" is the demo model
	Library string    // path of ONNX Runtime's library; "" looks for it
	Threads int       // threads of one inference; 0 lets ONNX Runtime choose
	Scope   gem.Scope // attention scope; "" is the model's own
	Depth   *int      // blocks with the GEM path, 0 to 7; nil is the model's own, 7 in the paper
	Height  int       // pixels of the frames, multiples of the patch size; 0 is the model's own
	Width   int
	Float   bool // clips come as normalised pixels in Clip.Float, not as bytes

	// Precision of the weights: fp32, fp16 or int8; "" is fp16 on a GPU and fp32 on a CPU. docs/measurements-precision.md says what it costs.
	Precision string
	// Device is cpu, cuda:N, tensorrt:N, openvino or auto; "" is auto: a GPU when everything it needs is there, else the CPU.
	Device string
	// Cache is the folder where built models are kept; "" is videogem/graphs in the user's cache folder.
	Cache string

	Logger *slog.Logger // nil: silent
}

// Spec is what a caller must know of the model.
type Spec struct {
	Name          string
	Frames        int           // T, frames a clip
	Height, Width int           // pixels of the frames it takes
	GridH, GridW  int           // heat map rows and columns: patches of a frame
	Embed         int           // D, embedding size
	ClipDuration  time.Duration // time that a clip covers in live video
	ContextLength int           // tokens of text it reads, start and end included
	Weights       gem.Weights   // the model's own weighting
	Resize        model.Resize  // how pictures are brought to its size
	Precision     string        // of the weights
	Device        string        // where it runs
	Notice        string        // an honest line to show beside its answers; may be empty
}

// Engine is a model that is ready to work. Its methods may be called from several goroutines.
type Engine struct {
	spec    Spec
	log     *slog.Logger
	image   *ort.Session
	text    *textTower
	float   bool // clips come as Clip.Float
	gpu     bool
	running sync.WaitGroup // inferences going on
	grounds atomic.Uint64

	mu     sync.Mutex // guards closed; a leaf
	closed bool
}

// Open loads a model and builds its towers, or finds them built by an earlier start. On a GPU it runs them once, so that the first
// real inference is as fast as the others. Errors wrap ErrUnknownModel, ErrNoLibrary, ErrNoDevice or ErrPrecision, or say what is
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
	e, err := open(m, o)
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

func open(m *model.Model, o Options) (*Engine, error) {
	config := m.Manifest.Image()
	if o.Scope != "" {
		config.Scope = o.Scope
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
	text, err := openText(m, load)
	if err != nil {
		return nil, err
	}
	image, err := load.image(config)
	if err != nil {
		return nil, errors.Join(err, text.close())
	}
	return &Engine{
		log: o.Logger, image: image, text: text, float: o.Float, gpu: load.options.Device.GPU(),
		spec: Spec{
			Name: m.Manifest.Name, Frames: config.Frames, Height: config.Height, Width: config.Width,
			GridH: config.Height / sizes.Patch, GridW: config.Width / sizes.Patch, Embed: sizes.Embed,
			ClipDuration: m.Manifest.ClipDuration(), ContextLength: sizes.Text, Weights: weights, Resize: m.Manifest.Resize,
			Precision: string(load.precision), Device: load.options.Device.String(), Notice: m.Manifest.Notice,
		},
	}, nil
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

// Stats count what the engine did.
type Stats struct {
	Grounds  uint64 // clips that went through the image tower
	TextRuns uint64 // prompts that went through the text tower; the others came from the cache
}

// Stats gives the counts so far.
func (e *Engine) Stats() Stats {
	return Stats{Grounds: e.grounds.Load(), TextRuns: e.text.runs.Load()}
}

// enter notes an inference; the caller calls leave when it is over.
func (e *Engine) enter() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return ErrClosed
	}
	e.running.Add(1)
	return nil
}

func (e *Engine) leave() { e.running.Done() }

// Close waits for the inferences that are going on and frees the model.
func (e *Engine) Close() error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.closed = true
	e.mu.Unlock()
	e.running.Wait()
	return errors.Join(e.image.Close(), e.text.close())
}

// newTokenizer is the family's tokenizer.
func newTokenizer(f model.Family) (*tokenizer.Tokenizer, error) {
	if f == model.FamilyOpenCLIP {
		return tokenizer.NewOpenCLIP()
	}
	return tokenizer.New()
}
