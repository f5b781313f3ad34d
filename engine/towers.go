package engine

import (
	"fmt"

	"github.com/videogem/videogem/engine/backend"
	"github.com/videogem/videogem/engine/model"
	"github.com/videogem/videogem/engine/onnx"
)

// towers knows how a model's graphs are built from its weights.
type towers struct {
	model     *model.Model
	precision onnx.Precision
	half      bool // products are half-float ones
}

// towerGraph is one tower's graph before it is built.
type towerGraph struct {
	name   string
	config string        // all that the graph depends on beside the weights
	graph  backend.Graph // its File and Model come with the building
	build  func(*onnx.External) ([]byte, error)
}

func (t towers) image(c onnx.ImageConfig) towerGraph {
	c.Precision, c.HalfProducts = t.precision, t.half
	clip := onnx.InputFrames
	if c.Float {
		clip = onnx.InputPixels
	}
	return towerGraph{
		name: "image", config: fmt.Sprintf("%+v", c),
		graph: backend.Graph{
			Inputs:  []string{clip, onnx.InputText, onnx.InputBase, onnx.InputAlpha, onnx.InputWanted},
			Outputs: []string{onnx.OutputHeat, onnx.OutputScore, onnx.OutputWeight, onnx.OutputEmbed},
			Half:    t.half,
		},
		build: func(e *onnx.External) ([]byte, error) { return onnx.Image(t.model.Weights, c, e) },
	}
}

func (t towers) text(c onnx.TextConfig) towerGraph {
	c.Precision, c.HalfProducts = t.precision, t.half
	return towerGraph{
		name: "text", config: fmt.Sprintf("%+v", c),
		graph: backend.Graph{Inputs: []string{onnx.InputTokens}, Outputs: []string{onnx.OutputText}, Half: t.half},
		build: func(e *onnx.External) ([]byte, error) { return onnx.Text(t.model.Weights, c, e) },
	}
}
