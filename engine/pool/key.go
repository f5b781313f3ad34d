package pool

import (
	"fmt"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/model"
)

// key tells engines apart. How batches are filled and where an engine logs is no reason for a second one.
type key struct {
	id      string // where there is one, it is all that counts
	options string // every other option
}

func keyOf(id string, o engine.Options) key {
	if id != "" {
		return key{id: id}
	}
	if o.Model == "" {
		o.Model = model.Demo
	}
	depth := "the model's own"
	if o.Depth != nil {
		depth = fmt.Sprint(*o.Depth)
	}
	o.Depth, o.BatchSize, o.BatchTimeout, o.Logger = nil, 0, 0, nil
	return key{options: fmt.Sprintf("%#v, depth %s", o, depth)}
}
