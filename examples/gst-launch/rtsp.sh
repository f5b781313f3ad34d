#!/bin/sh
# A camera in the network, with heat where the prompts' actions happen, in a window:
#
#   examples/gst-launch/rtsp.sh rtsp://user:password@camera/stream "a person falling down"
#
# MODEL is the model (demo, which knows drawn people only). SINK takes the place of the window.
set -eu
prompts=${2:-a person waving}
exec gst-launch-1.0 rtspsrc location="\"$1\"" latency=100 drop-on-latency=true ! application/x-rtp,media=video ! decodebin3 \
	! videoconvert ! videogem model="${MODEL:-demo}" prompts="\"$prompts\"" \
	! videoconvert ! ${SINK:-autovideosink}
