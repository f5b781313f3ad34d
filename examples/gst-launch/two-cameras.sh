#!/bin/sh
# Two cameras, one engine: elements with the same model-instance-id share a model, and their clips go through it together,
# two at a time (batch-size). Each camera has prompts of its own.
#
#   examples/gst-launch/two-cameras.sh /dev/video0 /dev/video2 "a person waving" "a person sitting"
#
# MODEL is the model (demo, which knows drawn people only). SOURCE1, SOURCE2 and SINK take the place of cameras and windows.
set -eu
model="model=${MODEL:-demo} model-instance-id=shared batch-size=2 batch-timeout=20"
exec gst-launch-1.0 -e \
	${SOURCE1:-v4l2src device="${1:-/dev/video0}"} ! decodebin3 ! videoconvert \
	! videogem name=left $model prompts="\"${3:-a person waving}\"" ! videoconvert ! ${SINK:-autovideosink} \
	${SOURCE2:-v4l2src device="${2:-/dev/video2}"} ! decodebin3 ! videoconvert \
	! videogem name=right $model prompts="\"${4:-a person sitting}\"" ! videoconvert ! ${SINK:-autovideosink}
