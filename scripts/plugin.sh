#!/bin/bash
# Builds bin/gstreamer-1.0/libgstvideogem.so, GStreamer's plugin. `install` also puts it where GStreamer looks, `uninstall` takes it out.
#
#   PREFIX   install under this prefix, such as /usr/local; else where the GStreamer in use looks for its plugins, or, where that
#            folder may not be written, into the user's own folder of plugins
#   DESTDIR  stands before the folder, for packagers
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
FILE=libgstvideogem.so
BUILT=bin/gstreamer-1.0/$FILE

build() {
	SECONDS=0
	if [ -z "$VIDEOGEM_GST_ROOT" ] && ! pkg-config --atleast-version=1.26 gstreamer-1.0 2>/dev/null; then
		echo "plugin: GStreamer 1.26 or newer is missing: run make setup" >&2
		exit 1
	fi
	bash scripts/cold.sh -buildmode=c-shared
	go build -buildmode=c-shared -o "$BUILT" ./cmd/gst-videogem
	rm -f "${BUILT%.so}.h" # the C header that this build mode writes is nobody's
	echo "==> $BUILT is built ($SECONDS s)"
}

# plugin_dir prints the folder that the plugin is installed into.
plugin_dir() {
	local dir
	if [ -n "${PREFIX:-}" ]; then
		# With the prefix exchanged, pkg-config tells this system's way of naming library folders.
		dir=$(PKG_CONFIG_SYSROOT_DIR= pkg-config --define-variable=prefix="$PREFIX" --variable=pluginsdir gstreamer-1.0)
	elif [ -n "$VIDEOGEM_GST_ROOT" ]; then
		dir=$(echo "$VIDEOGEM_GST_ROOT"/usr/lib/*/gstreamer-1.0)
	else
		dir=$(pkg-config --variable=pluginsdir gstreamer-1.0)
		[ -w "$dir" ] || [ -n "${DESTDIR:-}" ] || dir=${XDG_DATA_HOME:-$HOME/.local/share}/gstreamer-1.0/plugins
	fi
	echo "${DESTDIR:-}$dir"
}

case "${1:-}" in
"") build ;;
install)
	[ -e "$BUILT" ] || build
	dir=$(plugin_dir)
	install -D -m 755 "$BUILT" "$dir/$FILE"
	echo "==> installed: $dir/$FILE"
	[ -z "${PREFIX:-}" ] || echo "    where GStreamer does not look there by itself, set GST_PLUGIN_PATH=$dir"
	;;
uninstall)
	dir=$(plugin_dir)
	rm -f "$dir/$FILE"
	echo "==> removed: $dir/$FILE"
	;;
*)
	echo "plugin: unknown argument $1 (there are install and uninstall)" >&2
	exit 2
	;;
esac
