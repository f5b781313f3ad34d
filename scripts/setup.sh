#!/bin/bash
# Puts in place what videogem is built from and runs on, and says what it does: a C compiler and pkg-config, GStreamer 1.26 or
# newer, the ONNX Runtime library, and with --tests two browsers and other authors' programs that tests talk to. What is there is left
# alone; a rerun takes about a second.
#
#   VIDEOGEM_ORT_LIBRARY    an ONNX Runtime library of your own: none is fetched then
#   PIP_INDEX_URL           where the ONNX Runtime wheel comes from; else what pip is configured for, or pip's own default
#   VIDEOGEM_DEBIAN_MIRROR  see scripts/gstreamer-root.sh
set -euo pipefail
cd "$(dirname "$0")/.."

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/videogem
ROOT=$CACHE/debian13
ANALYTICS=$CACHE/analytics

say() { printf '==> %s\n' "$*"; }
fail() {
	printf 'setup: %s\n' "$*" >&2
	exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }
has_any() {
	local name
	for name; do ! has "$name" || return 0; done
	return 1
}

# can_be_root tells whether as_root works here; sudo is asked only where somebody can answer it.
can_be_root() { [ "$(id -u)" = 0 ] || { has sudo && [ -t 0 ]; }; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# install_packages WHAT NAME... installs packages of the distribution's own, and prints the line before it runs it.
install_packages() {
	local what=$1 start=$SECONDS line
	shift
	if has apt-get; then
		apt_update
		line="env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $*"
	elif has dnf; then
		line="dnf -q -y --setopt=install_weak_deps=False install $*"
	else
		fail "$what is missing, and neither apt-get nor dnf is here to install it. Install it with this system's package manager, then run again."
	fi
	can_be_root || fail "$what is missing, and installing needs root's rights. Run this as root, then run again:
  $line"
	say "$what: installing: $line"
	# shellcheck disable=SC2086 # a list of words
	as_root $line >"$CACHE/install.log" 2>&1 || {
		tail -20 "$CACHE/install.log" >&2
		fail "$what could not be installed (the whole output is in $CACHE/install.log)"
	}
	say "$what: installed ($((SECONDS - start)) s)"
}

# apt_update reads the package lists anew, once, where that is allowed.
APT_UPDATED=
apt_update() {
	[ -z "$APT_UPDATED" ] || return 0
	APT_UPDATED=yes
	can_be_root || return 0
	as_root apt-get -qq update >/dev/null || say "apt-get update failed; going on with the lists that are there"
}

build_tools() {
	local need=
	has go || fail "Go is missing: install the version that go.mod names, or newer."
	if has apt-get; then
		has gcc || need="$need gcc"
		[ -e /usr/include/stdlib.h ] || need="$need libc6-dev"
		has pkg-config || need="$need pkg-config"
		[ -e /etc/ssl/certs/ca-certificates.crt ] || need="$need ca-certificates"
	else
		has gcc || need="$need gcc"
		has pkg-config || need="$need pkgconf-pkg-config"
	fi
	# shellcheck disable=SC2086 # a list of words
	[ -z "$need" ] || install_packages "build tools" $need
	say "build tools: $(gcc -dumpfullversion -dumpversion | sed 's/^/gcc /'), $(go env GOVERSION)"
}

# system_gstreamer tells whether the system's own GStreamer has all that is needed.
system_gstreamer() {
	local element
	has gst-inspect-1.0 || return 1
	pkg-config --atleast-version=1.26 gstreamer-1.0 gstreamer-base-1.0 gstreamer-app-1.0 gstreamer-video-1.0 2>/dev/null || return 1
	PKG_CONFIG_PATH=$ANALYTICS/pkgconfig pkg-config --atleast-version=1.26 gstreamer-analytics-1.0 2>/dev/null || return 1
	for element in uridecodebin3 videoconvert vp8enc rtspsrc v4l2src appsink; do
		gst-inspect-1.0 --exists "$element" || return 1
	done
}

# distribution_gstreamer prints the version that the distribution offers.
distribution_gstreamer() {
	if has apt-get; then
		apt_update
		apt-cache policy libgstreamer1.0-dev | awk '$1 == "Candidate:" { print $2 }'
	elif has dnf; then
		dnf -q repoquery --latest-limit 1 --qf '%{version}\n' gstreamer1-devel 2>/dev/null | tail -1
	fi
}

at_least_1_26() { [ "$(printf '%s\n' 1.26 "$1" | sort -V | head -1)" = 1.26 ]; }

gstreamer() {
	local offered
	if system_gstreamer; then
		say "GStreamer: $(pkg-config --modversion gstreamer-1.0), the system's own"
		return
	fi
	# scripts/env.sh takes the private root only where the system has no headers of 1.26.
	if [ -e "$ROOT/complete" ] && ! pkg-config --atleast-version=1.26 gstreamer-1.0 2>/dev/null; then
		bash scripts/gstreamer-root.sh
		return
	fi
	offered=$(distribution_gstreamer)
	if at_least_1_26 "${offered:-0}"; then
		install_gstreamer
		system_gstreamer || fail "GStreamer $offered was installed, and an element or header is still missing: gst-inspect-1.0 vp8enc may tell more."
	elif has apt-get; then
		say "GStreamer: this system offers ${offered:-none}, 1.26 is needed"
		bash scripts/gstreamer-root.sh
	else
		fail "GStreamer 1.26 or newer is missing, with headers and the base, good and bad plugins. Install it with this system's package manager (Debian 13, Ubuntu 25.10 and Fedora 42 have it), then run again."
	fi
}

install_gstreamer() {
	if has apt-get; then
		install_packages GStreamer libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev gstreamer1.0-tools \
			gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav gstreamer1.0-rtsp
		pkg-config --exists gstreamer-analytics-1.0 || analytics_headers
	else
		install_packages GStreamer gstreamer1-devel gstreamer1-plugins-base-devel gstreamer1-plugins-base \
			gstreamer1-plugins-good gstreamer1-plugins-bad-free gstreamer1-plugins-bad-free-devel gstreamer1-plugin-libav gstreamer1-rtsp-server
	fi
}

# analytics_headers takes the headers of GStreamer's analytics library out of their package. Installing that would bring OpenCV, VTK
# and LLVM along, 1.3 GB; the library itself is there, it belongs to the bad plugins.
analytics_headers() {
	local work include lib=/usr/lib/$(uname -m)-linux-gnu
	work=$(mktemp -d "$CACHE/analytics.new.XXXXXX")
	chmod 755 "$work" # apt drops its rights for a download
	(cd "$work" && apt-get -qq download libgstreamer-plugins-bad1.0-dev) || fail "apt-get cannot download libgstreamer-plugins-bad1.0-dev (see above)"
	dpkg-deb -x "$work"/*.deb "$work/package"
	include=$work/out/include/gstreamer-1.0/gst
	mkdir -p "$include" "$work/out/lib" "$work/out/pkgconfig"
	mv "$work/package/usr/include/gstreamer-1.0/gst/analytics" "$include/"
	ln -s "$lib/libgstanalytics-1.0.so.0" "$work/out/lib/libgstanalytics-1.0.so"
	sed -e "s#^includedir=.*#includedir=$ANALYTICS/include#" -e "s#^libdir=.*#libdir=$ANALYTICS/lib#" \
		"$work/package$lib/pkgconfig/gstreamer-analytics-1.0.pc" >"$work/out/pkgconfig/gstreamer-analytics-1.0.pc"
	rm -rf "$ANALYTICS"
	mv "$work/out" "$ANALYTICS"
	rm -rf "$work"
	say "GStreamer: headers of its analytics library in $ANALYTICS"
}

# package_index prints the index that pip would ask on this machine: pip's help shows it with the configuration applied.
package_index() {
	local python
	for python in python3 /usr/bin/python3; do
		if "$python" -m pip --version >/dev/null 2>&1; then
			COLUMNS=999 "$python" -m pip download --help | sed -n 's/.*Base URL of the Python Package Index (default \([^)]*\)).*/\1/p'
			return
		fi
	done
}

onnxruntime() {
	local library index start=$SECONDS
	if [ -n "${VIDEOGEM_ORT_LIBRARY:-}" ]; then
		[ -r "$VIDEOGEM_ORT_LIBRARY" ] || fail "VIDEOGEM_ORT_LIBRARY names $VIDEOGEM_ORT_LIBRARY, which cannot be read."
		say "ONNX Runtime: $VIDEOGEM_ORT_LIBRARY, by VIDEOGEM_ORT_LIBRARY"
		return
	fi
	CGO_ENABLED=0 go build -ldflags= -buildvcs=false -o "$CACHE/bin/fetchort" ./scripts/fetchort
	library=$("$CACHE/bin/fetchort" -where)
	if [ -e "$library" ]; then
		say "ONNX Runtime: $library"
		return
	fi
	index=${PIP_INDEX_URL:-$(package_index)}
	if [ -z "$index" ]; then
		install_packages "pip (it knows the package index)" python3-pip
		index=$(package_index)
	fi
	[ -n "$index" ] || fail "pip does not tell its package index: set PIP_INDEX_URL."
	say "ONNX Runtime: its library is taken out of its Python wheel"
	SSL_CERT_FILE=${SSL_CERT_FILE:-${PIP_CERT:-}} "$CACHE/bin/fetchort" -index "$index" || fail "no ONNX Runtime (see above)"
	say "ONNX Runtime: $library ($((SECONDS - start)) s)"
}

# browsers installs the two that the tests drive. Where one is missing, its tests are skipped.
browsers() {
	local need=
	has_any chromium chromium-browser google-chrome google-chrome-stable || need="$need chromium"
	has_any firefox-esr firefox || need="$need $(has apt-get && echo firefox-esr || echo firefox)"
	if [ -z "$need" ]; then
		say "browsers for the tests: there"
	elif grep -qs '^ID=ubuntu' /etc/os-release; then
		say "browsers for the tests: Ubuntu has no package but a snap for:$need. Install it, or Chrome and Mozilla's own Firefox package. Its tests are skipped until then."
	else
		# shellcheck disable=SC2086 # a list of words
		install_packages "browsers for the tests" $need "$(has apt-get && echo fonts-dejavu-core || echo dejavu-sans-fonts)"
	fi
}

# network_tools brings the program ip, with which tests make networks of their own.
network_tools() {
	has ip || install_packages "networks for the tests" "$(has apt-get && echo iproute2 || echo iproute)"
}

main() {
	[ "$(uname -s)" = Linux ] || fail "Linux is needed, this is $(uname -s)."
	mkdir -p "$CACHE"
	! has flock || {
		exec 9>"$CACHE/setup.lock"
		flock -n 9 || { say "waiting for another set-up to end" && flock 9; }
	}
	# A shell that has sourced scripts/env.sh shows pkg-config the private root; the question here is what the system has.
	[ "${PKG_CONFIG_SYSROOT_DIR:-}" != "$ROOT" ] || unset PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_LIBDIR PKG_CONFIG_PATH
	build_tools
	gstreamer
	bash scripts/gstreamer-tools.sh
	onnxruntime
	if [ "${1:-}" = --tests ]; then
		browsers
		network_tools
		bash scripts/whip-whep.sh
		bash scripts/mediamtx.sh
		bash scripts/livekit.sh
		bash scripts/ffmpeg.sh
		bash scripts/aiortc.sh
	fi
	say "set-up is complete ($SECONDS s)"
}

case "${1:-}" in
"" | --tests) main "$@" ;;
*) fail "unknown argument $1 (there is only --tests)" ;;
esac
