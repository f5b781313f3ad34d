#!/bin/bash
# GStreamer's mp4mux gives the last frame of a variable-rate stream no time, and FFmpeg's readers then drop it.
#
# Expected: ten frames 100 ms apart with framerate=0/1 (variable) in the caps are ten frames of an MP4; where the last frame's duration is not known,
#           it gets the one before's.
# Happens:  stts gives the last sample duration 0, the edit list ends where that sample begins, and FFmpeg decodes one frame less than
#           the file holds: it takes the last one for cut off. With framerate=10/1 in the caps all ten come.
# Versions: GStreamer 1.26.2 (Debian 13; openh264enc ! h264parse ! mp4mux), PyAV 18.1.0 with the FFmpeg of its wheel.
# Who:      recorders of cameras with a variable rate (RTSP and WebRTC sources): each clip is one frame short in OpenCV, decord, PyAV, ffmpeg.
#           A way round: set the duration of each buffer before the encoder.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=findings/debian-gstreamer.sh
. "$(dirname "$0")/debian-gstreamer.sh"
unpack_gstreamer gstreamer1.0-plugins-bad
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q av==18.1.0

for rate in 10/1 0/1; do
	gst_launch -q videotestsrc num-buffers=10 ! video/x-raw,format=I420,width=160,height=96,framerate=10/1 ! \
		capssetter replace=false caps="video/x-raw,framerate=$rate" ! openh264enc ! h264parse ! mp4mux ! \
		filesink location="$work/${rate%/*}.mp4"
done
cat >"$work/look.py" <<'PY'
import struct
import sys

import av


def last_duration(path):
    """Duration of the last sample by stts, in units of the track's clock."""
    data = open(path, "rb").read()
    at = data.index(b"stts") + 8
    (entries,) = struct.unpack_from(">I", data, at)
    return struct.unpack_from(">II", data, at + 8 * entries - 4)[1]


def counts(path):
    with av.open(path) as file:
        held = file.streams.video[0].frames
    with av.open(path) as file:
        return held, sum(1 for _ in file.decode(video=0))


seen = {}
for name, rate in (("10", "10/1"), ("0", "0/1")):
    path = f"{sys.argv[1]}/{name}.mp4"
    held, decoded = counts(path)
    seen[rate] = (last_duration(path) == 0, held, decoded)
    print(f"framerate={rate}: last duration in stts {last_duration(path)}, {held} samples in the file, {decoded} frames decoded")
same = seen == {"10/1": (False, 10, 10), "0/1": (True, 10, 9)}
print("as described" if same else "CHANGED")
sys.exit(0 if same else 1)
PY
"$work/venv/bin/python" "$work/look.py" "$work"
