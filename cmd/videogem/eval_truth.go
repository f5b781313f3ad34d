package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/videogem/videogem/pipeline"
	"github.com/videogem/videogem/pipeline/democam"
)

// evalTruthCommand says what a demo camera shows. Everything follows from the seed, so it need not ask a server that plays the camera.
type evalTruthCommand struct {
	Source string        `arg:"" optional:"" help:"The demo camera, as serve takes it. Default: the one that serve shows without a source."`
	From   time.Duration `default:"0s" help:"Time of the first frame; a stream begins at 0, and its status has its time as heatPtsNs." placeholder:"T"`
	For    time.Duration `default:"10s" help:"How long." placeholder:"T"`
	Every  time.Duration `default:"0s" help:"Time from one line to the next; 0: a line each frame." placeholder:"T"`
}

// truthLine is what a frame shows. Boxes are x0, y0, x1, y1 in 0..1 of the frame.
type truthLine struct {
	Frame  int           `json:"frame"`
	PTS    time.Duration `json:"ptsNs"`
	Actors []truthActor  `json:"actors"`
}

// truthActor is one person.
type truthActor struct {
	Action    string      `json:"action"`
	Object    string      `json:"object,omitempty"`
	Since     float64     `json:"since"`   // seconds that it has been doing this
	Visible   float64     `json:"visible"` // share of the body's box inside the frame
	Box       [4]float64  `json:"box"`     // person and object: where an answer should point
	Person    [4]float64  `json:"person"`
	ObjectBox *[4]float64 `json:"objectBox,omitempty"`
}

// Run prints a line of JSON a frame.
func (c *evalTruthCommand) Run(env *environment) error {
	if c.Source == "" {
		c.Source = pipeline.DefaultSource
	}
	source, err := pipeline.ParseSource(c.Source)
	if err != nil {
		return err
	}
	if source.Kind != pipeline.KindDemo {
		return fmt.Errorf("%w %q: only a demo camera knows the truth: demo://…", pipeline.ErrSource, c.Source)
	}
	if c.From < 0 || c.For < 0 || c.Every < 0 {
		return fmt.Errorf("%w: times are 0 or more", pipeline.ErrOptions)
	}
	camera, err := democam.New(source.Demo)
	if err != nil {
		return err
	}
	config, out := camera.Config(), json.NewEncoder(env.stdout)
	interval := config.Interval()
	frame := make([]byte, config.Width*config.Height*3)
	next := 0
	for at := c.From; at < c.From+c.For && env.ctx.Err() == nil; at += max(c.Every, interval) {
		i := max(next, int((at+interval/2)/interval))
		camera.Skip(i - next)
		next = i + 1
		if err := out.Encode(newTruthLine(camera.Frame(frame), interval)); err != nil {
			return err
		}
	}
	return env.ctx.Err()
}

func newTruthLine(t democam.Truth, interval time.Duration) truthLine {
	corners := func(b democam.Box) [4]float64 { return [4]float64{b.X0, b.Y0, b.X1, b.Y1} }
	line := truthLine{Frame: t.Index, PTS: time.Duration(t.Index) * interval, Actors: []truthActor{}}
	for i, a := range t.Actors {
		actor := truthActor{Action: a.Action, Object: a.Object, Since: a.Since, Visible: a.Visible, Box: corners(t.Union(i)), Person: corners(a.Person)}
		if !a.ObjectBox.Empty() {
			box := corners(a.ObjectBox)
			actor.ObjectBox = &box
		}
		line.Actors = append(line.Actors, actor)
	}
	return line
}
