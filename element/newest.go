package element

import (
	"slices"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
)

// Heat is what an inference has found for one prompt, with its map in 8 bits.
type Heat struct {
	Detection

	Extra         bool   // it is of an extra prompt
	Width, Height int    // cells
	Pix           []byte // [Height,Width], 0 is cold and 255 hottest; all 0 when the heat is the same everywhere
}

// SetExtraPrompts sets prompts that an element of this program grounds beside its own, in the same inference. They are neither drawn nor
// told of: only Newest knows them.
func SetExtraPrompts(e gst.Element, prompts []string) {
	v := ofElement(gst.UnsafeElementToGlibNone(e))
	_ = v.settings.change("extra prompts", func(s *values) error { // never refused
		s.extra = slices.Clone(prompts)
		return nil
	})
	v.mail.wakeUp()
}

// OnFinding lets f be called whenever Newest has something new of an element of this program, whatever messages it posts; nil ends that. The
// goroutine of the inference calls it and does not go on before it returns.
func OnFinding(e gst.Element, f func()) {
	v := ofElement(gst.UnsafeElementToGlibNone(e))
	if f == nil {
		v.listener.Store(nil)
		return
	}
	v.listener.Store(&f)
}

// Finding is what one inference has found.
type Finding struct {
	Heats       []Heat        // one a prompt, the extra ones behind; of each Detection only what the inference itself tells is filled in
	RunningTime time.Duration // of the frame that it belongs to; negative when it has none
	Finished    time.Time     // when it was there: no two findings of an element have the same
}

// Newest gives the newest finding of an element that this program has registered; ok is false while there is none, and when the newest
// is the one that was finished at seen.
func Newest(e gst.Element, seen time.Time) (found Finding, ok bool) {
	v := ofElement(gst.UnsafeElementToGlibNone(e))
	f := v.latest.Load()
	if f == nil || f.finished.Equal(seen) {
		return Finding{}, false
	}
	found.RunningTime, found.Finished = f.running, f.finished
	s, _ := v.settings.snapshot()
	all := *f
	all.prompts = slices.Concat(f.prompts, f.extra)
	for i := range all.prompts {
		p := &all.prompts[i]
		h := Heat{Detection: all.detection(i, &s), Extra: i >= len(f.prompts), Width: p.heat.W, Height: p.heat.H, Pix: p.grey()}
		found.Heats = append(found.Heats, h)
	}
	return found, true
}
