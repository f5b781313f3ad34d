#!/bin/bash
# Wraps the private root's GStreamer programs: each goes through the root's own loader and libraries, for the one that the programs
# ask for is the system's. Without the wrapped plugin scanner, GStreamer would load every plugin file that is new to it
# into the process that asks. A rerun writes only what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
[ -n "$VIDEOGEM_GST_ROOT" ] || exit 0
lib=$(echo "$VIDEOGEM_GST_ROOT"/usr/lib/*-linux-gnu)
loader=$(ls "$VIDEOGEM_GST_ROOT"/usr/lib64/ld-linux-*.so.? "$VIDEOGEM_GST_ROOT"/usr/lib/ld-linux-*.so.? 2>/dev/null | head -1 || true)
mkdir -p "$VIDEOGEM_GST_ROOT/tools"
for program in "$VIDEOGEM_GST_ROOT"/usr/bin/gst-*-1.0 "$lib"/gstreamer1.0/gstreamer-1.0/gst-plugin-scanner; do
	tool=$VIDEOGEM_GST_ROOT/tools/$(basename "$program")
	[ ! -e "$tool" ] || continue
	printf '#!/bin/sh\nexec %q --library-path %q %q "$@"\n' "$loader" "$lib:$lib/blas:$lib/lapack:$lib/pulseaudio" "$program" >"$tool.$$"
	chmod +x "$tool.$$"
	mv "$tool.$$" "$tool"
done
