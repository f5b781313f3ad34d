#!/bin/sh
# A video file into an MP4 file with heat, each frame with the heat of the clip centred on it (mode=aligned): no frame is left
# out, however slow the model is.
#
#   examples/gst-launch/record.sh clip.mp4 heat.mp4 "a person carrying a box"
#
# MODEL is the model (demo, which knows drawn people only). ENCODER takes the place of the H.264 encoder.
set -eu
prompts=${3:-a person waving}
exec gst-launch-1.0 -e filesrc location="\"$1\"" ! decodebin3 ! videoconvert \
	! videogem model="${MODEL:-demo}" prompts="\"$prompts\"" mode=aligned \
	! videoconvert ! ${ENCODER:-openh264enc bitrate=4000000} ! h264parse ! mp4mux ! filesink location="\"$2\""
