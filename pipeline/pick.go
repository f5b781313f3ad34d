package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"
)

// ErrEncoder means that this machine's GStreamer has no encoder for the wanted codec, or none that starts.
var ErrEncoder = errors.New("no encoder")

// envRanks is the variable by which users rank GStreamer's elements: "nvh264enc:NONE,x264enc:MAX".
const envRanks = "GST_PLUGIN_FEATURE_RANK"

// tryTimeout bounds how long an encoder may take to show that it works.
const tryTimeout = 5 * time.Second

// available are the encoders of a codec ("vp8", "h264", "vp9", "av1") that this machine has, in the order in which they are tried, and the
// names of all that are known.
func available(codec string) (found []encoder, known []string) {
	var all []encoder
	for _, e := range encoders() {
		if strings.EqualFold(e.codec, "video/"+codec) {
			all = append(all, e)
			known = append(known, e.element)
		}
	}
	ranked := rankedBy(os.Getenv(envRanks))
	return inOrderOf(all, func(name string) (rank uint, there bool) {
		f := gst.ElementFactoryFind(name)
		switch {
		case f == nil:
			return 0, false
		case ranked[name]:
			return f.GetRank(), true
		}
		return uint(gst.RankPrimary), true
	}), known
}

// rankedBy are the elements that a setting of envRanks names. GStreamer sets their ranks itself; those of others say what is best for
// decoding files and the like, and ours is another order.
func rankedBy(setting string) map[string]bool {
	names := map[string]bool{}
	for entry := range strings.SplitSeq(setting, ",") {
		name, _, _ := strings.Cut(entry, ":")
		names[strings.TrimSpace(name)] = true
	}
	return names
}

// inOrderOf are the encoders that are there, those of the highest rank first, and of those with the same in the order given. Rank 0 means
// that one is not to be used.
func inOrderOf(all []encoder, rank func(name string) (rank uint, there bool)) []encoder {
	ranks := map[string]uint{}
	var found []encoder
	for _, e := range all {
		if r, there := rank(e.element); there && r > uint(gst.RankNone) {
			ranks[e.element] = r
			found = append(found, e)
		}
	}
	slices.SortStableFunc(found, func(a, b encoder) int { return cmp.Compare(ranks[b.element], ranks[a.element]) })
	return found
}

// pickEncoder finds an encoder for "vp8", "h264", "vp9" or "av1". The error wraps ErrEncoder.
func pickEncoder(codec string, log *slog.Logger) (encoder, error) {
	found, known := available(codec)
	switch {
	case known == nil:
		return encoder{}, fmt.Errorf("%w for codec %q: use vp8, h264, vp9 or av1", ErrEncoder, codec)
	case found == nil:
		return encoder{}, fmt.Errorf("%w for %s: GStreamer has none of %s, or %s rules them out; `videogem doctor` says what to install",
			ErrEncoder, codec, strings.Join(known, ", "), envRanks)
	}
	e, err := firstThatStarts(found, tryEncoder, log)
	if err != nil {
		return e, fmt.Errorf("%w for %s: %w", ErrEncoder, codec, err)
	}
	return e, nil
}

// firstThatStarts tries encoders one after the other: a driver may be missing or too old, or another program may have all its sessions. The
// only one is taken as it is; what is wrong with it shows when it runs.
func firstThatStarts(found []encoder, try func(encoder) error, log *slog.Logger) (encoder, error) {
	if len(found) == 1 {
		return found[0], nil
	}
	var errs []error
	for _, e := range found {
		err := try(e)
		if err == nil {
			return e, nil
		}
		log.Warn("encoder does not start; taking the next one", "encoder", e.element, "error", err)
		errs = append(errs, fmt.Errorf("%s: %w", e.element, err))
	}
	return encoder{}, errors.Join(errs...)
}

// tryEncoder lets an encoder make a frame.
func tryEncoder(e encoder) error {
	top, err := gst.ParseLaunch("videotestsrc ! video/x-raw,format=I420,width=640,height=360,framerate=30/1 ! " +
		e.launch("encoder", 500_000) + " ! appsink name=out sync=false max-buffers=1")
	if err != nil {
		return err
	}
	pipe, ok := top.(gst.Pipeline)
	if !ok {
		return fmt.Errorf("gst-launch made a %T instead of a pipeline", top)
	}
	done := make(chan error, 1)
	go func() { // a driver may hang
		pipe.SetState(gst.StatePlaying)
		err := firstFrame(pipe)
		pipe.SetState(gst.StateNull)
		done <- err
	}()
	select {
	case err = <-done:
		return err
	case <-time.After(2 * tryTimeout):
		return errors.New("it does not answer")
	}
}

// firstFrame waits for the appsink's first frame, or for what comes in between.
func firstFrame(pipe gst.Pipeline) error {
	sink := pipe.GetByName("out").(gstapp.AppSink) //nolint:forcetypeassert // the description says appsink
	for began := time.Now(); time.Since(began) < tryTimeout; {
		if sample := sink.TryPullSample(100 * gst.Millisecond); sample != nil {
			gst.UnsafeSampleUnref(sample)
			return nil
		}
		if m := pipe.GetBus().PopFiltered(gst.MessageError); m != nil {
			_, err := m.ParseError()
			return err
		}
	}
	return errors.New("it makes no frames")
}

// LiveEncoder describes an encoder for live use in gst-launch's language: raw video as gstshim.ColorName takes it in, what streaming.Stream takes out. codec is vp8,
// h264, vp9 or av1, bitrate is in bits a second; mime is the codec's name as streaming writes it. The error wraps ErrEncoder.
func LiveEncoder(codec string, bitrate int, log *slog.Logger) (launch, mime string, err error) {
	e, err := pickEncoder(codec, log)
	if err != nil {
		return "", "", err
	}
	return e.launch("encoder", bitrate), e.codec, nil
}
