package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/go-gst/go-gst/pkg/gst"

	"github.com/videogem/videogem/element/gstshim"
	"github.com/videogem/videogem/engine"
	"github.com/videogem/videogem/engine/backend/ort"
	"github.com/videogem/videogem/engine/model"
)

// Check is one thing that this machine has or lacks.
type Check struct {
	Name     string
	OK       bool
	Optional bool   // videogem works without it
	Unfit    bool   // it is there, but cannot be used as it is
	Detail   string // what was found, or what is missing
	Mend     string // the command that mends it
}

// Diagnose looks at what videogem needs on this machine, and whether another model than the demo one opens.
func Diagnose(ctx context.Context, modelName string) []Check {
	gstshim.Init()
	checks := []Check{checkGStreamer()}
	for _, need := range []struct {
		what     string
		elements []string
		optional bool
	}{
		{"pipeline elements", []string{"appsrc", "appsink", "videoconvert", "queue", "deinterlace", "clocksync", "h264parse"}, false},
		{"decoding", []string{"uridecodebin3", "decodebin3", "matroskademux", "qtdemux"}, false},
		{"H.264 decoder", []string{"avdec_h264|openh264dec|vah264dec"}, true},
		{"RTSP cameras", []string{"rtspsrc", "rtph264depay"}, true},
		{"cameras of this machine", []string{"v4l2src"}, true},
	} {
		checks = append(checks, checkElements(need.what, need.elements, need.optional))
	}
	checks = append(checks, checkEncoders("VP8 encoders", "vp8", false), checkEncoders("H.264 encoders", "h264", true),
		checkEncoders("VP9 encoders", "vp9", true), checkEncoders("AV1 encoders", "av1", true))
	checks = append(checks, checkRuntime(ctx))
	if modelName != model.Demo {
		checks = append(checks, checkModel(ctx, modelName))
	}
	return append(checks, checkGPU())
}

const mendGStreamer = "make setup   (or install GStreamer 1.26 or newer with its base, good, bad and libav plugins)"

func checkGStreamer() Check {
	major, minor, micro, _ := gst.Version()
	c := Check{Name: "GStreamer", OK: major > 1 || minor >= 26, Detail: fmt.Sprintf("%d.%d.%d", major, minor, micro), Mend: mendGStreamer}
	if !c.OK {
		c.Detail += ", wanted 1.26 or newer"
	}
	return c
}

// checkElements looks for elements; a name may list several with '|' of which one is enough.
func checkElements(what string, elements []string, optional bool) Check {
	c := Check{Name: what, OK: true, Optional: optional, Mend: mendGStreamer}
	var found, missing []string
	for _, choice := range elements {
		var one string
		for name := range strings.SplitSeq(choice, "|") {
			if gst.ElementFactoryFind(name) != nil {
				one = name
				break
			}
		}
		if one == "" {
			missing = append(missing, strings.ReplaceAll(choice, "|", " or "))
		} else {
			found = append(found, one)
		}
	}
	c.Detail = strings.Join(found, ", ")
	if missing != nil {
		c.OK, c.Detail = false, "missing: "+strings.Join(missing, ", ")
	}
	return c
}

// checkEncoders lists the encoders of a codec, those that work in the order in which they are taken.
func checkEncoders(what, codec string, optional bool) Check {
	found, known := available(codec)
	c := Check{Name: what, OK: found != nil, Optional: optional, Mend: mendGStreamer}
	if found == nil {
		c.Detail = "missing: " + strings.Join(known, " or ")
		return c
	}
	var names, broken []string
	for _, e := range found {
		if err := tryEncoder(e); err != nil {
			broken = append(broken, e.element)
		} else {
			names = append(names, e.element)
		}
	}
	absent := slices.DeleteFunc(known, func(name string) bool { return slices.Contains(names, name) || slices.Contains(broken, name) })
	c.OK, c.Detail = names != nil, strings.Join(names, ", ")
	for _, others := range []struct {
		what  string
		names []string
	}{{"do not start", broken}, {"not here, or ruled out", absent}} {
		if len(others.names) > 0 {
			c.Detail += "   (" + others.what + ": " + strings.Join(others.names, ", ") + ")"
		}
	}
	return c
}

// checkRuntime opens the demo model: that proves the library and the model at once.
func checkRuntime(ctx context.Context) Check {
	c := Check{Name: "ONNX Runtime", Mend: "make setup   (or set " + ort.EnvLibrary + " to libonnxruntime.so " + ort.Oldest + " or newer)"}
	path, err := ort.Library("")
	if err == nil {
		err = opens(ctx, model.Demo, nil)
	}
	c.OK, c.Detail = err == nil, path
	if err != nil {
		c.Detail, c.Unfit = err.Error(), errors.Is(err, ort.ErrOldLibrary) || errors.Is(err, ort.ErrLibrary)
	}
	return c
}

// checkModel opens a model, and says what had to be assumed of it.
func checkModel(ctx context.Context, name string) Check {
	c := Check{Name: "model", Detail: name, Mend: "videogem models list   (shows the models that there are)"}
	var spec engine.Spec
	err := opens(ctx, name, &spec)
	c.OK = err == nil
	switch {
	case err != nil:
		c.Detail, c.Unfit = err.Error(), !errors.Is(err, engine.ErrUnknownModel)
	case len(spec.Assumed) > 0:
		c.Detail += ": ASSUMED: " + strings.Join(spec.Assumed, "; ")
	}
	return c
}

// opens opens a model and closes it again.
func opens(ctx context.Context, name string, spec *engine.Spec) error {
	e, err := engine.Open(ctx, engine.Options{Model: name})
	if err != nil {
		return err
	}
	if spec != nil {
		*spec = e.Spec()
	}
	return e.Close()
}

// checkGPU says what an inference would run on.
func checkGPU() Check {
	c := Check{Name: "NVIDIA GPU", Optional: true, Mend: "make ort-cuda   (on a machine with an NVIDIA GPU, CUDA 13 and cuDNN 9)"}
	device, _, err := ort.Choose(ort.Device{Kind: ort.CUDA}, "", slog.New(slog.DiscardHandler))
	c.OK, c.Detail = err == nil, device.String()
	if err != nil {
		c.Detail = err.Error()
	}
	return c
}
