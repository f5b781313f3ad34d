package pipeline

import (
	"context"
	"time"

	"github.com/go-gst/go-gst/pkg/gst"
	"github.com/go-gst/go-gst/pkg/gstapp"

	"github.com/videogem/videogem/pipeline/internal/av1"
	"github.com/videogem/videogem/pipeline/internal/h264"
	"github.com/videogem/videogem/streaming"
)

// EncodedFrame is one frame as an encoder leaves it.
type EncodedFrame struct {
	Data        []byte
	RunningTime time.Duration // not the PTS: some encoders shift that, and say so in the segment
	Duration    time.Duration // since the frame before
	Key         bool
}

// PullEncoded gives encoded frames out of an appsink to take, one by one, until ctx ends. A sink that is at its end may go on: a file starts over.
func PullEncoded(ctx context.Context, sink gstapp.AppSink, take func(EncodedFrame)) {
	var last gst.ClockTime
	for ctx.Err() == nil {
		sample := sink.TryPullSample(100 * gst.Millisecond)
		if sample == nil {
			if sink.IsEOS() {
				select {
				case <-ctx.Done():
				case <-time.After(20 * time.Millisecond): // a file starts over
				}
			}
			continue
		}
		if buf := sample.GetBuffer(); buf != nil {
			if info, ok := buf.Map(gst.MapRead); ok {
				data := append([]byte(nil), info.Data()...)
				info.Unmap()
				pts := buf.PTS()
				d := frameDuration(last, pts, buf.Duration())
				last = pts
				take(EncodedFrame{Data: data, RunningTime: runningTime(sample, pts), Duration: d, Key: !buf.HasFlags(gst.BufferFlagDeltaUnit)})
			}
		}
		gst.UnsafeSampleUnref(sample)
	}
}

// SayColors is an encoded frame's data with the colours named where the encoder (LiveEncoder's) leaves them to be guessed: openh264enc and
// av1enc name none, and browsers take that for BT.709, Firefox only from 720 lines on.
func SayColors(codec string, f EncodedFrame) []byte {
	switch {
	case !f.Key:
	case codec == streaming.CodecH264:
		return h264.SayBT601(f.Data)
	case codec == streaming.CodecAV1:
		return av1.SayBT601(f.Data)
	}
	return f.Data
}

func runningTime(sample *gst.Sample, pts gst.ClockTime) time.Duration {
	if segment := sample.GetSegment(); segment != nil && pts != gst.ClockTimeNone {
		if t := gst.ClockTime(segment.ToRunningTime(gst.FormatTime, uint64(pts))); t != gst.ClockTimeNone {
			return time.Duration(t)
		}
	}
	return time.Duration(pts)
}

// frameDuration is the time from the last frame to this one; a jump (the file starts over, the first frame) counts as one
// ordinary frame.
func frameDuration(last, pts, duration gst.ClockTime) time.Duration {
	const ordinary = time.Second / 30
	if pts > last && pts-last < gst.Second && last != 0 {
		return time.Duration(pts - last)
	}
	if duration != gst.ClockTimeNone && duration != 0 {
		return time.Duration(duration)
	}
	return ordinary
}
