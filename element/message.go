package element

import (
	"fmt"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/engine"
)

// failureName is the name of the message that reports a failed inference.
const failureName = Name + "-failure"

// Detection is what one inference found for one prompt, as posted on the bus in an element message named "videogem".
type Detection struct {
	Prompt      string
	Index       int           // of the prompt
	Prompts     int           // prompts of this inference
	Score       float64       // cosine of clip and text
	X, Y        float64       // hottest point in 0..1 of the frame
	Found       bool          // false when the heat is the same everywhere: then there is no point
	PTS         time.Duration // of the frame that the heat belongs to
	Inference   time.Duration // the engine's time for all prompts
	Age         time.Duration // how far the video had gone on when the heat was ready
	Truncated   bool          // the prompt was longer than the model reads
	Frames      uint64        // frames that passed the element so far
	Windows     uint64        // clips handed to the engine so far
	Dropped     uint64        // of these, replaced by newer ones before they were used
	Inferences  uint64        // inferences done so far
	FailureText string        // set alone when the inference failed
}

// postResult posts one message a prompt.
func (w *inference) postResult(win *window, result *engine.Result) {
	put, dropped := w.mail.counts()
	for i, g := range result.Prompts {
		x, y, ok := w.point(g.Heat[0])
		s := gst.NewStructureEmpty(Name)
		s.SetValue("prompt", g.Prompt)
		s.SetValue("index", int32(i))
		s.SetValue("prompts", int32(len(result.Prompts)))
		s.SetValue("score", float64(g.Score))
		s.SetValue("x", x)
		s.SetValue("y", y)
		s.SetValue("found", ok)
		s.SetValue("pts", uint64(win.last))
		s.SetValue("inference", uint64(result.Took))
		s.SetValue("age", uint64(w.age(win)))
		s.SetValue("truncated", g.Truncated)
		s.SetValue("frames", w.frames.Load())
		s.SetValue("windows", put)
		s.SetValue("dropped", dropped)
		s.SetValue("inferences", w.runs)
		w.PostMessage(gst.NewMessageElement(w.videogem, s))
	}
}

func (w *inference) postFailure(err error) {
	s := gst.NewStructureEmpty(failureName)
	s.SetValue("text", err.Error())
	w.PostMessage(gst.NewMessageElement(w.videogem, s))
}

// ParseDetection reads an element message; ok is false for messages of other elements.
func ParseDetection(m *gst.Message) (d Detection, ok bool, err error) {
	s := m.GetStructure()
	if s == nil {
		return d, false, nil
	}
	switch s.GetName() {
	case failureName:
		d.FailureText, _ = s.GetValue("text").(string)
		return d, true, nil
	case Name:
	default:
		return d, false, nil
	}
	f := fields{s: s}
	d = Detection{
		Prompt: field[string](&f, "prompt"), Index: int(field[int32](&f, "index")), Prompts: int(field[int32](&f, "prompts")),
		Score: field[float64](&f, "score"), X: field[float64](&f, "x"), Y: field[float64](&f, "y"), Found: field[bool](&f, "found"),
		PTS: time.Duration(field[uint64](&f, "pts")), Inference: time.Duration(field[uint64](&f, "inference")), Age: time.Duration(field[uint64](&f, "age")),
		Truncated: field[bool](&f, "truncated"), Frames: field[uint64](&f, "frames"), Windows: field[uint64](&f, "windows"),
		Dropped: field[uint64](&f, "dropped"), Inferences: field[uint64](&f, "inferences"),
	}
	return d, f.err == nil, f.err
}

// fields reads a structure's fields and keeps the first error.
type fields struct {
	s   *gst.Structure
	err error
}

func field[T any](f *fields, name string) T {
	v, ok := f.s.GetValue(name).(T)
	if !ok && f.err == nil {
		f.err = fmt.Errorf("message %s: field %q is missing or of another type", Name, name)
	}
	return v
}
