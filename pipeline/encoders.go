package pipeline

import "github.com/videogem/videogem/streaming"

const (
	// annexB is how H.264 goes to the viewers: parameter sets before every key frame, one frame a buffer.
	annexB = " ! h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au"
	// baseline is the profile that every browser decodes.
	baseline = " ! video/x-h264,profile=constrained-baseline"
	// units is how AV1 goes to the viewers: one temporal unit a buffer.
	units = " ! av1parse ! video/x-av1,stream-format=obu-stream,alignment=tu"
	// vpxLive are the settings that the encoders of libvpx have in common: real time, no frames ahead, and a rate control that fills its
	// buffer of a second to the middle.
	vpxLive = "deadline=1 cpu-used=8 lag-in-frames=0 end-usage=cbr keyframe-max-dist=300 resize-allowed=false undershoot=95 " +
		"buffer-size=1000 buffer-initial-size=500 buffer-optimal-size=600"
)

// encoders lists what is known, best first: hardware, then what is fastest in software. With two threads, those of vp8enc wait for each other
// in loops, which costs four times the CPU on a busy machine. av1enc's own max-quantizer asks for the best quality, whatever the bitrate says.
// svtav1enc is not here: with the settings that give frames at once it leaves most out.
func encoders() []encoder {
	return []encoder{
		{"vp8enc", streaming.CodecVP8, vpxLive + " threads=1 static-threshold=100", "", "target-bitrate", 1},

		{"nvh264enc", streaming.CodecH264, "preset=low-latency-hp rc-mode=cbr zerolatency=true bframes=0 gop-size=300", baseline + annexB, "bitrate", 1000},
		{"vah264enc", streaming.CodecH264, "rate-control=cbr b-frames=0 ref-frames=1 target-usage=7 key-int-max=300", baseline + annexB, "bitrate", 1000},
		{"v4l2h264enc", streaming.CodecH264, "", baseline + annexB, "", 1},
		{"openh264enc", streaming.CodecH264, "complexity=low rate-control=bitrate gop-size=300", annexB, "bitrate", 1},
		{"x264enc", streaming.CodecH264, "tune=zerolatency speed-preset=ultrafast key-int-max=300", baseline + annexB, "bitrate", 1000},

		{"vavp9enc", streaming.CodecVP9, "rate-control=cbr ref-frames=1 target-usage=7 key-int-max=300", " ! vp9parse ! video/x-vp9,alignment=super-frame", "bitrate", 1000},
		{"vp9enc", streaming.CodecVP9, vpxLive + " threads=2 row-mt=true tile-columns=1 aq-mode=cyclic-refresh", "", "target-bitrate", 1},

		{"nvav1enc", streaming.CodecAV1, "preset=p1 tune=ultra-low-latency rc-mode=cbr zerolatency=true bframes=0 gop-size=300", units, "bitrate", 1000},
		{"vaav1enc", streaming.CodecAV1, "rate-control=cbr ref-frames=1 target-usage=7 key-int-max=300", units, "bitrate", 1000},
		{"av1enc", streaming.CodecAV1, "usage-profile=realtime cpu-used=10 threads=2 lag-in-frames=0 end-usage=cbr row-mt=true tile-columns=1 keyframe-max-dist=300 " +
			"max-quantizer=63 undershoot-pct=50 overshoot-pct=50 buf-sz=1000 buf-initial-sz=600 buf-optimal-sz=600", units, "target-bitrate", 1000},
		{"rav1enc", streaming.CodecAV1, "speed-preset=10 low-latency=true threads=2 max-key-frame-interval=300", units, "bitrate", 1},
	}
}
