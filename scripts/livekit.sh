#!/bin/bash
# Builds LiveKit, another project's media server, from its Go module into the user's cache folder, for the test that streams to it.
# Where it cannot be built it says so, and that test is skipped. Newer versions ask for modules that the module proxy does not have.
set -euo pipefail
version=v1.9.11
program=${XDG_CACHE_HOME:-$HOME/.cache}/videogem/bin/livekit-$version

say() { printf 'livekit: %s\n' "$*"; }

[ ! -x "$program" ] || exit 0
say "building $version: about two minutes, once"
# Neither the private GStreamer's flags nor its compiler have anything to do with it.
unset CGO_LDFLAGS CC
export CGO_ENABLED=0 GOFLAGS=-mod=mod GOWORK=off
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && GOBIN=$work go install -trimpath "github.com/livekit/livekit-server/cmd/server@$version") || {
	say "it does not build (see above); the test with LiveKit is skipped"
	exit 0
}
mkdir -p "$(dirname "$program")"
mv "$work/server" "$program"
say "$program"
