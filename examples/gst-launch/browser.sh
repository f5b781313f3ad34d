#!/bin/sh
# A camera of this machine with heat, to browsers over WebRTC: videogemsink encodes the video and serves it with a page.
#
#   examples/gst-launch/browser.sh /dev/video0 "a person waving" 8080
#
# and open http://127.0.0.1:8080. MODEL is the model (demo, which knows drawn people only), SOURCE takes the place of the camera.
set -eu
prompts=${2:-a person waving}
exec gst-launch-1.0 -e ${SOURCE:-v4l2src device="${1:-/dev/video0}"} ! decodebin3 ! videoconvert \
	! videogem model="${MODEL:-demo}" prompts="\"$prompts\"" \
	! videogemsink port="${3:-8080}"
