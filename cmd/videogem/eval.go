package main

import (
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/pipeline"
	"github.com/videogem/videogem/pipeline/eval"
	"github.com/videogem/videogem/pipeline/eval/metric"
	"github.com/videogem/videogem/pipeline/eval/report"
	"github.com/videogem/videogem/pipeline/eval/runner"
)

// evalCommand groups the paper's evaluation.
type evalCommand struct {
	Prepare   evalPrepareCommand   `cmd:"" help:"Make a manifest of a data set from its original annotation files."`
	Run       evalRunCommand       `cmd:"" help:"Score a model on a manifest: JSON, Markdown and an HTML page. Killed and started again, it goes on."`
	Ablate    evalAblateCommand    `cmd:"" help:"Score weightings, prompts, fusions and scopes, all in one pass over the model."`
	Baselines evalBaselinesCommand `cmd:"" help:"Say what answers score that know nothing of the pictures."`
	Compare   evalCompareCommand   `cmd:"" help:"Tell two runs apart on the samples that both scored, with McNemar's test."`
	Live      evalLiveCommand      `cmd:"" help:"Say how much of the time live video shows what is there, and what is not: a demo camera against its truth."`
	Truth     evalTruthCommand     `cmd:"" help:"Say who does what where in a demo camera's video, a line of JSON a frame."`
}

// evalFlags are what running a model over a manifest needs.
type evalFlags struct {
	Manifest  string `required:"" help:"The samples, made by videogem eval prepare." placeholder:"FILE"`
	Model     string `default:"demo" help:"Model name, model folder or checkpoint file."`
	Depth     *int   `help:"How many of the last blocks have the GEM path, 0 to 7; 0 is the last layer's own similarity, without GEM. Default: the model's own, 7." placeholder:"N"`
	Missing   string `default:"" enum:",skip,repeat,fail" help:"Without frames beside the key frame: skip the sample, repeat the key frame, or fail. Default: the data set's rule."`
	Point     string `default:"raster" enum:"raster,plateau" help:"Which of equally hot pixels is the answer: the first in raster order, as in the paper's code, or their middle."`
	Precision string `help:"fp32, fp16 or int8. Default: fp16 on a GPU, fp32 on a CPU."`
	Device    string `help:"cpu, cuda:N, tensorrt:N, openvino or auto. Default: auto."`
	Threads   int    `help:"Threads of an inference; 0 lets the engine choose."`
	Batch     int    `default:"1" help:"Clips that go through the model together. More than one pays on a GPU, and makes the last bit of heat depend on which clips met."`
	Out       string `required:"" help:"Folder for the results and the report. One that holds this run's results already goes on from there." placeholder:"DIR"`
}

// options checks the flags; the lists are comma-separated.
func (f *evalFlags) options(scopes, weights, prompts, fusions []string) (eval.Options, error) {
	o := eval.Options{
		Manifest: f.Manifest, Out: f.Out, Missing: runner.Missing(f.Missing), Point: metric.PointRule(f.Point), Batch: f.Batch,
		Engine: engine.Options{Model: f.Model, Threads: f.Threads, Depth: f.Depth, Precision: f.Precision, Device: f.Device},
	}
	for _, s := range scopes {
		scope, err := gem.ParseScope(s)
		if s != "" && err != nil {
			return o, fmt.Errorf("%w: %w", pipeline.ErrOptions, err)
		}
		o.Scopes = append(o.Scopes, scope)
	}
	for _, w := range weights {
		if _, err := gem.ParseWeights(w); w != "" && err != nil {
			return o, fmt.Errorf("%w: %w", pipeline.ErrOptions, err)
		}
		o.Weights = append(o.Weights, w)
	}
	for _, p := range prompts {
		mode, err := metric.ParseMode(p)
		if err != nil {
			return o, fmt.Errorf("%w: %w", pipeline.ErrOptions, err)
		}
		o.Prompts = append(o.Prompts, mode)
	}
	for _, s := range fusions {
		fusion, err := gem.ParseFusion(s)
		if err != nil {
			return o, fmt.Errorf("%w: %w", pipeline.ErrOptions, err)
		}
		o.Fusions = append(o.Fusions, fusion)
	}
	if f.Batch < 1 {
		return o, fmt.Errorf("%w: batch %d: use 1 or more", pipeline.ErrOptions, f.Batch)
	}
	return o, nil
}

// evaluate runs with a progress bar and says where the report is.
func evaluate(env *environment, o eval.Options) error {
	o.Engine.Logger = env.log
	p := &evalProgress{out: env.stderr, terminal: isTerminal(env.stderr)}
	o.Progress = p.show
	r, err := eval.Run(env.ctx, o)
	p.finish()
	if err != nil {
		if p.shown.Done > 0 && p.shown.Done < p.shown.Total {
			return fmt.Errorf("%w; %d of %d samples are done and kept: the same command goes on from there", err, p.shown.Done, p.shown.Total)
		}
		return err
	}
	for _, v := range r.Results {
		_, _ = fmt.Fprintf(env.stdout, "%6.2f %%  (%.2f – %.2f)  %s\n", 100*v.Accuracy, 100*v.Interval[0], 100*v.Interval[1], v.String())
	}
	printDetails(env.stdout, r)
	printBaselines(env.stdout, r.Dataset, r.Baselines)
	_, _ = fmt.Fprintf(env.stdout, "report: %s\n", filepath.Join(o.Out, report.HTMLFile))
	return nil
}

// mostWeak is how many classes the terminal shows.
const mostWeak = 6

// printDetails prints what there is to say of one combination: its weakest classes, and the scores of whole clips.
func printDetails(w io.Writer, r *report.Report) {
	if len(r.Results) > 1 {
		return
	}
	v := &r.Results[0]
	if v.AnyBox != nil {
		_, _ = fmt.Fprintf(w, "%6.2f %%  in the box of any sample of the picture\n", 100**v.AnyBox)
	}
	if len(v.Classes) > 1 {
		_, _ = fmt.Fprintf(w, "weakest of %d classes, whose mean is %.2f %%:\n", len(v.Classes), 100*v.ClassMean)
		for _, c := range v.Weakest()[:min(mostWeak, len(v.Classes))] {
			_, _ = fmt.Fprintf(w, "%6.2f %%  (%.2f – %.2f)  %s, %d of %d\n", 100*c.Accuracy, 100*c.Interval[0], 100*c.Interval[1], c.Name, c.Hits, c.N)
		}
	}
	if r.Clips != nil {
		_, _ = fmt.Fprintln(w, "whole clips:")
		for _, line := range r.Clips.Lines() {
			_, _ = fmt.Fprintln(w, line)
		}
	}
}

// evalProgress shows a bar with the accuracy so far; where nobody watches, a line now and then.
type evalProgress struct {
	out      io.Writer
	terminal bool
	bar      *progressbar.ProgressBar
	shown    runner.Progress
	said     time.Time
}

// sayEvery is how often a line is written where there is no terminal.
const sayEvery = 30 * time.Second

func (p *evalProgress) show(now runner.Progress) {
	first := p.shown.Total == 0
	p.shown = now
	text := "none scored"
	if now.Scored > 0 {
		text = fmt.Sprintf("accuracy %.2f %%", 100*float64(now.Hits)/float64(now.Scored))
	}
	if !p.terminal {
		if first || now.Done == now.Total || time.Since(p.said) >= sayEvery {
			_, _ = fmt.Fprintf(p.out, "%d of %d samples, %s\n", now.Done, now.Total, text)
			p.said = time.Now()
		}
		return
	}
	if p.bar == nil {
		p.bar = progressbar.NewOptions(now.Total, progressbar.OptionSetWriter(p.out), progressbar.OptionShowCount(), progressbar.OptionShowIts(),
			progressbar.OptionSetItsString("samples"), progressbar.OptionSetPredictTime(true), progressbar.OptionFullWidth(),
			progressbar.OptionThrottle(100*time.Millisecond))
	}
	p.bar.Describe(text)
	_ = p.bar.Set(now.Done) // a bar that cannot be drawn is no reason to stop
}

// finish ends the line of the bar.
func (p *evalProgress) finish() {
	if p.bar != nil {
		_ = p.bar.Exit() // likewise
		_, _ = fmt.Fprintln(p.out)
	}
}

// evalRunCommand scores one combination.
type evalRunCommand struct {
	evalFlags
	Weights string `help:"How much each layer counts: none, static, dynamic, videogem, or eight numbers separated by commas. Default: the model's own." placeholder:"W"`
	Scope   string `help:"Attention scope: joint, frame, official-1 to official-4. Default: the model's own." placeholder:"S"`
	Prompts string `default:"decomposed" enum:"action,verb,object,decomposed" help:"Which prompts give the answer: ${enum}."`
	Fuse    string `default:"point" enum:"point,mean,product" help:"How the three groundings of a decomposed prompt become one point: ${enum}."`

	Clips     bool     `help:"Score whole clips, too: every clip is asked for all the manifest's actions, and for prompts that no clip shows if it has such."`
	Threshold *float64 `help:"Score from which an action counts as there, for --clips. Default: the model's own." placeholder:"S"`
}

// Run scores.
func (c *evalRunCommand) Run(env *environment) error {
	o, err := c.options([]string{c.Scope}, []string{c.Weights}, []string{c.Prompts}, []string{c.Fuse})
	if err != nil {
		return err
	}
	o.Whole, o.Threshold = c.Clips, c.Threshold
	return evaluate(env, o)
}

// evalAblateCommand scores all combinations.
type evalAblateCommand struct {
	evalFlags
	Weights []string `default:"none,static,dynamic,videogem" help:"Weightings by name." placeholder:"W"`
	Scopes  []string `name:"scope" help:"Attention scopes. Default: the model's own; each one more costs its share of every pass." placeholder:"S"`
	Prompts []string `default:"action,verb,object,decomposed" help:"Which prompts give the answer." placeholder:"P"`
	Fuse    []string `default:"point,mean,product" help:"How the groundings of decomposed prompts become one point." placeholder:"F"`
}

// Run scores.
func (c *evalAblateCommand) Run(env *environment) error {
	if len(c.Scopes) == 0 {
		c.Scopes = []string{""}
	}
	o, err := c.options(c.Scopes, c.Weights, c.Prompts, c.Fuse)
	if err != nil {
		return err
	}
	return evaluate(env, o)
}
