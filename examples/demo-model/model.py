"""A small ViCLIP (Wang et al., "InternVid", 2023; the same parameter names) with GEM's self-self path
(Bousselham et al., "Grounding Everything", 2024)."""

import math
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

from clips import PARTS

STATIC = (0.3, 0.4, 0.5, 0.6, 0.7, 0.9, 0.9, 0.9)  # VideoGEM's weights of the stack, lowest layer first
DEPTH = len(STATIC) - 1
POSE_AFTER = 4  # blocks, which find joints and how they move; the others find out what that makes


def attend(q, k, v, scale=None, causal=False):
    """Plain attention: on a CPU its bfloat16 products train faster than torch's fused kernel."""
    with torch.autocast(v.device.type, enabled=False):
        scores = (q.to(v.dtype) * (q.shape[-1] ** -0.5 if scale is None else scale)) @ k.to(v.dtype).transpose(-2, -1)
        if causal:
            scores = scores.masked_fill(torch.ones_like(scores[0, 0], dtype=torch.bool).triu(1), -math.inf)
        return scores.softmax(-1) @ v


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.randn(3 * width, width) * width**-0.5)
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)
        # Queries that begin as keys, and projections of half the usual size, start training sooner.
        self.in_proj_weight.data[width : 2 * width] *= 0.1
        self.in_proj_weight.data[width : 2 * width] += self.in_proj_weight.data[:width]
        nn.init.zeros_(self.out_proj.bias)

    def qkv(self, x):
        b, n, c = x.shape
        y = F.linear(x, self.in_proj_weight, self.in_proj_bias)
        return y.view(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)

    def out(self, heads):
        return self.out_proj(heads.transpose(1, 2).flatten(2))


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class Block(nn.Module):
    def __init__(self, width, heads, layers):
        super().__init__()
        self.attn, self.ln_1, self.ln_2 = Attention(width, heads), nn.LayerNorm(width), nn.LayerNorm(width)
        self.mlp = nn.ModuleDict({"c_fc": nn.Linear(width, 4 * width), "c_proj": nn.Linear(4 * width, width)})
        self.gelu = QuickGELU()
        for linear in (self.attn.out_proj, self.mlp["c_proj"]):
            nn.init.normal_(linear.weight, std=2 * width**-0.5 * (2 * layers) ** -0.5)
        nn.init.normal_(self.mlp["c_fc"].weight, std=(2 * width) ** -0.5)

    def feed(self, x):
        return x + self.mlp["c_proj"](self.gelu(self.mlp["c_fc"](self.ln_2(x))))

    def forward(self, x, causal=False):
        return self.feed(x + self.attn.out(attend(*self.attn.qkv(self.ln_1(x)), causal=causal)))

    def gem(self, x, frames=0, path=None):
        """Returns the ordinary path's output and the self-self path's. frames > 0: self-self attention stays within a frame
        (needs a position's tokens of all frames). path 0, 1 or 2: only that of values, keys or queries, for a third of the time."""
        y = self.ln_1(x)
        q, k, v = self.attn.qkv(y)
        inv = (y.float().norm(dim=-1).mean(1) * q.shape[-1] ** -0.5).to(q.dtype)[:, None, None, None]
        ordinary = attend(q, k, v)
        fold = (lambda z: by_frame(z, frames)) if frames else (lambda z: z)
        values, inv = fold(v), inv.repeat_interleave(frames, 0) if frames else inv
        total = 0
        chosen = (v, k, q) if path is None else (v, k, q)[path : path + 1]
        for s in chosen:
            s = F.normalize(fold(s), dim=-1)
            s = F.normalize(attend(s * inv, s, s, scale=1), dim=-1)
            total = total + attend(s * inv, s, values, scale=1) / len(chosen)
        if frames:
            total = torch.cat([ordinary[:, :, :1], by_position(total, frames)], 2)
        return self.feed(x + self.attn.out(ordinary)), self.attn.out(total)


def by_frame(x, frames):
    """[B, H, 1 + positions*T, c] to [B*T, H, positions, c], without CLS."""
    b, h, _, c = x.shape
    return x[:, :, 1:].reshape(b, h, -1, frames, c).permute(0, 3, 1, 2, 4).reshape(b * frames, h, -1, c)


def by_position(x, frames):
    """The inverse of by_frame, without CLS."""
    _, h, n, c = x.shape
    return x.reshape(-1, frames, h, n, c).permute(0, 2, 3, 1, 4).reshape(-1, h, n * frames, c)


class Transformer(nn.Module):
    def __init__(self, width, heads, layers):
        super().__init__()
        self.resblocks = nn.ModuleList(Block(width, heads, layers) for _ in range(layers))


def waves(values, count, length, step):
    """Sines and cosines of values at count frequencies."""
    angles = values.reshape(-1, 1) * step * torch.exp(-torch.arange(count) * math.log(length) / (count - 1))
    return torch.cat([angles.sin(), angles.cos()], 1)


class Seen(NamedTuple):
    final: torch.Tensor  # [B, 1 + tokens, width] the ordinary path's last state
    middle: torch.Tensor  # its state after POSE_AFTER blocks
    stack: list  # of the GEM path: the state entering it, and what each of its blocks gives
    added: list  # [B, width] what each of the last DEPTH blocks added to CLS


class Vision(nn.Module):
    def __init__(self, c):
        super().__init__()
        width, self.patch, self.frames, self.grid = c["width"], c["patch"], c["frames"], c["size"] // c["patch"]
        self.conv1 = nn.Conv3d(3, width, (1, self.patch, self.patch), (1, self.patch, self.patch), bias=False)
        self.class_embedding = nn.Parameter(width**-0.5 * torch.randn(width))
        rows, columns = torch.meshgrid(torch.arange(self.grid), torch.arange(self.grid), indexing="ij")
        places = torch.cat([waves(rows, width // 4, 30, 1.2), waves(columns, width // 4, 30, 1.2)], 1)
        self.positional_embedding = nn.Parameter(torch.cat([width**-0.5 * torch.randn(1, width), 0.6 * places]))
        times = waves(torch.arange(self.frames), width // 2, 20, 1.5)
        mixed = torch.linalg.qr(torch.randn(width, width))[0]  # times must not look like places
        self.temporal_positional_embedding = nn.Parameter((0.35 * times @ mixed)[None])
        self.ln_pre, self.ln_post = nn.LayerNorm(width), nn.LayerNorm(width)
        self.transformer = Transformer(width, c["heads"], c["layers"])
        self.proj = nn.Parameter(width**-0.5 * torch.randn(width, c["embed"]))

    def patches(self, clips):
        """uint8 [B, T, H, W, 3] to uint8 [B, positions*T, 3*p*p], frame fastest."""
        b, t = clips.shape[:2]
        g, p = self.grid, self.patch
        return clips.view(b, t, g, p, g, p, 3).permute(0, 2, 4, 1, 6, 3, 5).reshape(b, g * g * t, 3 * p * p)

    def embed(self, patches, kept=None):
        """Tokens of patches; kept [B, K] are the token numbers of patches that were picked out."""
        x = F.linear((patches.float() - 127.5) / 63.75, self.conv1.weight.flatten(1))
        places = (self.positional_embedding[1:, None] + self.temporal_positional_embedding).flatten(0, 1)
        x = x + (places if kept is None else places[kept])
        cls = (self.class_embedding + self.positional_embedding[0]).expand(x.shape[0], 1, -1)
        return self.ln_pre(torch.cat([cls, x], 1))

    def head(self, x):
        return F.normalize((self.ln_post(x) @ self.proj).float(), dim=-1)

    def plain(self, patches, kept=None):
        """Returns the final state of the ordinary path only."""
        x = self.embed(patches, kept)
        for block in self.transformer.resblocks:
            x = block(x)
        return x

    def forward(self, patches, kept=None, frames=0, path=None) -> Seen:
        x = self.embed(patches, kept)
        blocks = self.transformer.resblocks
        for block in blocks[: len(blocks) - DEPTH]:
            x = block(x)
        stack, added, middle = [x], [], x
        for i, block in enumerate(blocks[len(blocks) - DEPTH :], len(blocks) - DEPTH + 1):
            y, own = block.gem(x, frames, path)
            stack.append(own)
            added.append(y[:, 0] - x[:, 0])
            x = y
            if i == POSE_AFTER:
                middle = x
        return Seen(x, middle, stack, added)


class Text(nn.Module):
    def __init__(self, c, rows):
        super().__init__()
        width = c["text_width"]
        self.token_embedding = nn.Embedding(rows, width)
        self.positional_embedding = nn.Parameter(0.02 * torch.randn(c["context"], width))
        self.transformer = Transformer(width, c["text_heads"], c["text_layers"])
        self.ln_final = nn.LayerNorm(width)
        self.text_projection = nn.Parameter(width**-0.5 * torch.randn(width, c["embed"]))
        nn.init.normal_(self.token_embedding.weight, std=0.1)
        self.token_embedding.weight.data[0] = 0  # words without a row of their own

    def forward(self, tokens, ends):
        x = self.token_embedding(tokens) + self.positional_embedding[: tokens.shape[1]]
        for block in self.transformer.resblocks:
            x = block(x, causal=True)
        x = self.ln_final(x[torch.arange(len(x)), ends])
        return F.normalize((x @ self.text_projection).float(), dim=-1)


class Model(nn.Module):
    """Both towers, and the scales and thresholds of the losses."""

    def __init__(self, c, rows):
        super().__init__()
        self.vision_encoder, self.text_encoder = Vision(c), Text(c, rows)
        self.scale, self.bias = nn.Parameter(torch.tensor(math.log(12.0))), nn.Parameter(torch.tensor(-3.0))  # of the clip
        self.token_scale, self.nothing = nn.Parameter(torch.tensor(math.log(12.0))), nn.Parameter(torch.tensor(0.3))  # of tokens
        # Training's only: which joints does a token see: is one there, where in the token, and how far is it from there a frame before
        # and a frame after?
        self.pose = nn.Linear(c["width"], 7 * len(PARTS))
