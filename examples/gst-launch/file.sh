#!/bin/sh
# A video file at its own speed, with the outline, box and hottest point of what the prompts name, in a window:
#
#   examples/gst-launch/file.sh clip.mp4 "a person carrying a box"
#
# MODEL is the model (demo, which knows drawn people only). SINK takes the place of the window.
set -eu
prompts=${2:-a person waving}
exec gst-launch-1.0 filesrc location="\"$1\"" ! decodebin3 ! videoconvert \
	! videogem model="${MODEL:-demo}" prompts="\"$prompts\"" overlay=all \
	! videoconvert ! ${SINK:-autovideosink}
