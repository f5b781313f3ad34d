"""Writes a checkpoint as the Go program embeds it: model.safetensors.gz, half precision, ViCLIP's names.

    export.py CHECKPOINT OUTDIR"""

import argparse
import gzip
from pathlib import Path

import torch
from safetensors.torch import save

import bpe

LOSS_ONLY = ("scale", "bias", "token_scale", "nothing", "pose.")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("checkpoint", type=Path)
    p.add_argument("out", type=Path)
    a = p.parse_args()
    ck = torch.load(a.checkpoint, map_location="cpu", weights_only=True)
    tensors = {k: v.half().contiguous() for k, v in ck["model"].items() if not k.startswith(LOSS_ONLY)}
    name = "text_encoder.token_embedding.weight"
    table = torch.zeros(bpe.SIZE, tensors[name].shape[1], dtype=torch.half)
    table[ck["vocabulary"]] = tensors[name][1:]
    tensors[name] = table
    tensors["temp"] = (1 / ck["model"]["scale"].exp()).half()
    a.out.mkdir(parents=True, exist_ok=True)
    data = gzip.compress(save(tensors, {"format": "pt"}), 9, mtime=0)
    (a.out / "model.safetensors.gz").write_bytes(data)
    print(f"{a.out / 'model.safetensors.gz'}: {len(data)} bytes")


if __name__ == "__main__":
    main()
