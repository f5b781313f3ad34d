package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/videogem/videogem/engine/model"
)

// modelsCommand groups what there is to do with models.
type modelsCommand struct {
	List    modelsListCommand    `cmd:"" help:"Show the models known by name and those on this machine."`
	Pull    modelsPullCommand    `cmd:"" help:"Fetch a model from the hub; one that broke off goes on where it stopped. HF_ENDPOINT and HF_TOKEN are honoured."`
	Inspect modelsInspectCommand `cmd:"" help:"Say what a model is: family, sizes, heads, activation, licence."`
	Verify  modelsVerifyCommand  `cmd:"" help:"Compare a pulled model's files with their sha256."`
	Rm      modelsRemoveCommand  `cmd:"" help:"Remove a pulled model from this machine."`
}

// modelsListCommand lists models.
type modelsListCommand struct {
	JSON bool `name:"json" help:"As JSON."`
}

// Run prints one line a model.
func (c *modelsListCommand) Run(env *environment) error {
	list, err := model.List()
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(env.stdout, list)
	}
	w := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "NAME\tON DISK\tLICENCE\tREPOSITORY\tABOUT")
	for _, l := range list {
		size := "-"
		switch {
		case l.Size > 0:
			size = megabytes(l.Size)
		case l.Where != "":
			size = l.Where
		}
		repo := l.Repo
		if repo == "" {
			repo = "-"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.Name, size, l.License, repo, l.About)
	}
	return w.Flush()
}

// modelsInspectCommand describes a model.
type modelsInspectCommand struct {
	Name string `arg:"" help:"Model name, model folder or checkpoint file."`
	JSON bool   `name:"json" help:"As JSON."`
}

// inspection is what there is to say of a model.
type inspection struct {
	Name            string     `json:"name"`
	Where           string     `json:"where"`
	Family          string     `json:"family"`
	Layout          string     `json:"layout"`
	Parameters      int        `json:"parameters"`
	ImageParameters int        `json:"image_parameters"`
	TextParameters  int        `json:"text_parameters"`
	Frames          int        `json:"frames"`
	ImageSize       [2]int     `json:"image_size"` // height, width
	TrainedGrid     int        `json:"trained_grid"`
	PatchSize       int        `json:"patch_size"`
	Width           int        `json:"width"`
	Layers          int        `json:"layers"`
	VisionHeads     int        `json:"vision_heads"`
	TextWidth       int        `json:"text_width"`
	TextLayers      int        `json:"text_layers"`
	TextHeads       int        `json:"text_heads"`
	ContextLength   int        `json:"context_length"`
	EmbedSize       int        `json:"embed_size"`
	Activation      string     `json:"activation"`
	Mean            [3]float32 `json:"mean"`
	Std             [3]float32 `json:"std"`
	Resize          string     `json:"resize"`
	GEM             model.GEM  `json:"gem"`
	ClipSeconds     float64    `json:"clip_seconds"`
	Threshold       *float64   `json:"threshold"` // null: not calibrated
	License         string     `json:"license"`
	Source          string     `json:"source"`
	Notice          string     `json:"notice"`
	Assumed         []string   `json:"assumed,omitempty"` // what no file says
	Notes           []string   `json:"notes,omitempty"`
}

// Run prints a table, or JSON.
func (c *modelsInspectCommand) Run(env *environment) error {
	m, err := model.Load(c.Name)
	if err != nil {
		return err
	}
	i := inspect(m)
	if err := m.Close(); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(env.stdout, i)
	}
	return i.print(env.stdout)
}

func inspect(m *model.Model) inspection {
	f, s, p := m.Manifest, m.Sizes, m.Parameters
	i := inspection{
		Name: f.Name, Where: m.Path, Family: string(f.Family), Layout: string(m.Weights.Layout),
		Parameters: p.Image + p.Text, ImageParameters: p.Image, TextParameters: p.Text,
		Frames: f.Frames, ImageSize: f.ImageSize, TrainedGrid: s.Grid, PatchSize: s.Patch, Width: s.Width, Layers: s.Layers, VisionHeads: f.VisionHeads,
		TextWidth: s.TextWidth, TextLayers: s.TextLayers, TextHeads: f.TextHeads, ContextLength: s.Text, EmbedSize: s.Embed,
		Activation: string(f.Activation), Mean: f.Mean, Std: f.Std, Resize: string(f.Resize), GEM: f.GEM, ClipSeconds: f.ClipSeconds, Threshold: f.Threshold,
		License: f.License, Source: f.Source, Notice: f.Notice,
		Assumed: m.Assumed, Notes: m.Notes,
	}
	if i.Where == "" {
		i.Where = "built in"
	}
	if i.License == "" {
		i.License = "not stated"
	}
	return i
}

func (i inspection) print(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	threshold := "not set: nothing tells from which score a prompt counts as there"
	if i.Threshold != nil {
		threshold = fmt.Sprintf("a prompt that scores %g or more counts as there: calibrated for this model", *i.Threshold)
	}
	for _, line := range []struct{ key, text string }{
		{"name", i.Name},
		{"where", i.Where},
		{"family", fmt.Sprintf("%s, tensors named as in %s", i.Family, i.Layout)},
		{"parameters", fmt.Sprintf("%.1f million: image tower %.1f, text tower %.1f", million(i.Parameters), million(i.ImageParameters), million(i.TextParameters))},
		{"pictures", fmt.Sprintf("%dx%d pixels (height x width), %s, mean %v, std %v", i.ImageSize[0], i.ImageSize[1], i.Resize, i.Mean, i.Std)},
		{"frames", fmt.Sprintf("%d a clip, %v s in live video", i.Frames, i.ClipSeconds)},
		{"patch", fmt.Sprintf("%d pixels, trained on a grid of %dx%d", i.PatchSize, i.TrainedGrid, i.TrainedGrid)},
		{"image tower", fmt.Sprintf("%d blocks, width %d, %d heads", i.Layers, i.Width, i.VisionHeads)},
		{"text tower", fmt.Sprintf("%d blocks, width %d, %d heads, %d tokens", i.TextLayers, i.TextWidth, i.TextHeads, i.ContextLength)},
		{"embedding", fmt.Sprint(i.EmbedSize)},
		{"activation", i.Activation},
		{"method", fmt.Sprintf("depth %d, weights %s, scope %s", i.GEM.Depth, i.GEM.Weights, i.GEM.Scope)},
		{"threshold", threshold},
		{"licence", i.License},
		{"source", i.Source},
		{"notice", i.Notice},
		{"note", strings.Join(i.Notes, "; ")},
		{"ASSUMED", strings.Join(i.Assumed, "; ")},
	} {
		if line.text != "" {
			_, _ = fmt.Fprintf(w, "%s\t%s\n", line.key, line.text)
		}
	}
	return w.Flush()
}

// modelsVerifyCommand checks a model's files.
type modelsVerifyCommand struct {
	Name string `arg:"" help:"Name of a pulled model, or a model folder whose model.json lists files."`
}

// Run prints one line a file.
func (c *modelsVerifyCommand) Run(env *environment) error {
	return model.Verify(env.ctx, c.Name, func(f model.File, err error) {
		if err != nil {
			_, _ = fmt.Fprintf(env.stdout, "DAMAGED  %s: %v\n", f.Path, err)
			return
		}
		_, _ = fmt.Fprintf(env.stdout, "ok       %s  %s\n", f.Path, f.SHA256)
	})
}

// modelsRemoveCommand removes a model.
type modelsRemoveCommand struct {
	Name string `arg:"" help:"Name of a pulled model."`
}

// Run removes it.
func (c *modelsRemoveCommand) Run(env *environment) error {
	if err := model.Remove(c.Name); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(env.stdout, "Removed %s\n", c.Name)
	return nil
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

func million(n int) float64 { return float64(n) / 1e6 }
