#!/bin/bash
# Brings the Python package aiortc, another author's WebRTC library, into the user's cache folder, for the tests that watch and publish
# with it. Without Python or a network it says so, and those tests are skipped.
set -euo pipefail
version=1.16.0
folder=${XDG_CACHE_HOME:-$HOME/.cache}/videogem/aiortc-$version

say() { printf 'aiortc: %s\n' "$*"; }
skip() {
	say "$*; the tests with it are skipped"
	exit 0
}

[ ! -e "$folder/complete" ] || exit 0
command -v python3 >/dev/null || skip "python3 is not on this machine"
rm -rf "$folder"
python3 -m venv "$folder" || skip "python3 makes no environment (see above)"
"$folder/bin/pip" --quiet --disable-pip-version-check install "aiortc==$version" aioice==0.13.0 av==18.1.0 pylibsrtp==1.0.0 pyOpenSSL==26.4.0 cryptography==50.0.2 ||
	skip "pip cannot install it (see above)"
touch "$folder/complete"
say "$folder"
