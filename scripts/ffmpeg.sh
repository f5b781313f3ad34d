#!/bin/bash
# Brings FFmpeg 8, whose WHIP muxer publishes to us in tests, into the user's cache folder: out of the Maven package
# org.bytedeco:ffmpeg, which has it built. Distributions are at older versions, which have no such muxer. Where it cannot be had it
# says so, and those tests are skipped.
set -euo pipefail
version=8.0.1
package=$version-1.5.13
sha256=01da6cce8fb8686abd4a0be940edafcc199255cc97b37b28c49d4f696c1d9ef3
folder=${XDG_CACHE_HOME:-$HOME/.cache}/videogem/ffmpeg-$version

say() { printf 'ffmpeg: %s\n' "$*"; }
skip() {
	say "$*; the tests with FFmpeg are skipped"
	exit 0
}

[ ! -x "$folder/ffmpeg" ] || exit 0
[ "$(uname -m)" = x86_64 ] || skip "the package is for x86_64 only"
for tool in mvn unzip; do
	command -v "$tool" >/dev/null || skip "$tool is not on this machine"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mvn --quiet --batch-mode dependency:copy -Dartifact="org.bytedeco:ffmpeg:$package:jar:linux-x86_64" -DoutputDirectory="$work" ||
	skip "Maven cannot fetch it (see above)"
echo "$sha256  $work/ffmpeg-$package-linux-x86_64.jar" | sha256sum --check --quiet
unzip -q -j "$work/ffmpeg-$package-linux-x86_64.jar" 'org/bytedeco/ffmpeg/linux-x86_64/*' -x '*/libjni*' -d "$work/ffmpeg"
chmod +x "$work/ffmpeg/ffmpeg"
LD_LIBRARY_PATH=$work/ffmpeg "$work/ffmpeg/ffmpeg" -hide_banner -h muxer=whip 2>&1 | grep -q '^Muxer whip' ||
	skip "it does not run here: $(LD_LIBRARY_PATH=$work/ffmpeg "$work/ffmpeg/ffmpeg" -version 2>&1 | head -1)"
mkdir -p "$(dirname "$folder")"
mv "$work/ffmpeg" "$folder"
say "$folder"
