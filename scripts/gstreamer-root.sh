#!/bin/bash
# Unpacks a private Debian 13 root with GStreamer 1.26 and its headers under the user's cache folder, for systems whose own
# GStreamer is older. Nothing is installed and no maintainer script runs: apt works out the packages with an empty status of its
# own, and dpkg-deb unpacks them. No root rights are needed. scripts/env.sh then builds against this root as a sysroot.
#
#   VIDEOGEM_DEBIAN_MIRROR  a Debian mirror, where the machine's own apt sources name none (Ubuntu)
set -euo pipefail
cd "$(dirname "$0")"

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/videogem
ROOT=$CACHE/debian13
DEBS=$CACHE/debian13.debs # kept when a download breaks off, so that the next run goes on from there
SUITE=trixie
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
PACKAGES="libc6-dev libstdc++-14-dev
	libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
	gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav
	gstreamer1.0-rtsp"
# Headers only (analytics): what this package depends on would add OpenCV, VTK and LLVM, 1.3 GB.
BARE_PACKAGES="libgstreamer-plugins-bad1.0-dev"

# The marker holds this: a changed list makes a new root.
wanted() { echo "$SUITE $PACKAGES $BARE_PACKAGES" | cksum | cut -d' ' -f1; }

fail() {
	printf 'gstreamer-root: %s\n' "$*" >&2
	exit 1
}

# The Debian mirror that this machine's apt uses, from deb822 .sources, one-line lists and cloud images' mirror lists, comments
# left out. The security archive is no mirror of Debian, and neither is any other vendor's.
mirror() {
	if [ -n "${VIDEOGEM_DEBIAN_MIRROR:-}" ]; then
		echo "$VIDEOGEM_DEBIAN_MIRROR"
		return
	fi
	find /etc/apt -name '*.list' -o -name '*.sources' | sort | while read -r file; do sed 's/#.*//' "$file"; done |
		tr -s '[:space:]' '\n' | awk 'sub("/+$", "") + 1 && /^https?:.*\/debian$/ && !n++'
}

check_tools() {
	local tool
	for tool in apt-get apt-config dpkg dpkg-deb tar; do
		command -v "$tool" >/dev/null || fail "$tool is missing. This way works on Debian and Ubuntu; elsewhere install GStreamer 1.26 or newer."
	done
	[ -r "$KEYRING" ] || fail "$KEYRING is missing: apt-get install debian-archive-keyring"
	MIRROR=$(mirror)
	[ -n "$MIRROR" ] || fail "no Debian mirror in this machine's apt sources. Set VIDEOGEM_DEBIAN_MIRROR to the address of one (it ends in /debian) and run again."
	local free
	free=$(df -Pm "$CACHE" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge 2000 ] || fail "2 GB are needed in $CACHE, $free MB are free."
}

# An apt with folders of its own: it neither reads nor changes what is installed here.
write_apt_conf() {
	mkdir -p "$TMP/apt/lists/partial" "$DEBS/partial"
	: >"$TMP/apt/status"
	echo "deb [signed-by=$KEYRING] $MIRROR $SUITE main" >"$TMP/apt/sources.list"
	cat >"$TMP/apt/apt.conf" <<-EOF
		Dir::State "$TMP/apt";
		Dir::State::status "$TMP/apt/status";
		Dir::State::lists "$TMP/apt/lists";
		Dir::Cache "$TMP/apt";
		Dir::Cache::archives "$DEBS";
		Dir::Etc::SourceList "$TMP/apt/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		APT::Sandbox::User "";
		APT::Install-Recommends "false";
		APT::Default-Release "";
		APT::Architectures { "$(dpkg --print-architecture)"; };
		Acquire::Languages "none";
		Acquire::Retries "3";
		APT::Update::Error-Mode "any";
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear DPkg::Pre-Install-Pkgs;
		#clear DPkg::Post-Invoke;
	EOF
}

apt() { apt-get -qq -c "$TMP/apt/apt.conf" "$@"; } # -c is read last, after the machine's own settings (proxies are kept)

download() {
	apt update || fail "apt cannot read $SUITE from the mirror (see above)"
	# shellcheck disable=SC2086 # lists of words
	{
		apt -y --download-only install $PACKAGES >/dev/null
		(cd "$DEBS" && apt download $BARE_PACKAGES)
		apt autoclean >/dev/null # what an earlier run left in an older version
	} || fail "the download broke off (see above); run again, it goes on from there"
}

# All packages into one tree, two at a time. The links of the merged /usr come first, as a real Debian has them.
unpack() {
	local dir
	mkdir -p "$TMP/root/usr"
	for dir in bin sbin lib lib64; do
		mkdir -p "$TMP/root/usr/$dir"
		ln -s "usr/$dir" "$TMP/root/$dir"
	done
	export TMP
	# shellcheck disable=SC2016 # for the inner shell
	find "$DEBS" -maxdepth 1 -name '*.deb' -print0 | xargs -0 -n 1 -P 2 bash -c '
		set -euo pipefail
		dpkg-deb --fsys-tarfile "$1" | tar -x -C "$TMP/root" --no-same-owner --no-same-permissions --keep-directory-symlink \
			--exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale --exclude=./usr/share/info
	' unpack || fail "unpacking failed (see above)"
	# Sound plugins whose libraries look for a private folder at its usual place; GStreamer would warn about them at each start.
	rm -f "$TMP"/root/usr/lib/*/gstreamer-1.0/libgst{pulseaudio,fluidsynthmidi}.so
	without_libproxy "$TMP/root"
	[ -e "$TMP/root/usr/lib/$(uname -m)-linux-gnu/pkgconfig/gstreamer-1.0.pc" ] || fail "the unpacked root holds no GStreamer"
}

# libproxy looks for its private library at its usual place, too. Where the system has none there, the module that asks it does not load, and
# says so at each start of an http or rtsp source. In a root of an earlier set-up it is taken out as well.
without_libproxy() {
	[ -e "/usr/lib/$(uname -m)-linux-gnu/libproxy/libpxbackend-1.0.so" ] || rm -f "$1"/usr/lib/*/gio/modules/libgiolibproxy.so
}

main() {
	if [ "$(cat "$ROOT/complete" 2>/dev/null)" = "$(wanted)" ]; then
		without_libproxy "$ROOT"
		echo "==> GStreamer: 1.26, in the private Debian 13 root $ROOT"
		return
	fi
	mkdir -p "$CACHE"
	check_tools
	TMP=$(mktemp -d "$CACHE/debian13.new.XXXXXX")
	trap 'rm -rf "$TMP"' EXIT
	echo "==> GStreamer: unpacking Debian 13's into $ROOT (about 250 MB to fetch, 0.9 GB on disk; nothing is installed)"
	write_apt_conf
	SECONDS=0
	download
	echo "  fetched $(find "$DEBS" -maxdepth 1 -name '*.deb' | wc -l) packages, $(du -sm "$DEBS" | cut -f1) MB ($SECONDS s)"
	SECONDS=0
	unpack
	wanted >"$TMP/root/complete"
	[ ! -e "$ROOT" ] || mv "$ROOT" "$TMP/old" # out of the way in one step, removed with TMP
	mv "$TMP/root" "$ROOT"
	rm -rf "$DEBS"
	echo "  unpacked $(du -sm "$ROOT" | cut -f1) MB ($SECONDS s)"
}

main
