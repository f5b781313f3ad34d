#!/bin/bash
# Trains the demo model and exports it: `make demo-model`. It may be stopped at any time; the next run goes on at the last
# checkpoint. ARGS go to train.py.
#
#   DEMO_MODEL      folder for checkpoints, logs and the Python environment; ~/.cache/videogem/demo-model
#   DEMO_MODEL_RUN  name of the run; model
#   PROCESSES       how many train together; one a core, or one where there is a GPU
#   PIP_INDEX_URL   where packages come from; else what pip is configured for
set -euo pipefail
cd "$(dirname "$0")"

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/videogem/demo-model
WORK=${DEMO_MODEL:-$CACHE}
RUN=$WORK/${DEMO_MODEL_RUN:-model}
mkdir -p "$WORK"

# With glibc's usual settings half the time goes into page faults.
export MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=20000000000 MALLOC_TOP_PAD_=268435456 MALLOC_ARENA_MAX=2
export GLIBC_TUNABLES=glibc.malloc.hugetlb=1 OMP_NUM_THREADS=1

if ! cmp -s requirements.txt "$WORK/venv/requirements.txt"; then
	python3 -m venv "$WORK/venv"
	"$WORK/venv/bin/pip" install -q -r requirements.txt
	cp requirements.txt "$WORK/venv/"
fi
(
	. ../../scripts/env.sh
	go build -o "$WORK/render" ./render
)
export RENDER=$WORK/render
PYTHON=$WORK/venv/bin/python

processes=$("$PYTHON" -c "import os, torch; print(1 if torch.cuda.is_available() else os.cpu_count())")
nice -n "${NICE:-15}" "$PYTHON" -m torch.distributed.run --standalone --nproc-per-node "${PROCESSES:-$processes}" -- train.py "$RUN.pt" "$@"
export OMP_NUM_THREADS=$(nproc)
"$PYTHON" evaluate.py "$RUN.pt" "$RUN.json"
"$PYTHON" curves.py "$RUN.jsonl" "$RUN.png"
"$PYTHON" export.py "$RUN.pt" "$RUN"
echo "to embed it: cp $RUN/model.safetensors.gz engine/model/demo/"
