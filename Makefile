# What each target does stands in the script it calls. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build
.PHONY: build plugin install uninstall gst setup ort-cuda serve test lint fmt generate demo-model demo-model-check bench bench-gpu clean help

build: ## build bin/videogem
	@bash scripts/build.sh

plugin: ## build GStreamer's plugin, bin/gstreamer-1.0/libgstvideogem.so
	@bash scripts/plugin.sh

install: plugin ## put the plugin where GStreamer looks; PREFIX=/usr/local and DESTDIR=… are honoured
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" bash scripts/plugin.sh install

uninstall: ## take the plugin out again; PREFIX and DESTDIR as for install
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" bash scripts/plugin.sh uninstall

gst: export GST_COMMAND = $(value CMD)
gst: setup plugin ## run a GStreamer command line with the plugin: make gst CMD="gst-inspect-1.0 videogem"
	@exec bash scripts/gst.sh "$$GST_COMMAND"

setup: ## install what is missing (GStreamer, ONNX Runtime); a rerun takes a second
	@bash scripts/setup.sh

ort-cuda: ## install ONNX Runtime's build for NVIDIA GPUs (255 MB), and say what it needs beside it
	@bash scripts/ort-cuda.sh

serve: setup build ## set up, build, and serve the demo camera with the demo model; ARGS="…" adds arguments
	@exec bin/videogem serve $(ARGS)

test: ## set up (browsers too) and run all tests under the race detector
	@bash scripts/setup.sh --tests
	@bash scripts/test.sh

lint: ## golangci-lint
	@bash scripts/lint.sh

fmt: ## format the Go files
	@bash scripts/lint.sh fmt

generate: ## make the generated files anew
	@. scripts/env.sh && go generate ./...

demo-model: ## train the demo model, or go on where it stopped (hours on a CPU); ARGS="…"
	@bash examples/demo-model/run.sh $(ARGS)

demo-model-check: ## measure the demo model and say what of its goals it reaches (ten minutes)
	@bash examples/demo-model/check.sh

bench: ## run the benchmarks
	@. scripts/env.sh && go test -run '^$$' -bench . -benchmem ./...

bench-gpu: ## golden tests and clips a second on a GPU (VIDEOGEM_TEST_DEVICE, or cuda:0)
	@bash scripts/bench-gpu.sh

clean: ## remove what was built; caches stay
	rm -rf bin

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10
