#!/bin/bash
# Measures the demo model in Go, with `videogem eval`, and says what of its goals it reaches: `make demo-model-check`.
#
#   MODEL  a model's name, folder or checkpoint; demo, the one that is built in
#   CLIPS  clips a set; 1000 (ten minutes on two cores)
#   OUT    folder for manifests and reports, which is emptied first; ~/.cache/videogem/demo-model/check
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/env.sh

MODEL=${MODEL:-demo} CLIPS=${CLIPS:-1000}
OUT=${OUT:-${XDG_CACHE_HOME:-$HOME/.cache}/videogem/demo-model/check}
rm -rf "$OUT" # results of another model of the same name
mkdir -p "$OUT"
go build -o "$OUT/videogem" ./cmd/videogem
go build -o "$OUT/check" ./examples/demo-model/check

say() { printf '\n== %s\n' "$*"; }

# measure NAME SEED FLAGS… -- FLAGS…: prepares clips from a seed on with the first flags and runs the model on them with the others.
measure() {
	local name=$1 seed=$2 prepare=()
	shift 2
	while [ "$1" != -- ]; do
		prepare+=("$1")
		shift
	done
	shift
	say "$name"
	"$OUT/videogem" eval prepare demo --clips "$CLIPS" --seed "$seed" "${prepare[@]}" --out "$OUT/$name.jsonl" >/dev/null
	"$OUT/videogem" eval run --model "$MODEL" --manifest "$OUT/$name.jsonl" --prompts action --threads 2 --out "$OUT/$name" "$@" 2>>"$OUT/log.txt"
}

measure calibration 930000000 -- --clips
measure calm 900000000 -- --clips
measure heldout 910000000 --heldout -- --clips
measure pairs 920000000 --twins --
measure shuffled 920000000 --twins --shuffle --
measure trained 900000000 --phrasing trained -- --clips
measure phrasings 900000000 --phrasing held-out -- --clips
measure wide 900000000 --aspect 1.78 --
measure clutter 900000000 --ease 0 --min-height .3 --max-height .6 --
measure jumble 940000000 --props 3 --night .5 --ease .7 --
measure changing 950000000 --change .6 --
measure last-layer 900000000 -- --depth 0

say "weightings"
"$OUT/videogem" eval ablate --model "$MODEL" --manifest "$OUT/calm.jsonl" --prompts action,decomposed --fuse point,mean --threads 2 \
	--out "$OUT/weightings" 2>>"$OUT/log.txt"

say "$MODEL, $CLIPS clips a set"
"$OUT/check" -dir "$OUT" -file "$([ "$MODEL" != demo ] || echo engine/model/demo/model.safetensors.gz)"
