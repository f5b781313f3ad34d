#!/bin/bash
# Puts ONNX Runtime's build for NVIDIA GPUs into the user's cache folder (255 MB to fetch, a pinned hash), beside the ordinary one,
# and names what it needs that this machine lacks. PIP_INDEX_URL names another package index than pip's.
set -euo pipefail
cd "$(dirname "$0")/.."

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/videogem

# package_index prints the index that pip would ask on this machine: pip's help shows it with the configuration applied.
package_index() {
	local python
	for python in python3 /usr/bin/python3; do
		if "$python" -m pip --version >/dev/null 2>&1; then
			COLUMNS=999 "$python" -m pip download --help | sed -n 's/.*Base URL of the Python Package Index (default \([^)]*\)).*/\1/p'
			return
		fi
	done
}

mkdir -p "$CACHE/bin"
CGO_ENABLED=0 go build -ldflags= -buildvcs=false -o "$CACHE/bin/fetchort" ./scripts/fetchort
library=$("$CACHE/bin/fetchort" -cuda -where)
if [ ! -e "$library" ]; then
	index=${PIP_INDEX_URL:-$(package_index)}
	[ -n "$index" ] || {
		echo "ort-cuda: pip does not tell its package index: set PIP_INDEX_URL." >&2
		exit 1
	}
	SSL_CERT_FILE=${SSL_CERT_FILE:-${PIP_CERT:-}} "$CACHE/bin/fetchort" -cuda -index "$index"
fi
echo "==> ONNX Runtime for GPUs: $library"

missing=$(ldd "$(dirname "$library")/libonnxruntime_providers_cuda.so" | sed -n 's/^[[:space:]]*\(.*\) => not found$/\1/p' | sort -u)
if [ -n "$missing" ]; then
	echo "==> still missing here, from NVIDIA's CUDA 13 toolkit and cuDNN 9:"
	# shellcheck disable=SC2086 # a list of names
	printf '      %s\n' $missing
	echo "    Install them, or get them with"
	echo "      pip install nvidia-cuda-runtime nvidia-cublas nvidia-cufft nvidia-curand nvidia-cuda-nvrtc nvidia-cudnn-cu13"
	echo "    and add the folders that hold them to LD_LIBRARY_PATH."
fi
if ls /proc/driver/nvidia/gpus/* >/dev/null 2>&1; then
	echo "==> GPU: $(cat /proc/driver/nvidia/gpus/*/information | sed -n 's/^Model:[[:space:]]*//p' | paste -sd, -)"
else
	echo "==> no NVIDIA GPU: its driver is not loaded, so the engine stays on the CPU."
fi
