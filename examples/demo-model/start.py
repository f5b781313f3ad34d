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


def look_around(vision, stage: dict, size: int, steps: int = 1000):
    """Points two heads of the first block, which GEM leaves alone, at a token's own place a frame before and a frame after. Left to
    itself the tower takes tens of thousands of clips to find out that frames can be compared."""
    attn, frames = vision.transformer.resblocks[0].attn, vision.frames
    width, side = attn.out_proj.weight.shape[0], attn.out_proj.weight.shape[0] // attn.heads
    rows = torch.cat([torch.arange(2 * side), width + torch.arange(2 * side)])  # queries and keys of the first two heads
    token = torch.arange(vision.grid**2 * frames)
    time = token % frames
    aims = 1 + torch.stack([token - (time > 0).long(), token + (time < frames - 1).long()])  # [2, tokens]
    fresh = torch.nn.Parameter(attn.in_proj_weight.data[rows].clone())
    optimizer = torch.optim.Adam([fresh], lr=4e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, steps)
    for frames_seen, _ in Stream(stage["render"], 4, seed=78, size=size, count=4 * steps):
        with torch.no_grad():
            x = vision.transformer.resblocks[0].ln_1(vision.embed(vision.patches(torch.from_numpy(frames_seen))))
        q, k = (F.linear(x, part).unflatten(2, (2, side)).transpose(1, 2) for part in fresh.chunk(2))
        some = torch.randint(len(token), (64,))
        scores = q[:, :, 1 + some] @ k.transpose(-2, -1) * side**-0.5
        aim = aims[:, some].expand(len(x), -1, -1)
        loss = F.cross_entropy(scores.flatten(0, 2), aim.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    right = (scores.argmax(-1) == aim).float().mean().item()
    attn.in_proj_weight.data[rows] = fresh.data
    attn.in_proj_bias.data[rows] = 0
    attn.in_proj_weight.data[2 * width : 2 * width + 2 * side] = torch.randn(2 * side, width) * width**-0.5
    attn.out_proj.weight.data[:, : 2 * side] *= 0.3
    print(f"two heads look a frame back and ahead: {right:.3f} of their tokens do", flush=True)


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
