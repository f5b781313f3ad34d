// Package backend is the face of whatever runs a model's towers: tensors in, tensors out. backend/ort is ONNX Runtime in this process.
package backend

// Backend is a runtime on one device.
type Backend interface {
	// Name tells the runtime and its version; a graph that was built for another one is built again.
	Name() string
	// Device is where graphs run, such as cpu or cuda:0.
	Device() string
	// GPU says whether that is a graphics processor: it works off one run after the other, and is best at half floats.
	GPU() bool
	// Load makes a graph ready to run.
	Load(g Graph) (Session, error)
}

// Graph is an ONNX graph, as a file or in memory.
type Graph struct {
	File    string   // its path; weights in a file beside it are mapped into memory, not read
	Model   []byte   // the graph itself where there is no file
	Inputs  []string // names of what Run takes, in its order
	Outputs []string // names of what Run gives, in its order
	Half    bool     // products are half-float ones
}

// Session is a graph that is ready to run.
type Session interface {
	// Run computes the outputs; it may be called from several goroutines. The tensors that come back are the caller's.
	Run(inputs ...Tensor) ([]Tensor, error)
	// Close frees the graph. No Run may be going on.
	Close() error
}
