#!/bin/bash
# Brings the npm package whip-whep, another author's WHEP client, into the user's cache folder, for the test that plays our
# streams with it. Without npm or a network it says so, and that test is skipped.
set -euo pipefail
version=1.2.0
sha256=f032b2b2015da76268d3f4a0450af2cf24ae984c6bf7cc5bfd494763cefaf786
folder=${XDG_CACHE_HOME:-$HOME/.cache}/videogem/whip-whep-$version

say() { printf 'whip-whep: %s\n' "$*"; }

[ ! -e "$folder/whep.js" ] || exit 0
command -v npm >/dev/null || { say "npm is not on this machine; the test with this client is skipped"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" "whip-whep@$version" >/dev/null || { say "npm cannot fetch it; the test with this client is skipped"; exit 0; }
echo "$sha256  $work/whip-whep-$version.tgz" | sha256sum --check --quiet
tar -xzf "$work/whip-whep-$version.tgz" -C "$work"
mkdir -p "$(dirname "$folder")"
mv "$work/package" "$folder"
say "$folder"
