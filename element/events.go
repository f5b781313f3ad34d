package element

import "github.com/go-gst/go-gst/pkg/gst"

// sinkEvent is GstBaseTransform::sink_event.
func (v *videogem) sinkEvent(event *gst.Event) (ok bool) {
	defer v.recovered("sink_event", func() { ok = false })
	switch event.GetType() { //nolint:exhaustive // the others have nothing to do with frames that wait
	case gst.EventFlushStart:
		v.gate.shut()
	case gst.EventFlushStop:
		v.flush()
	case gst.EventCaps, gst.EventEOS, gst.EventStreamStart, gst.EventSegmentDone:
		v.drain()
	case gst.EventSegment:
		v.drain()
		v.segment = event.ParseSegment()
		v.lateness.clear()
	case gst.EventGap, gst.EventTag, gst.EventCustomDownstream:
		if len(v.aligned.queue) > 0 {
			v.aligned.queue = append(v.aligned.queue, queued{event: event})
			return true
		}
	}
	return v.ParentSinkEvent(event)
}

// flush forgets all frames: those that come next belong to another time.
func (v *videogem) flush() {
	v.mail.clear()
	v.aligned.clear()
	v.sampler, v.segment = nil, nil
	v.lateness.clear()
	v.gate.open()
}

// srcEvent is GstBaseTransform::src_event.
func (v *videogem) srcEvent(event *gst.Event) (ok bool) {
	defer v.recovered("src_event", func() { ok = false })
	if event.GetType() == gst.EventQos {
		_, _, diff, timestamp := event.ParseQos()
		v.lateness.note(diff, timestamp)
	}
	return v.ParentSrcEvent(event)
}
