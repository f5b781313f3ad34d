"""VideoGEM's heat of the key frame for many prompts, in the variants of the paper's ablation."""

import torch
from torch.nn import functional as F

from clips import KEY
from model import STATIC

ONES = (1.0,) * 8
TOP = slice(5, 8)  # the layers whose weights follow the prompt


def with_top(base, top):
    return torch.tensor([*base[:5], top, top, top])


METHODS = {  # weights of the stack, and whether the prompt's own are added
    "GEM": (torch.tensor(ONES), False),
    "static": (torch.tensor(STATIC), False),
    "dynamic": (with_top(ONES, 2 / 3), True),
    "videogem": (with_top(STATIC, 2 / 3 - 0.1), True),
}


class Reader:
    def __init__(self, model):
        self.vision = model.vision_encoder.eval()

    @torch.no_grad()
    def run(self, frames, texts, methods=("videogem",), scope="frame") -> dict:
        """frames uint8 [B, T, S, S, 3] and texts [P, E] to "cls" [B, P] and one map [B, P, grid*grid] a method."""
        v = self.vision
        with torch.autocast("cpu", dtype=torch.bfloat16):
            seen = v(v.patches(torch.from_numpy(frames)), frames=v.frames if scope == "frame" else 0)
        key = slice(1 + KEY, None, v.frames)
        cls, final = seen.final[:, 0].float(), seen.final[:, key].float()
        stack = torch.stack([s[:, key].float() for s in seen.stack])
        out = {"cls": v.head(cls) @ texts.T}
        without = torch.stack([v.head(cls - a.float()) for a in seen.added[-3:]])
        own = (-20 * torch.einsum("lbe,pe->bpl", without, texts)).softmax(-1)
        for name in methods:
            if name == "last layer":
                out[name] = (v.head(final) @ texts.T).transpose(1, 2)
                continue
            base, dynamic = METHODS[name]
            weights = base.repeat(len(cls), len(texts), 1)
            if dynamic:
                weights[..., TOP] += own
            tokens = v.head(torch.einsum("bpl,lbnd->bpnd", weights, stack))
            out[name] = torch.einsum("bpne,pe->bpn", tokens, texts)
        return out


def peaks(maps, size: int):
    """[B, P, grid*grid] to the pixel (x, y) of each map's first maximum, scaled up bilinearly."""
    grid = int(maps.shape[-1] ** 0.5)
    flat = F.interpolate(maps.reshape(-1, 1, grid, grid), size=(size, size), mode="bilinear", align_corners=False)
    best = flat.reshape(*maps.shape[:-1], -1).argmax(-1)
    return torch.stack([best % size, best // size], -1).numpy()
