package element

import (
	"sync"

	"github.com/go-gst/go-gst/pkg/gst"
)

// drawn is what live mode adds to every frame. The worker replaces it, the streaming thread uses it.
type drawn struct {
	mu    sync.Mutex
	shown *shown
}

// show makes the streaming thread add something else from now on; nil adds nothing.
func (d *drawn) show(s *shown) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shown.close()
	d.shown = s
}

// transformIP is GstBaseTransform::transform_ip, live mode: sample the frame for the model when it is due, then add the newest
// heat to it. A frame that is late already goes on as it is, unless the model wants it.
func (v *videogem) transformIP(buf *gst.Buffer) (ret gst.FlowReturn) {
	// go-gst takes a reference that GStreamer did not give away: without this the buffer is not writable and never freed.
	gst.UnsafeBufferUnref(buf)
	defer v.recovered("transform_ip", func() { ret = gst.FlowError })
	if v.layout == nil {
		return gst.FlowNotNegotiated
	}
	pts := v.arrive(buf)
	s, _ := v.settings.snapshot()
	sample, clip := v.sampleDue(pts, &s)
	if !sample && v.lateness.of(v, pts) {
		return gst.FlowOK
	}
	v.drawn.mu.Lock()
	defer v.drawn.mu.Unlock()
	heat := v.drawn.shown
	if heat != nil && heat.layout != v.layout {
		heat = nil
	}
	draw := heat != nil && heat.texture != nil
	if sample || draw {
		if err := v.frame.Map(v.layout.info, buf, draw); err != nil {
			v.fail(gst.StreamErrorQuark(), streamErrorFailed, err)
			return gst.FlowError
		}
		err := error(nil)
		if sample {
			err = v.sample(pts)
		}
		if draw {
			heat.texture.Lay(v.frame)
		}
		v.frame.Unmap()
		if err != nil {
			v.fail(gst.StreamErrorQuark(), streamErrorFailed, err)
			return gst.FlowError
		}
	}
	if clip {
		v.mail.send(v.window(pts, v.sampler.Frames()-1))
	}
	if heat != nil && heat.meta != nil {
		if err := heat.meta.Attach(buf); err != nil {
			v.fail(gst.StreamErrorQuark(), streamErrorFailed, err)
			return gst.FlowError
		}
	}
	return gst.FlowOK
}
