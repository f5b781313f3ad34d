#!/bin/sh
# A camera of this machine with heat, on to a media server such as MediaMTX, for any number of viewers: by WHIP where this GStreamer
# has whipclientsink (gst-plugins-rs), else by RTSP.
#
#   examples/gst-launch/restream.sh /dev/video0 "a person waving" mediamtx.example door
#
# goes to http://mediamtx.example:8889/door/whip or rtsp://mediamtx.example:8554/door. WHIP and RTSP take the place of these
# addresses, MODEL of the model (demo, which knows drawn people only), SOURCE of the camera.
set -eu
prompts=${2:-a person waving}
host=${3:-127.0.0.1}
path=${4:-videogem}
if [ -z "${RTSP:-}" ] && gst-inspect-1.0 --exists whipclientsink; then
	sink="whipclientsink signaller::whip-endpoint=${WHIP:-http://$host:8889/$path/whip}"
elif gst-inspect-1.0 --exists rtspclientsink; then
	sink="vp8enc deadline=1 cpu-used=8 target-bitrate=2500000 end-usage=cbr keyframe-max-dist=60 ! video/x-vp8,profile=(string)0 ! rtspclientsink protocols=tcp location=${RTSP:-rtsp://$host:8554/$path}"
else
	echo "restream: GStreamer has neither whipclientsink nor rtspclientsink: install gstreamer1.0-rtsp" >&2
	exit 1
fi
exec gst-launch-1.0 -e ${SOURCE:-v4l2src device="${1:-/dev/video0}"} ! decodebin3 ! videoconvert \
	! videogem model="${MODEL:-demo}" prompts="\"$prompts\"" \
	! queue leaky=downstream max-size-buffers=2 ! videoconvert ! $sink
