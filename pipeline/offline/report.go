package offline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
	"github.com/videogem/videogem/engine/prompt"
)

// The kinds of prompt in a report.
const (
	kindPrompt = "prompt"
	kindVerb   = "verb"
	kindObject = "object"
	kindAction = "action"
)

// Report is what --json writes.
type Report struct {
	Model     string       `json:"model"`
	Threshold *float64     `json:"threshold"` // the model's own score from which a prompt counts as there; null: it is not calibrated
	Clips     []ClipReport `json:"clips"`

	SoundLeftOut string `json:"sound_left_out,omitempty"` // why --out has none, though the input has
}

// Summary is the report in one line: how many clips, and where each prompt scored best.
func (r *Report) Summary() string {
	unit := "clips"
	if len(r.Clips) == 1 {
		unit = "clip"
	}
	parts := []string{fmt.Sprintf("%d %s", len(r.Clips), unit)}
	if len(r.Clips) == 0 {
		return parts[0]
	}
	for i, first := range r.Clips[0].Prompts {
		best, at := first.Score, r.Clips[0].Time
		seen := 0
		for _, c := range r.Clips {
			if s := c.Prompts[i].Seen; s != nil && *s {
				seen++
			}
		}
		for _, c := range r.Clips[1:] {
			if s := c.Prompts[i].Score; s > best {
				best, at = s, c.Time
			}
		}
		text := fmt.Sprintf("%q best %.3f at %.4g", first.Text, best, at)
		if r.Threshold != nil {
			text = fmt.Sprintf("%q seen in %d, best %.3f at %.4g", first.Text, seen, best, at)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// ClipReport is what was found in one clip, at its key frame T/2. Points and boxes are in model-input pixels.
type ClipReport struct {
	Index   int            `json:"index"`
	Time    float64        `json:"time"` // of the key frame: seconds in a video from its first frame on, the number of the picture or clip otherwise
	Prompts []PromptReport `json:"prompts"`
	Actions []ActionReport `json:"actions"`
}

// PromptReport is one prompt's grounding. Point and box are null when the heat is the same everywhere.
type PromptReport struct {
	Text        string              `json:"text"`
	Kind        string              `json:"kind"` // prompt, verb, object or action
	Score       float32             `json:"score"`
	Seen        *bool               `json:"seen"` // the score reaches the report's threshold; null without one
	Point       *[2]int             `json:"point"`
	PointSource *[2]int             `json:"point_source"` // in the input's own pixels
	Weights     [gem.Layers]float32 `json:"weights"`
	Truncated   bool                `json:"truncated"` // the model reads less than the whole text
	Box         *[4]int             `json:"box"`       // x0, y0, x1, y1 around the peak where the normalised heat is half or more
}

// ActionReport is a decomposed prompt's fused point.
type ActionReport struct {
	Text        string     `json:"text"`
	Verb        string     `json:"verb"`
	Object      string     `json:"object"`
	Point       *[2]int    `json:"point"`
	PointSource *[2]int    `json:"point_source"`
	Fusion      gem.Fusion `json:"fusion"`
}

// boxLevel is the normalised heat that a box encloses.
const boxLevel = .5

// asked is what the user asked for: prompts word for word, then each action's verb, object and whole.
type asked struct {
	texts   []string
	kinds   []string
	actions []prompt.Parts
}

func newAsked(prompts, actions []string) (asked, error) {
	var a asked
	for i, text := range slices.Concat(prompts, actions) {
		if err := prompt.Check(text); err != nil {
			return a, fmt.Errorf("prompt number %d: %w", i+1, err)
		}
	}
	for _, p := range prompts {
		a.texts, a.kinds = append(a.texts, p), append(a.kinds, kindPrompt)
	}
	if len(actions) == 0 {
		return a, nil
	}
	splitter, err := prompt.New()
	if err != nil {
		return a, err
	}
	for _, text := range actions {
		parts, err := splitter.Parse(text)
		if err != nil {
			return a, err
		}
		verb, object, action := parts.Prompts()
		a.texts = append(a.texts, verb, object, action)
		a.kinds = append(a.kinds, kindVerb, kindObject, kindAction)
		a.actions = append(a.actions, parts)
	}
	return a, nil
}

// report words one clip's result.
func (a asked) report(index int, c clip, r *engine.Result, fusion gem.Fusion, threshold *float64) ClipReport {
	key := c.input.Frames / 2
	out := ClipReport{Index: index, Time: c.time, Prompts: []PromptReport{}, Actions: []ActionReport{}}
	maps := make([]gem.Map, len(r.Prompts)) // normalised, at the input's resolution
	for i, g := range r.Prompts {
		maps[i], _ = g.Heat[key].Resize(c.input.H, c.input.W).Normalize()
		p := PromptReport{Text: g.Prompt, Kind: a.kinds[i], Score: g.Score, Weights: g.Weights, Truncated: g.Truncated}
		if threshold != nil {
			seen := float64(g.Score) >= *threshold
			p.Seen = &seen
		}
		x, y, ok := maps[i].Peak()
		p.Point, p.PointSource = points(c.place, x, y, ok)
		if x0, y0, x1, y1, ok := maps[i].Box(boxLevel); ok {
			p.Box = &[4]int{x0, y0, x1, y1}
		}
		out.Prompts = append(out.Prompts, p)
	}
	first := len(a.texts) - 3*len(a.actions)
	for i, parts := range a.actions {
		verb, object, action := maps[first+3*i], maps[first+3*i+1], maps[first+3*i+2]
		x, y, ok := gem.Fuse(fusion, verb, object, action)
		f := ActionReport{Text: parts.Action, Verb: parts.Verb, Object: parts.Object, Fusion: fusion}
		f.Point, f.PointSource = points(c.place, x, y, ok)
		out.Actions = append(out.Actions, f)
	}
	return out
}

func points(p engine.Placement, x, y int, ok bool) (model, source *[2]int) {
	if !ok {
		return nil, nil
	}
	sx, sy := p.Source(x, y)
	return &[2]int{x, y}, &[2]int{sx, sy}
}
