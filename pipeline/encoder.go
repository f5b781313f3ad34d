package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-gst/go-gst/pkg/gst"
)

// ErrEncoder means that this machine's GStreamer has no encoder for the wanted codec.
var ErrEncoder = errors.New("no encoder")

// encoder is a video encoder with settings for live use: no lookahead, no B-frames, fastest.
type encoder struct {
	element string // GStreamer's name
	codec   string // MIME type as WebRTC writes it
	options string // for low latency
	behind  string // what follows the encoder, in gst-launch's language
	rate    string // property of the bitrate, which can be changed while it runs; empty: only at the start
	unit    int    // of that property, bits a second
}

const (
	mimeVP8  = "video/VP8"
	mimeH264 = "video/H264"
	// annexB is how H.264 goes to the viewers: parameter sets before every key frame, one frame a buffer.
	annexB = " ! h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au"
	// baseline is the profile that every browser decodes.
	baseline = " ! video/x-h264,profile=constrained-baseline"
)

// encoders lists what is known, best first: hardware, then what is fastest in software.
func encoders() []encoder {
	return []encoder{
		{"vp8enc", mimeVP8, "deadline=1 cpu-used=8 threads=2 lag-in-frames=0 end-usage=cbr keyframe-max-dist=300 static-threshold=100 " +
			"resize-allowed=false undershoot=95 buffer-size=1000 buffer-initial-size=500 buffer-optimal-size=600", "", "target-bitrate", 1},
		{"nvh264enc", mimeH264, "preset=low-latency-hp rc-mode=cbr zerolatency=true bframes=0 gop-size=300", baseline + annexB, "bitrate", 1000},
		{"vah264enc", mimeH264, "rate-control=cbr b-frames=0 ref-frames=1 target-usage=7 key-int-max=300", baseline + annexB, "bitrate", 1000},
		{"v4l2h264enc", mimeH264, "", baseline + annexB, "", 1},
		{"openh264enc", mimeH264, "complexity=low rate-control=bitrate gop-size=300", annexB, "bitrate", 1},
		{"x264enc", mimeH264, "tune=zerolatency speed-preset=ultrafast key-int-max=300", baseline + annexB, "bitrate", 1000},
	}
}

// launch is the encoder in gst-launch's language, with raw I420 in and what streaming.Stream takes out. bitrate is in bits a second.
func (e encoder) launch(name string, bitrate int) string {
	rate := ""
	switch {
	case e.rate != "":
		rate = fmt.Sprintf(" %s=%d", e.rate, bitrate/e.unit)
	case e.element == "v4l2h264enc":
		rate = fmt.Sprintf(` extra-controls="controls,video_bitrate=%d,video_gop_size=300,repeat_sequence_header=1"`, bitrate)
	}
	return fmt.Sprintf("%s name=%s %s%s%s", e.element, name, e.options, rate, e.behind)
}

// setBitrate changes a running encoder's bitrate in bits a second.
func (e encoder) setBitrate(running gst.Element, bitrate int) {
	running.SetObjectProperty(e.rate, propertyInt(running, e.rate, bitrate/e.unit))
}

// propertyInt gives a number the type that a property of the element has: encoders differ in theirs.
func propertyInt(e gst.Element, name string, n int) any {
	if _, ok := e.ObjectProperty(name).(uint32); ok {
		return uint32(n)
	}
	return int32(n)
}

// available are the encoders of a codec ("vp8", "h264") that this machine has. One whose rank was raised above all ordinary ones (the
// variable GST_PLUGIN_FEATURE_RANK does that) comes first.
func available(codec string) (found []encoder, known []string) {
	type ranked struct {
		encoder
		rank uint
	}
	var there []ranked
	for _, e := range encoders() {
		if !strings.EqualFold(e.codec, "video/"+codec) {
			continue
		}
		known = append(known, e.element)
		if f := gst.ElementFactoryFind(e.element); f != nil {
			there = append(there, ranked{e, max(f.GetRank(), uint(gst.RankPrimary))})
		}
	}
	slices.SortStableFunc(there, func(a, b ranked) int { return cmp.Compare(b.rank, a.rank) })
	for _, e := range there {
		found = append(found, e.encoder)
	}
	return found, known
}

// pickEncoder finds an encoder for "vp8" or "h264". The error wraps ErrEncoder.
func pickEncoder(codec string) (encoder, error) {
	found, known := available(codec)
	switch {
	case known == nil:
		return encoder{}, fmt.Errorf("%w for codec %q: use vp8 or h264", ErrEncoder, codec)
	case found == nil:
		return encoder{}, fmt.Errorf("%w for %s: GStreamer has none of %s; `videogem doctor` says what to install", ErrEncoder, codec, strings.Join(known, ", "))
	}
	return found[0], nil
}

// LiveEncoder describes an encoder for live use in gst-launch's language: raw I420 video in, what streaming.Stream takes out. codec is vp8 or h264,
// bitrate is in bits a second; mime is the codec's name as streaming writes it. The error wraps ErrEncoder.
func LiveEncoder(codec string, bitrate int) (launch, mime string, err error) {
	e, err := pickEncoder(codec)
	if err != nil {
		return "", "", err
	}
	return e.launch("encoder", bitrate), e.codec, nil
}
