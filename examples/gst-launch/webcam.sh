#!/bin/sh
# A camera of this machine, with heat where the prompts' actions happen, in a window:
#
#   examples/gst-launch/webcam.sh /dev/video0 "a person waving; a person sitting"
#
# MODEL is the model (demo, which knows drawn people only). SOURCE and SINK take the place of camera and window.
set -eu
prompts=${2:-a person waving}
exec gst-launch-1.0 -e ${SOURCE:-v4l2src device="${1:-/dev/video0}"} ! decodebin3 ! videoconvert \
	! videogem model="${MODEL:-demo}" prompts="\"$prompts\"" \
	! videoconvert ! ${SINK:-autovideosink}
