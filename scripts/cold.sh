#!/bin/bash
# Warns before the long wait: the first compile of go-gst. Takes the flags of the go command that is to follow (-race, or none).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
if grep -q true <<<"$(go list "$@" -f '{{.Stale}}' github.com/go-gst/go-gst/pkg/gst 2>/dev/null)"; then
	echo "==> compiling go-gst for the first time${1:+ with $1}: 3 to 4 minutes on 2 cores; Go's build cache ($(go env GOCACHE)) keeps it"
fi
