package element

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/videogem/videogem/element/overlay"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/gem"
)

// values are what the properties say. They are copied whole; what they point to is never changed in place.
type values struct {
	instance instance       // read when the element starts
	program  engine.Options // what the instance leaves open; read when the element starts

	prompts     []string
	extra       []string // grounded for Newest, neither drawn nor told
	promptsFile string
	window      time.Duration // 0: the model's own
	interval    int           // frames
	mode        mode          // read when the element starts
	weights     weighting
	smoothing   time.Duration
	threshold   float64 // below -1: the model's own, if it has one

	drawing  drawing
	colormap int32
	opacity  float64
	floor    float64
	label    bool

	meta     bool
	messages bool
}

// weighting is a weighting as it was written, and what it means; nil is the model's own.
type weighting struct {
	text    string
	weights *gem.Weights
}

// unset is a threshold that no cosine can be: nobody has set one.
const unset = -2

// defaults are the values that gst-inspect-1.0 shows.
func defaults() values {
	return values{
		instance:  instance{model: "demo", batchSize: 1},
		interval:  6,
		drawing:   drawHeat,
		opacity:   .6,
		threshold: unset,
		floor:     .6, // most of a map that is stretched to 0..1 is background
		meta:      true,
		messages:  true,
	}
}

// asked are all prompts that go into an inference.
func (s *values) asked() []string { return slices.Concat(s.prompts, s.extra) }

// line is the score from which a prompt counts as seen: the one that was set, or else the model's own; ok is false where there is none.
func (s *values) line(own *float64) (line float64, ok bool) {
	if s.threshold >= -1 {
		return s.threshold, true
	}
	if own == nil {
		return 0, false
	}
	return *own, true
}

// style is how the heat is painted.
func (s *values) style() overlay.Style {
	return overlay.Style{Opacity: s.opacity, Floor: s.floor, Kind: s.drawing.kind(), Colormap: colormaps()[s.colormap], Label: s.label}
}

// asksTheSame says whether an inference under the other values would give the same answer, and be judged the same.
func (s *values) asksTheSame(o *values) bool {
	return slices.Equal(s.prompts, o.prompts) && slices.Equal(s.extra, o.extra) && s.weights == o.weights && s.threshold == o.threshold
}

// settings guards the values: any thread may set properties. Its lock is a leaf: nothing else is locked under it.
type settings struct {
	mu sync.Mutex
	values
	version uint64            // grows with every change
	wrong   map[string]string // by property: why its last text was refused
}

// snapshot copies the values and says which version they are.
func (s *settings) snapshot() (values, uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values, s.version
}

// change sets a value. A refused one leaves the old and is remembered, for an element that has not started yet.
func (s *settings) change(property string, set func(*values) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := set(&s.values); err != nil {
		if s.wrong == nil {
			s.wrong = map[string]string{}
		}
		s.wrong[property] = err.Error()
		return err
	}
	delete(s.wrong, property)
	s.version++
	return nil
}

// refused lists what was refused and not mended since; empty when there is nothing.
func (s *settings) refused() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for property, why := range s.wrong {
		all = append(all, "property "+property+": "+why)
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

// JoinPrompts writes prompts as the property takes them.
func JoinPrompts(prompts []string) string { return strings.Join(prompts, "; ") }

// SplitPrompts reads the property: prompts separated by ';', blank ones left out.
func SplitPrompts(s string) []string {
	var prompts []string
	for p := range strings.SplitSeq(s, ";") {
		if p = strings.TrimSpace(p); p != "" {
			prompts = append(prompts, p)
		}
	}
	return prompts
}
