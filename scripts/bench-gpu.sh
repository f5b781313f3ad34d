#!/bin/bash
# Runs the golden tests and the clips-a-second benchmark on a GPU. Without one, both skip and say why.
set -euo pipefail
cd "$(dirname "$0")/.."

export VIDEOGEM_TEST_DEVICE=${VIDEOGEM_TEST_DEVICE:-cuda:0}
go test -count=1 -run Golden -v ./engine/onnx | grep -v 'max abs difference\|=== '
go test -count=1 -run '^$' -bench GPU -v -benchtime 10x -timeout 60m ./engine
