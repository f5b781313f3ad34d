#!/bin/bash
# Runs a command line of GStreamer's (gst-launch-1.0, gst-inspect-1.0 …) in the set-up environment, with the videogem plugin found:
#
#   scripts/gst.sh 'gst-launch-1.0 videotestsrc num-buffers=30 ! videogem ! fakesink'
#
# It changes nothing but its own environment. Signals and the exit status are the command's own.
set -euo pipefail
HERE=$(cd "$(dirname "$0")/.." && pwd)
. "$HERE/scripts/env.sh"
[ $# -gt 0 ] && [ -n "$*" ] || {
	echo "gst: say what to run, such as: make gst CMD=\"gst-inspect-1.0 videogem\"" >&2
	exit 2
}
export GST_PLUGIN_PATH=${GST_PLUGIN_PATH:+$GST_PLUGIN_PATH:}$HERE/bin/gstreamer-1.0
if [ -n "$VIDEOGEM_GST_ROOT" ]; then
	# The private root's programs want the system's loader; tools/ has them wrapped.
	bash "$HERE/scripts/gstreamer-tools.sh"
	export PATH=$VIDEOGEM_GST_ROOT/tools:$PATH
	GST_PLUGIN_SYSTEM_PATH=$(echo "$VIDEOGEM_GST_ROOT"/usr/lib/*/gstreamer-1.0)
	export GST_PLUGIN_SYSTEM_PATH GST_PLUGIN_SCANNER=$VIDEOGEM_GST_ROOT/tools/gst-plugin-scanner
	export GST_REGISTRY=${GST_REGISTRY:-$VIDEOGEM_CACHE/gstreamer-registry-tools.bin}
	unset CC PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_LIBDIR PKG_CONFIG_PATH CGO_LDFLAGS GOFLAGS
fi
[ $# = 1 ] || exec "$@"
exec bash -c "$1"
