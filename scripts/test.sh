#!/bin/bash
# Vets and runs Go tests under the race detector: those of the packages given, or without arguments all, and then formatting and
# go.mod are checked first.
# Packages whose path ends in /e2e, /browsertest or /robust are run last and one at a time: they look at what a user sees and want the
# machine for themselves.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
SECONDS=0

say() { printf '==> %s (%s s)\n' "$*" "$SECONDS"; }

check_format() {
	local unformatted
	unformatted=$(git ls-files -co --exclude-standard '*.go' | while read -r file; do [ ! -e "$file" ] || echo "$file"; done | xargs -r gofmt -l)
	[ -z "$unformatted" ] || {
		printf 'not formatted, run make fmt:\n%s\n' "$unformatted" >&2
		exit 1
	}
}

# go mod tidy asks the module proxy; only a difference fails, not a proxy that does not answer.
check_tidy() {
	local diff
	! diff=$(go mod tidy -diff 2>/dev/null) || return 0
	[ -z "$diff" ] || {
		printf 'go.mod or go.sum is not tidy, run go mod tidy:\n%s\n' "$(head -40 <<<"$diff")" >&2
		exit 1
	}
	say "go.mod could not be compared with go mod tidy: the module proxy does not answer for all modules"
}

if [ $# = 0 ]; then
	check_format
	check_tidy
	set -- ./...
fi
packages=$(go list "$@")
# These go through the plugin file.
! grep -q '/gst-videogem/e2e$' <<<"$packages" || bash scripts/plugin.sh
bash scripts/cold.sh -race
go vet "$@"
say "vetted"

alone=$(grep '/\(e2e\|browsertest\|robust\)$' <<<"$packages" || true)
others=$(grep -v '/\(e2e\|browsertest\|robust\)$' <<<"$packages" || true)
# shellcheck disable=SC2086 # lists of words
{
	status=0
	[ -z "$others" ] || go test -json -race -count=1 -timeout 20m $others || status=1
	[ -z "$alone" ] || go test -json -race -count=1 -timeout 20m -p 1 $alone || status=1
	# Memory is measured without the race detector, whose own grows.
	! grep -q '/robust$' <<<"$alone" || go test -json -count=1 -timeout 20m -run 'MemoryIsFlat|LeaveNothing' ./element/robust ./engine || status=1
	exit $status
} | go run ./scripts/testsummary
say "tests are done"
