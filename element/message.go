package element

import (
	"fmt"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/element/overlay"
)

// failureName is the name of the message that reports a failed inference.
const failureName = Name + "-failure"

// Detection is what one inference found for one prompt, as posted on the bus in an element message named "videogem" and given to
// the signal detection.
type Detection struct {
	Prompt      string
	Index       int           // of the prompt
	Prompts     int           // prompts of this inference
	Score       float64       // cosine of clip and text
	Seen        bool          // it is there now: see Judged
	Judged      bool          // there is a threshold, set or the model's own, to tell seen from not seen; without, Seen is false and means nothing
	X, Y        float64       // hottest point in 0..1 of the frame
	Found       bool          // false when the heat is the same everywhere: then there is no point and no box
	Box         overlay.Box   // round the heat at the point that is above the heat floor, in 0..1 of the frame
	PTS         time.Duration // of the frame that the heat belongs to
	RunningTime time.Duration // of that frame; negative when it has none
	Inference   time.Duration // the engine's time for all prompts
	Queued      time.Duration // the time before, in the engine's queue
	Age         time.Duration // how far the video had gone on when the heat was ready
	Truncated   bool          // the prompt was longer than the model reads
	Model       string        // the model's name
	Frames      uint64        // frames that came to the element so far
	Windows     uint64        // clips handed to the engine so far
	Dropped     uint64        // of these, replaced by newer ones before they were used
	Inferences  uint64        // inferences done so far
	FailureText string        // set alone when the inference failed
}

// tell posts one message a prompt and emits the signal for those that are seen.
func (w *inference) tell(f *finding, s *values, inferences uint64) {
	listened := gstshim.HasListeners(w.videogem)
	if !s.messages && !listened {
		return
	}
	put, dropped := w.mail.counts()
	for i := range f.prompts {
		d := f.detection(i, s)
		d.Age, d.Model, d.Inferences = w.age(f.pts), w.spec.Name, inferences
		d.Frames, d.Windows, d.Dropped = w.frames.Load(), put, dropped
		message := d.structure()
		if listened && d.Seen {
			gstshim.EmitDetection(w.videogem, message)
		}
		if s.messages {
			w.PostMessage(gst.NewMessageElement(w.videogem, message))
		}
	}
}

// detection is what the finding itself tells of a prompt.
func (f *finding) detection(i int, s *values) Detection {
	p := &f.prompts[i]
	d := Detection{
		Prompt: p.prompt, Index: i, Prompts: len(f.prompts), Score: p.score, Seen: p.seen, Judged: f.judged,
		X: p.point.X, Y: p.point.Y, Found: p.ok, PTS: f.pts, RunningTime: f.running, Inference: f.took, Queued: f.queued, Truncated: p.truncated,
	}
	d.Box, _ = p.box(s.floor)
	return d
}

// structure is the detection as GStreamer's messages carry it. Times are in nanoseconds.
func (d *Detection) structure() *gst.Structure {
	s := gst.NewStructureEmpty(Name)
	s.SetValue("prompt", d.Prompt)
	s.SetValue("index", int32(d.Index))
	s.SetValue("prompts", int32(d.Prompts))
	s.SetValue("score", d.Score)
	s.SetValue("seen", d.Seen)
	s.SetValue("judged", d.Judged)
	s.SetValue("x", d.X)
	s.SetValue("y", d.Y)
	s.SetValue("found", d.Found)
	s.SetValue("left", d.Box.X0)
	s.SetValue("top", d.Box.Y0)
	s.SetValue("right", d.Box.X1)
	s.SetValue("bottom", d.Box.Y1)
	s.SetValue("pts", uint64(d.PTS))
	s.SetValue("running-time", int64(d.RunningTime))
	s.SetValue("inference", uint64(d.Inference))
	s.SetValue("queued", uint64(d.Queued))
	s.SetValue("age", uint64(d.Age))
	s.SetValue("truncated", d.Truncated)
	s.SetValue("model", d.Model)
	s.SetValue("frames", d.Frames)
	s.SetValue("windows", d.Windows)
	s.SetValue("dropped", d.Dropped)
	s.SetValue("inferences", d.Inferences)
	return s
}

// tellFailure posts that an inference failed.
func (w *inference) tellFailure(err error) {
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
		d, err = parseStructure(s)
		return d, err == nil, err
	default:
		return d, false, nil
	}
}

func parseStructure(s *gst.Structure) (Detection, error) {
	f := fields{s: s}
	d := Detection{
		Prompt: field[string](&f, "prompt"), Index: int(field[int32](&f, "index")), Prompts: int(field[int32](&f, "prompts")),
		Score: field[float64](&f, "score"), Seen: field[bool](&f, "seen"), Judged: field[bool](&f, "judged"),
		X: field[float64](&f, "x"), Y: field[float64](&f, "y"), Found: field[bool](&f, "found"),
		Box: overlay.Box{
			X0: field[float64](&f, "left"), Y0: field[float64](&f, "top"), X1: field[float64](&f, "right"), Y1: field[float64](&f, "bottom"),
		},
		PTS: time.Duration(field[uint64](&f, "pts")), RunningTime: time.Duration(field[int64](&f, "running-time")),
		Inference: time.Duration(field[uint64](&f, "inference")), Queued: time.Duration(field[uint64](&f, "queued")),
		Age: time.Duration(field[uint64](&f, "age")), Truncated: field[bool](&f, "truncated"), Model: field[string](&f, "model"),
		Frames: field[uint64](&f, "frames"), Windows: field[uint64](&f, "windows"),
		Dropped: field[uint64](&f, "dropped"), Inferences: field[uint64](&f, "inferences"),
	}
	return d, f.err
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
