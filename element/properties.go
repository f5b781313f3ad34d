package element

import (
	"math"
	"strings"
	"sync"

	"github.com/go-gst/go-glib/pkg/gobject/v2"
	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/element/gstshim"
)

// The properties' ids: their places in properties().
const (
	propModel = iota
	propPrompts
	propOpacity
	propInferenceInterval
	propMode
)

const (
	defaultModel    = "demo"
	defaultOpacity  = .6
	defaultInterval = 6
)

func properties(mode gstshim.EnumType) []*gobject.ParamSpec {
	rw := gobject.ParamReadable | gobject.ParamWritable
	return []*gobject.ParamSpec{
		gobject.ParamSpecString("model", "Model", "Model name, model folder or checkpoint file", defaultModel, rw|gst.ParamMutableReady),
		gobject.ParamSpecString("prompts", "Prompts", "What to look for, in plain words; several are separated by ';'. Empty: no heat", "", rw|gst.ParamMutablePlaying),
		gobject.ParamSpecDouble("opacity", "Opacity", "How strongly the hottest place covers the picture; 0 draws nothing", 0, 1, defaultOpacity, rw|gst.ParamMutablePlaying),
		gobject.ParamSpecUint("inference-interval", "Inference interval", "Frames from one clip window to the next; windows that the engine has no time for are replaced by newer ones",
			1, math.MaxInt32, defaultInterval, rw|gst.ParamMutablePlaying),
		gobject.ParamSpecEnum("mode", "Mode", "live: frames pass at once with the newest finished heat", mode.Type(), 0, rw|gst.ParamMutableReady),
	}
}

// values are what the properties say.
type values struct {
	model    string
	prompts  []string // never changed in place
	opacity  float64
	interval int
}

// settings guards the values: any thread may set properties. Its lock is a leaf: nothing else is locked under it.
type settings struct {
	mu sync.Mutex
	values
}

func (s *settings) snapshot() values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values
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

func (v *videogem) setProperty(id uint, value any, _ *gobject.ParamSpec) {
	v.settings.mu.Lock()
	switch id {
	case propModel:
		v.settings.model, _ = value.(string)
	case propPrompts:
		text, _ := value.(string)
		v.settings.prompts = SplitPrompts(text)
	case propOpacity:
		v.settings.opacity, _ = value.(float64)
	case propInferenceInterval:
		if n, ok := value.(uint32); ok {
			v.settings.interval = int(n)
		}
	}
	v.settings.mu.Unlock()
	v.mail.wakeUp() // a new prompt is grounded in the clip at hand, not only in the next one
}

func (v *videogem) getProperty(id uint, _ *gobject.ParamSpec) any {
	s := v.settings.snapshot()
	switch id {
	case propModel:
		return s.model
	case propPrompts:
		return JoinPrompts(s.prompts)
	case propOpacity:
		return s.opacity
	case propInferenceInterval:
		return uint32(s.interval)
	default:
		return v.mode.Value(0)
	}
}
