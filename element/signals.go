package element

import (
	"unsafe"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstbase"

	"github.com/videogem/videogem/element/gstshim"
)

// ofElement gives the Go side of a GstElement of our class.
func ofElement(e unsafe.Pointer) *videogem {
	return gstbase.UnsafeBaseTransformFromGlibBorrow(e).UnsafeLoadInstanceFromPrivateData().(*videogem) //nolint:forcetypeassert // the signal is this class's
}

// actSetPrompts is the action signal set-prompts: it sets the property.
func (v *videogem) actSetPrompts(prompts string) {
	defer v.recovered("set-prompts", func() {})
	v.SetObjectProperty("prompts", prompts)
}

// actGetHeat is the action signal get-heat: the newest heat of a prompt, or of the first when it is empty, as a sample of one GRAY8
// picture of a byte a patch. Its info structure says what 0 and 255 stand for (low, high: cosines) and the prompt's score. It is nil
// when there is no heat of that prompt.
func (v *videogem) actGetHeat(prompt string) (sample *gst.Sample) {
	defer v.recovered("get-heat", func() { sample = nil })
	f := v.latest.Load()
	if f == nil {
		return nil
	}
	for i := range f.prompts {
		if p := &f.prompts[i]; prompt == "" || p.prompt == prompt {
			return f.sample(p)
		}
	}
	return nil
}

func (f *finding) sample(p *found) *gst.Sample {
	info := gst.NewStructureEmpty(Name + "-heat")
	info.SetValue("prompt", p.prompt)
	info.SetValue("score", p.score)
	info.SetValue("low", float64(p.low))
	info.SetValue("high", float64(p.high))
	buf, caps := gstshim.NewGrey(p.grey(), p.heat.W, p.heat.H)
	buf.SetPTS(gst.ClockTime(f.pts))
	s := gst.NewSample(buf, caps, nil, info)
	gst.UnsafeBufferUnref(buf)
	gst.UnsafeCapsUnref(caps)
	return s
}
