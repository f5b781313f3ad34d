#!/bin/bash
# GStreamer's videoconvert changes full range to limited range, and back, in the caps only: the samples stay.
#
# Expected: BT.601 full range to BT.601 limited range turns luma 64 into 16 + 64*219/255 = 71, and back 64 into 56, as RGB between them does.
# Happens:  between YUV formats with the same matrix the samples are copied, and the new caps say another range: 64 stays 64. With another
#           matrix on the way out (BT.709), or by way of RGB, the range is converted.
# Versions: GStreamer 1.26.2 (Debian 13).
# Who:      everybody with JPEG cameras (MJPEG is full range) before an encoder with `videoconvert ! video/x-raw,colorimetry=bt601`: blacks and
#           whites are clipped by players, and contrast is 16 % too high. A way round: `videoconvert ! video/x-raw,format=RGB ! videoconvert`.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=findings/debian-gstreamer.sh
. "$(dirname "$0")/debian-gstreamer.sh"
unpack_gstreamer

# One grey I420 frame of 16x16: luma 64, chroma 128.
{
	head -c 256 /dev/zero | tr '\0' '\100'
	head -c 128 /dev/zero | tr '\0' '\200'
} >"$work/in.yuv"

# The luma of that frame, taken as colorimetry $1, after videoconvert to $2. What follows are elements between.
luma() {
	local from=$1 to=$2
	shift 2
	gst_launch -q filesrc location="$work/in.yuv" blocksize=384 ! rawvideoparse width=16 height=16 format=i420 framerate=25/1 colorimetry="$from" ! \
		"$@" videoconvert ! "video/x-raw,format=I420,colorimetry=$to" ! filesink location="$work/out.yuv" >&2
	od -An -tu1 -N1 "$work/out.yuv" | tr -d ' '
}

full=1:4:16:4 # full range, BT.601 matrix, transfer and primaries of bt601 = 2:4:16:4
direct=$(luma $full bt601)
back=$(luma bt601 $full)
through_rgb=$(luma $full bt601 videoconvert ! video/x-raw,format=RGB !)
other_matrix=$(luma $full bt709)
echo "luma 64, full to limited:               $direct (right: 71)"
echo "luma 64, limited to full:               $back (right: 56)"
echo "luma 64, full to limited by way of RGB: $through_rgb (right: 71)"
echo "luma 64, full BT.601 to limited BT.709: $other_matrix (converted: not 64)"
if [ "$direct" = 64 ] && [ "$back" = 64 ] && [ "$through_rgb" = 71 ] && [ "$other_matrix" != 64 ]; then
	echo "as described"
else
	echo "CHANGED"
	exit 1
fi
