package element

import (
	"time"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
)

// Instance says which engine an element wants; fields that are empty are the program's choice.
type Instance struct {
	ID           string // elements with the same one share the engine whatever else they say; "": the rest decides
	Model        string
	Device       string
	Precision    string
	Scope        gem.Scope
	BatchSize    int
	BatchTimeout time.Duration
}

// instanceKey tells engines apart. How batches are filled is no reason for a second engine.
type instanceKey struct {
	id, model, device, precision string
	scope                        gem.Scope
}

// options are those of the engine: the program's, and what the element says differently.
func (i Instance) options(o engine.Options) engine.Options {
	o.Model = i.Model
	if i.Device != "" {
		o.Device = i.Device
	}
	if i.Precision != "" {
		o.Precision = i.Precision
	}
	if i.Scope != "" {
		o.Scope = i.Scope
	}
	if i.BatchSize > 1 {
		o.BatchSize = i.BatchSize
	}
	if i.BatchTimeout > 0 {
		o.BatchTimeout = i.BatchTimeout
	}
	return o
}

// key tells the engine with these options apart from others.
func (i Instance) key(o engine.Options) instanceKey {
	if i.ID != "" {
		return instanceKey{id: i.ID}
	}
	return instanceKey{model: o.Model, device: o.Device, precision: o.Precision, scope: o.Scope}
}
