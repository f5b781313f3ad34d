package engine

import (
	"log/slog"
	"time"

	"github.com/videogem/videogem/engine/gem"
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

	// MoreScopes are worked out beside Scope in the same pass, for GroundAll; they cost their share of the time at every pass.
	// A model of single images has one scope: there these are left out.
	MoreScopes []gem.Scope

	// BatchSize is how many clips of different callers may go through the image tower together; 0 and 1 are one by one. int8 goes
	// one by one always: it measures its numbers' range over the whole batch, so that a clip's answer would depend on its mates.
	BatchSize int
	// BatchTimeout is how long the oldest clip waits for mates while there is nothing else to do. With 0 only those go together that
	// came while the engine was busy, which costs nobody time.
	BatchTimeout time.Duration

	Logger *slog.Logger // nil: silent
}
