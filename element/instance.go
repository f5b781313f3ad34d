package element

import (
	"time"

	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
)

// instance says by properties which engine an element wants; fields that are empty are the program's choice.
type instance struct {
	id           string // elements with the same one share the engine whatever else they say; "": the rest decides
	model        string
	device       string
	precision    string
	scope        gem.Scope
	batchSize    int
	batchTimeout time.Duration
}

// options are those of the engine: the program's, and what the element says differently.
func (i instance) options(o engine.Options) engine.Options {
	o.Model = i.model
	if i.device != "" {
		o.Device = i.device
	}
	if i.precision != "" {
		o.Precision = i.precision
	}
	if i.scope != "" {
		o.Scope = i.scope
	}
	if i.batchSize > 1 {
		o.BatchSize = i.batchSize
	}
	if i.batchTimeout > 0 {
		o.BatchTimeout = i.batchTimeout
	}
	return o
}

// SetEngine says what the properties of an element of this program leave open about its engine, in place of what Register was told; it
// counts from the element's next start.
func SetEngine(e gst.Element, o engine.Options) {
	v := ofElement(gst.UnsafeElementToGlibNone(e))
	_ = v.settings.change("engine", func(s *values) error { // never refused
		s.program = o
		return nil
	})
}
