// Package boxes holds the GStreamer element `videogemoverlay`: it draws what analytics meta says, so that videogem (or any other
// element that attaches such meta) can work in one place and the drawing be done in another.
//
//	… ! videogem overlay=none attach-meta=true prompts="a person waving" ! tee name=t t. ! queue ! videogemoverlay ! …
//
// It draws detections as boxes with their labels, and their related masks as heat, where a mask lies over the whole frame.
package boxes

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"runtime/debug"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstbase"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/element/overlay"
)

// Name is the element's name in a pipeline description.
const Name = "videogemoverlay"

// ErrRegister means that GStreamer refused the element.
var ErrRegister = errors.New("cannot register the videogemoverlay element")

const streamErrorFailed = 1 // GST_STREAM_ERROR_FAILED

// boxes is one instance of the element. All but the settings is the streaming thread's own.
type boxes struct {
	gstbase.BaseTransformInstance

	log      *slog.Logger
	enums    enums
	settings settings

	info    *gstshim.VideoInfo
	painter *overlay.Painter
	frame   *gstshim.Frame
	texture *overlay.Texture // of painted
	painted drawing
	bare    int // frames in a row without any meta; -1 once that has been said
}

// drawing is all that a texture depends on.
type drawing struct {
	values  values
	regions []gstshim.Region
	classes []gstshim.Class
}

// Register makes the element known to GStreamer; plugin is nil in a program of one's own. Call it once, after gst.Init and before
// any pipeline runs: go-gst's table of virtual methods is not locked.
func Register(plugin gst.Plugin, log *slog.Logger) error {
	e := registerEnums()
	var o gstbase.BaseTransformOverrides[*boxes]
	o.InstanceInit = func(b *boxes) { b.SetInPlace(true) }
	o.SetProperty = (*boxes).setProperty
	o.GetProperty = (*boxes).getProperty
	o.SetCaps = (*boxes).setCaps
	o.TransformIp = (*boxes).transformIP
	gtype := gstbase.RegisterBaseTransformSubClass[*boxes]("GstVideogemOverlayElement",
		func(class *gstbase.BaseTransformClass) {
			element := class.ParentClass()
			element.SetMetadata("Analytics meta overlay", "Filter/Editor/Video", "Draws detections and heat masks of GstAnalytics meta", "The videogem authors")
			caps := gst.CapsFromString(overlay.Caps())
			element.AddPadTemplate(gst.NewPadTemplate("sink", gst.PadSink, gst.PadAlways, caps))
			element.AddPadTemplate(gst.NewPadTemplate("src", gst.PadSrc, gst.PadAlways, caps))
			element.ParentClass().ParentClass().ParentClass().InstallProperties(properties(e))
		},
		func() *boxes {
			return &boxes{log: log, enums: e, frame: gstshim.NewFrame(), settings: settings{values: defaults()}}
		}, o, nil)
	// The first instance runs class_init, which writes that table.
	if !gst.ElementRegister(plugin, Name, uint(gst.RankNone), gtype) || gst.ElementFactoryMake(Name, "") == nil {
		return ErrRegister
	}
	return nil
}

// bareFrames is how many frames in a row without meta are taken for an element before that drops it: three seconds at 30 a second.
const bareFrames = 90

// miss warns once when frames come that carry no analytics meta at all. Where nothing is seen there is meta without detections.
func (b *boxes) miss(buf *gst.Buffer) {
	switch {
	case b.bare < 0:
		return
	case gstshim.HasAnalytics(buf):
		b.bare = 0
		return
	}
	if b.bare++; b.bare == bareFrames {
		b.bare = -1
		b.MessageFull(gst.MessageWarning, gst.StreamErrorQuark(), streamErrorFailed, "no frame carries analytics meta: an element between videogem and "+Name+
			" drops it, or videogem has attach-meta=false; put what turns, crops or deinterlaces before videogem", "", "boxes.go", "miss", 0)
	}
}

// setCaps is GstBaseTransform::set_caps.
func (b *boxes) setCaps(in, _ *gst.Caps) (ok bool) {
	defer b.recovered("set_caps", func() { ok = false })
	info, err := gstshim.ParseCaps(in)
	if err != nil {
		return b.fail(err)
	}
	layout, err := overlay.NewLayout(info.Format, info.Width, info.Height)
	if err != nil {
		return b.fail(err)
	}
	layout.FullRange, layout.BT709, layout.BT2020, layout.PixelAspect = info.FullRange, info.BT709, info.BT2020, info.PixelAspect
	b.info, b.painter, b.texture = info, overlay.NewPainter(layout), nil
	return true
}

// transformIP is GstBaseTransform::transform_ip. Frames that carry the same meta share a texture.
func (b *boxes) transformIP(buf *gst.Buffer) (ret gst.FlowReturn) {
	// go-gst takes a reference that GStreamer did not give away: without this the buffer is not writable and never freed.
	gst.UnsafeBufferUnref(buf)
	defer b.recovered("transform_ip", func() { ret = gst.FlowError })
	if b.info == nil {
		return gst.FlowNotNegotiated
	}
	v := b.settings.snapshot()
	regions, classes, err := gstshim.ReadAnalytics(buf)
	b.miss(buf)
	if err == nil && len(regions) > 0 && v.kind > 0 && v.opacity > 0 {
		if d := (drawing{v, regions, classes}); b.texture == nil || !reflect.DeepEqual(d, b.painted) {
			b.painted, b.texture = d, b.painter.Paint(d.heats(b.info), v.style())
		}
		if err = b.frame.Map(b.info, buf, true); err == nil {
			b.texture.Lay(b.frame)
			b.frame.Unmap()
		}
	}
	if err != nil {
		b.fail(err)
		return gst.FlowError
	}
	return gst.FlowOK
}

// heats turns meta into what a painter takes. Colours go by the place of the label among the classes, which are all prompts: a
// prompt that is not seen for a while takes nobody's colour away.
func (d drawing) heats(info *gstshim.VideoInfo) []overlay.Heat {
	places := map[string]int{}
	for i, c := range d.classes {
		places[c.Label] = i
	}
	var heats []overlay.Heat
	for i, r := range d.regions {
		place, ok := places[r.Label]
		if !ok {
			place = i
		}
		w, h := float64(info.Width), float64(info.Height)
		heat := overlay.Heat{
			Color: overlay.PromptColor(place), Text: fmt.Sprintf("%s %.2f", r.Label, r.Confidence),
			Box: &overlay.Box{X0: float64(r.X) / w, Y0: float64(r.Y) / h, X1: float64(r.X+r.W) / w, Y1: float64(r.Y+r.H) / h},
		}
		if m := r.Mask; m != nil && m.X <= 0 && m.Y <= 0 && m.X+m.W >= info.Width && m.Y+m.H >= info.Height {
			heat.Map.H, heat.Map.W = m.Height, m.Width
			for _, p := range m.Pix {
				heat.Map.Data = append(heat.Map.Data, float32(p)/255)
			}
			if x, y, found := heat.Map.Centre(); found {
				heat.Point = &overlay.Point{X: x, Y: y}
			}
		}
		heats = append(heats, heat)
	}
	return heats
}

func (b *boxes) fail(err error) bool {
	b.MessageError(gst.StreamErrorQuark(), streamErrorFailed, err.Error(), "")
	return false
}

// recovered turns a panic into an element error: unrecovered, it would end the host process.
func (b *boxes) recovered(where string, then func()) {
	if r := recover(); r != nil {
		b.log.Error("panic in the element", "where", where, "panic", r, "stack", string(debug.Stack()))
		b.fail(fmt.Errorf("panic in %s: %v", where, r))
		then()
	}
}
