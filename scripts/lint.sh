#!/bin/bash
# Runs golangci-lint, pinned, and builds it the first time (about a minute and a half). Arguments are passed on, e.g. --fix.
set -euo pipefail
cd "$(dirname "$0")/.."
VERSION=v2.15.0
BIN=${XDG_CACHE_HOME:-$HOME/.cache}/videogem/bin/golangci-lint-$VERSION
if [ ! -x "$BIN/golangci-lint" ]; then
	echo "==> building golangci-lint $VERSION into $BIN: one to three minutes, once"
	CGO_ENABLED=0 GOFLAGS= GOBIN=$BIN go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$VERSION"
fi
. scripts/env.sh
bash scripts/cold.sh
command=run
[ "${1:-}" != fmt ] || { command=fmt && shift; }
"$BIN/golangci-lint" "$command" "$@"
