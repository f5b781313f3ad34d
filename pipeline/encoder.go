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

// available are the encoders of a codec ("vp8", "h264", "vp9", "av1") that this machine has. One whose rank was raised above all ordinary ones (the
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

// pickEncoder finds an encoder for "vp8", "h264", "vp9" or "av1". The error wraps ErrEncoder.
func pickEncoder(codec string) (encoder, error) {
	found, known := available(codec)
	switch {
	case known == nil:
		return encoder{}, fmt.Errorf("%w for codec %q: use vp8, h264, vp9 or av1", ErrEncoder, codec)
	case found == nil:
		return encoder{}, fmt.Errorf("%w for %s: GStreamer has none of %s; `videogem doctor` says what to install", ErrEncoder, codec, strings.Join(known, ", "))
	}
	return found[0], nil
}

// LiveEncoder describes an encoder for live use in gst-launch's language: raw I420 video in, what streaming.Stream takes out. codec is vp8,
// h264, vp9 or av1, bitrate is in bits a second; mime is the codec's name as streaming writes it. The error wraps ErrEncoder.
func LiveEncoder(codec string, bitrate int) (launch, mime string, err error) {
	e, err := pickEncoder(codec)
	if err != nil {
		return "", "", err
	}
	return e.launch("encoder", bitrate), e.codec, nil
}
