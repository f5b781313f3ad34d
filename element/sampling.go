package element

import (
	"time"

	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/element/clipwindow"
	"github.com/videogem/videogem/element/gstshim"
)

// arrive counts a frame and gives its PTS, made up where it has none.
func (v *videogem) arrive(buf *gst.Buffer) time.Duration {
	n := v.frames.Add(1)
	pts := time.Duration(buf.PTS())
	if buf.PTS() == gst.ClockTimeNone {
		pts = time.Duration(n) * v.layout.info.FrameDuration
	}
	v.newest.Store(int64(pts))
	return pts
}

// sampleDue says whether this frame is to be part of clips, and whether one is due with it. Before the model is there, none is.
func (v *videogem) sampleDue(pts time.Duration, s *values) (sample, clip bool) {
	if len(s.prompts)+len(s.extra) == 0 {
		return false, false
	}
	spec := v.spec.Load()
	if spec == nil {
		return false, false
	}
	duration := s.window
	if duration == 0 {
		duration = spec.ClipDuration
	}
	if v.sampler == nil {
		v.sampler = clipwindow.New(spec.Frames, spec.Height*spec.Width*3, duration)
		if v.mode == modeLive { // a clip round a frame has no newer end
			v.sampler.SetAges(spec.LiveAges)
		}
	}
	v.sampler.SetDuration(duration)
	return v.sampler.Due(pts, s.interval)
}

// sample scales the mapped frame to the model's size.
func (v *videogem) sample(pts time.Duration) error {
	if v.scaler == nil {
		spec := v.spec.Load()
		scaler, err := gstshim.NewScaler(v.layout.info, spec.Width, spec.Height)
		if err != nil {
			return err
		}
		v.scaler = scaler
	}
	v.scaler.Scale(v.frame, v.sampler.Slot(pts))
	return nil
}

// window makes the clip that ends at a time, of which one frame's heat is wanted.
func (v *videogem) window(end time.Duration, wanted int) *window {
	w := v.mail.blank(v.sampler.Bytes())
	w.pts = v.sampler.Clip(w.pix, end, wanted)
	w.wanted, w.running, w.layout = wanted, v.runningTime(w.pts), v.layout
	return w
}

// runningTime is a PTS on the pipeline's clock; negative outside the segment.
func (v *videogem) runningTime(pts time.Duration) time.Duration {
	if v.segment == nil || v.segment.Format() != gst.FormatTime {
		return -1
	}
	return time.Duration(v.segment.ToRunningTime(gst.FormatTime, uint64(pts)))
}
