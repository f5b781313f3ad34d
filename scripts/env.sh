# Source this for the environment that builds and runs videogem: `. scripts/env.sh`.
# With a GStreamer >= 1.26 of the system's own, nothing is needed. On older systems scripts/setup.sh has unpacked a Debian 13
# root under the user's cache folder; the system's compiler then builds against it as a sysroot (no chroot), and the programs
# built so carry that root's loader and library path, which is why bin/videogem runs with no environment at all.
VIDEOGEM_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/videogem
VIDEOGEM_GST_ROOT=$VIDEOGEM_CACHE/debian13
# Sourced a second time, pkg-config shows the root already, and that is no reason to leave it.
if [ -e "$VIDEOGEM_GST_ROOT/complete" ] && { [ "${PKG_CONFIG_SYSROOT_DIR:-}" = "$VIDEOGEM_GST_ROOT" ] ||
	! pkg-config --atleast-version=1.26 gstreamer-1.0 2>/dev/null; }; then
	_triplet=$(uname -m)-linux-gnu
	_lib=$VIDEOGEM_GST_ROOT/usr/lib/$_triplet
	_loader=$(cd "$VIDEOGEM_GST_ROOT" && ls usr/lib64/ld-linux-*.so.? usr/lib/ld-linux-*.so.? 2>/dev/null | head -1 || true)
	# blas, lapack and pulseaudio keep their libraries in folders of their own.
	_path=$_lib:$_lib/blas:$_lib/lapack:$_lib/pulseaudio
	export CC="gcc --sysroot=$VIDEOGEM_GST_ROOT"
	export PKG_CONFIG_SYSROOT_DIR=$VIDEOGEM_GST_ROOT PKG_CONFIG_PATH=
	export PKG_CONFIG_LIBDIR=$_lib/pkgconfig:$VIDEOGEM_GST_ROOT/usr/share/pkgconfig
	# --disable-new-dtags: a DT_RPATH counts for the plugins that GStreamer opens too, a DT_RUNPATH does not.
	export CGO_LDFLAGS="-O2 -g -Wl,--disable-new-dtags -Wl,--dynamic-linker=$VIDEOGEM_GST_ROOT/$_loader -Wl,-rpath,$_path -Wl,-rpath-link,$_path"
	# A program with no cgo of its own (net, -race) would be linked by Go itself, with that loader but without the library path:
	# the root's loader then meets the system's libc, and the program dies at once.
	case "${GOFLAGS:-}" in
	*-linkmode=external*) ;;
	*) GOFLAGS="$(go env GOFLAGS) -ldflags=-linkmode=external" ;;
	esac
	export GOFLAGS
	unset _triplet _lib _loader _path
else
	VIDEOGEM_GST_ROOT=
	# Headers that set-up has taken out of a package; see scripts/setup.sh.
	case ":${PKG_CONFIG_PATH:-}:" in
	*":$VIDEOGEM_CACHE/analytics/pkgconfig:"*) ;;
	*) [ ! -e "$VIDEOGEM_CACHE/analytics/pkgconfig" ] || export PKG_CONFIG_PATH=$VIDEOGEM_CACHE/analytics/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH} ;;
	esac
fi
export CGO_ENABLED=1 VIDEOGEM_CACHE VIDEOGEM_GST_ROOT
