# What each target does stands in the script it calls. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build
.PHONY: build setup ort-cuda serve test lint fmt generate bench bench-gpu clean help

build: ## build bin/videogem
	@bash scripts/build.sh

setup: ## install what is missing (GStreamer, ONNX Runtime); a rerun takes a second
	@bash scripts/setup.sh

ort-cuda: ## install ONNX Runtime's build for NVIDIA GPUs (255 MB), and say what it needs beside it
	@bash scripts/ort-cuda.sh

serve: setup build ## set up, build, and serve the demo camera with the demo model; ARGS="…" adds arguments
	@exec bin/videogem serve $(ARGS)

test: ## set up (a browser too) and run all tests under the race detector
	@bash scripts/setup.sh --tests
	@bash scripts/test.sh

lint: ## golangci-lint
	@bash scripts/lint.sh

fmt: ## format the Go files
	@bash scripts/lint.sh fmt

generate: ## make the generated files anew
	@. scripts/env.sh && go generate ./...

bench: ## run the benchmarks
	@. scripts/env.sh && go test -run '^$$' -bench . -benchmem ./...

bench-gpu: ## golden tests and clips a second on a GPU (VIDEOGEM_TEST_DEVICE, or cuda:0)
	@bash scripts/bench-gpu.sh

clean: ## remove what was built; caches stay
	rm -rf bin

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10
