#!/bin/bash
# What the prompts' actions are and where, one JSON object a line, from the messages that the element posts on the bus; no
# picture is shown:
#
#   examples/gst-launch/boxes-json.sh clip.mp4 "a person carrying a box; a person running"
#
# MODEL is the model (demo, which knows drawn people only).
set -euo pipefail
prompts=${2:-a person waving}
here=$(dirname "$0")
gst-launch-1.0 -m filesrc location="\"$1\"" ! decodebin3 ! videoconvert \
	! videogem model="${MODEL:-demo}" prompts="\"$prompts\"" overlay=none mode=aligned attach-meta=false \
	! fakesink | LC_ALL=C awk -f "$here/messages-to-json.awk"
