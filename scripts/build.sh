#!/bin/bash
# Builds bin/videogem. The program carries the path of the GStreamer that it was built with, so it runs as it is.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
SECONDS=0
if [ -z "$VIDEOGEM_GST_ROOT" ] && ! pkg-config --atleast-version=1.26 gstreamer-1.0 2>/dev/null; then
	echo "build: GStreamer 1.26 or newer is missing: run make setup" >&2
	exit 1
fi
bash scripts/cold.sh
go build -o bin/videogem ./cmd/videogem
echo "==> bin/videogem is built ($SECONDS s)"
