#!/bin/bash
# Builds MediaMTX, another project's media server, from its Go module into the user's cache folder, for the tests that stream to it
# and from it, and puts its clients for browsers beside it. Where it cannot be built it says so, and those tests are skipped.
set -euo pipefail
version=v1.15.3
program=${XDG_CACHE_HOME:-$HOME/.cache}/videogem/bin/mediamtx
clients=${XDG_CACHE_HOME:-$HOME/.cache}/videogem/mediamtx-$version

say() { printf 'mediamtx: %s\n' "$*"; }

built() { [ "$("$program" --version 2>/dev/null)" = "$version" ]; }
! built || [ ! -e "$clients/publisher.js" ] || exit 0
# Neither the private GStreamer's flags nor its compiler have anything to do with it.
unset CGO_LDFLAGS CC
export CGO_ENABLED=0 GOFLAGS=-mod=mod GOWORK=off
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
folder=$(cd "$work" && go mod init none 2>/dev/null && go mod download -json "github.com/bluenviron/mediamtx@$version" | sed -n 's/^\t"Dir": "\(.*\)",\?$/\1/p') && [ -n "$folder" ] || {
	say "the module proxy does not have it; the tests with MediaMTX are skipped"
	exit 0
}
mkdir -p "$clients"
install -m 644 "$folder/internal/servers/webrtc/reader.js" "$folder/internal/servers/webrtc/publisher.js" "$clients"
! built || exit 0
say "building $version: about two minutes, once"
cp -r "$folder" "$work/source"
chmod -R u+w "$work/source"
# Its own build generates these two: its version, and a player for HLS, which no test of ours uses.
printf %s "$version" >"$work/source/internal/core/VERSION"
: >"$work/source/internal/servers/hls/hls.min.js"
mkdir -p "$(dirname "$program")"
(cd "$work/source" && go build -trimpath -o "$program.new" .) || {
	say "it does not build (see above); the tests with MediaMTX are skipped"
	exit 0
}
mv "$program.new" "$program"
say "$program"
