"""What training starts from: the first weights of the patch embedding, or an exported model."""

import gzip
from pathlib import Path

import torch
from safetensors.torch import load
from torch.nn import functional as F

from clips import Stream, Targets


def exported(path: Path) -> dict:
    """The weights of a model that export.py wrote, without those that only its losses had."""
    tensors = {k: v.float() for k, v in load(gzip.decompress(path.read_bytes())).items()}
    tensors["scale"] = -tensors.pop("temp").log()
    name = "text_encoder.token_embedding.weight"
    vocabulary = tensors[name].any(1).nonzero()[:, 0]
    tensors[name] = torch.cat([torch.zeros(1, tensors[name].shape[1]), tensors[name][vocabulary]])
    return {"model": tensors, "vocabulary": vocabulary.tolist()}


def whiten(vision, stage: dict, size: int, clips: int = 512):
    """Sets the patch embedding to the rotated, whitened principal components of patches, people's thrice as often: the tower
    then finds people in a fraction of the clips."""
    rows = []
    for frames, labels in Stream(stage["render"], 32, seed=77, size=size, count=clips):
        own = torch.from_numpy(Targets(labels, vision.grid).own).flatten(2).any(1)
        patches = vision.patches(torch.from_numpy(frames))
        picked = torch.multinomial(torch.where(own, 1.0, 0.3), 200)
        rows.append(patches.gather(1, picked[..., None].expand(-1, -1, patches.shape[-1])).flatten(0, 1))
    x = (torch.cat(rows).float() - 127.5) / 63.75
    x = x - x.mean(0)
    values, vectors = torch.linalg.eigh((x.T @ x / len(x)).double())
    width = vision.conv1.weight.shape[0]
    values, vectors = values.flip(0)[:width].float(), vectors.flip(1)[:, :width].float()
    rotation = torch.linalg.qr(torch.randn(width, width))[0]
    vision.conv1.weight.data = (0.7 * rotation @ (vectors / (values + 0.02).sqrt()).T).reshape(vision.conv1.weight.shape)
