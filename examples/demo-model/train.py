"""Trains the demo model, stage by stage as config.yaml says, and goes on where a checkpoint left off.

    train.py OUT [--from CHECKPOINT] [--stage NAME] [--minutes M]
"""

import argparse
import copy
import json
import math
import os
import shutil
import time
from pathlib import Path

import numpy as np
import torch
import yaml

from clips import Stream, Targets
from losses import clip_loss, dense_losses, pose_loss, read_out
from model import Model
from muon import Muon
from start import exported, whiten
from team import Team
from words import Words, embed_all, new_anchors, train_text

HELD_OUT = 900_000_000  # seeds from here on are for tests
POOL, SAVE_SECONDS, LOG_STEPS = 300, 150, 300
AVERAGED = 1000  # steps that the averaged weights, which are the result, look back on


def half_is_faster() -> bool:
    """Some processors multiply bfloat16 thrice as fast as float32, others at half its speed."""
    took = []
    for kind in (torch.float32, torch.bfloat16):
        x = torch.ones(4096, 512, dtype=kind)
        w = torch.ones(512, 512, dtype=kind)
        laps = []
        for _ in range(10):
            began = time.monotonic()
            x @ w
            laps.append(time.monotonic() - began)
        took.append(min(laps))
    return took[1] < took[0]


class Training:
    def __init__(self, out: Path, config: dict):
        self.out, self.config = out, config
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.stage, self.done, self.clips, self.seconds = 0, 0.0, 0, 0.0  # done: share of the stage
        self.words = Words(config["model"]["context"])
        self.team = Team()
        self.rng = np.random.default_rng(1)
        self.half = self.device == "cuda" or half_is_faster()

    def build(self, vocabulary=None):
        if vocabulary is not None:
            self.words = Words(self.config["model"]["context"], vocabulary)
        self.model = Model(self.config["model"], len(self.words.vocabulary) + 1).to(self.device)
        self.average, self.steps = None, 0  # made when the first stage begins
        inner, decayed, others = [], [], []
        for name, p in self.model.named_parameters():
            if not name.startswith("text_encoder"):
                (others if p.ndim <= 1 else inner if "resblocks" in name else decayed).append(p)
        self.optimizers = [
            Muon(inner),
            torch.optim.AdamW([{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}], betas=(0.9, 0.98), fused=True),
        ]

    def begin(self):
        """A new model: the text tower is trained first."""
        self.build()
        whiten(self.model.vision_encoder.cpu(), self.config["stages"][0], self.config["model"]["size"])
        c = self.config["text"]
        tower = self.model.text_encoder.cpu()
        right = train_text(tower, self.words, new_anchors(self.config["model"]["embed"]), c["steps"], c["rate"], self.rng)
        print(f"text tower: {right:.3f} of the phrases are nearest to their group", flush=True)
        self.model.to(self.device)

    def load(self, path: Path, weights_only=False):
        ck = exported(path) if path.suffix == ".gz" else torch.load(path, map_location=self.device, weights_only=True)
        self.build(ck["vocabulary"])
        if weights_only:
            own = self.model.state_dict()
            missing = self.model.load_state_dict({k: v for k, v in ck["model"].items() if k in own and v.shape == own[k].shape}, strict=False).missing_keys
            print("starts anew:", missing, flush=True)
            return
        self.model.load_state_dict(ck["live"])
        self.average, self.steps = copy.deepcopy(self.model), ck["steps"]
        self.average.load_state_dict(ck["model"])
        for optimizer, state in zip(self.optimizers, ck["optimizers"]):
            optimizer.load_state_dict(state)
        self.stage, self.done, self.clips, self.seconds = ck["stage"], ck["done"], ck["clips"], ck["seconds"]
        self.rng = np.random.default_rng([self.clips, self.team.rank])

    def save(self):
        if self.team.rank > 0:
            return
        state = {
            "model": self.average.state_dict(), "live": self.model.state_dict(), "steps": self.steps, "optimizers": [o.state_dict() for o in self.optimizers],
            "vocabulary": self.words.vocabulary, "config": self.config, "stage": self.stage, "done": self.done, "clips": self.clips, "seconds": self.seconds,
        }  # fmt: skip
        torch.save(state, self.out.with_suffix(".new"))
        os.replace(self.out.with_suffix(".new"), self.out)

    def batches(self, stage: dict):
        """Rendered batches, each followed by an earlier one once more: rendering is not free."""
        first = 100_000_000 + self.clips + self.team.rank * (HELD_OUT - 100_000_000) // self.team.size
        stream = Stream(stage["render"], stage["batch"] // self.team.size, first, size=self.config["model"]["size"])
        pool = []
        try:
            for batch in stream:
                if len(pool) < POOL:
                    pool.append(batch)
                else:
                    pool[int(self.rng.integers(POOL))] = batch
                yield batch
                yield pool[int(self.rng.integers(len(pool)))]
        finally:
            stream.close()

    def prepare(self, batch, stage: dict):
        """Frozen and shuffled copies, targets, and the tokens to look at."""
        frames, labels = batch[0].copy(), batch[1]
        vision = self.model.vision_encoder
        targets = Targets(labels, vision.grid)
        for i in range(len(frames)):
            fate = self.rng.random()
            if fate < stage["frozen"]:
                targets.freeze(frames, i, int(self.rng.integers(vision.frames)))
            elif fate < stage["frozen"] + stage["shuffled"]:
                targets.shuffle(frames, i, self.rng)
        own = torch.from_numpy(targets.own).flatten(2)
        near = torch.from_numpy(targets.near).flatten(1)
        # Positions are looked at in all frames or in none: a movement is not to be seen in frames picked here and there.
        weight = torch.where(own.any(1).unflatten(1, (-1, vision.frames)).any(2), 1.0, stage["background"])
        places = (torch.rand_like(weight).log() / weight).topk(stage["kept"], 1).indices
        kept = (places[..., None] * vision.frames + torch.arange(vision.frames)).flatten(1)
        patches = vision.patches(torch.from_numpy(frames))
        patches = patches.gather(1, kept[..., None].expand(-1, -1, patches.shape[-1]))
        own, near = own.gather(2, kept[:, None].expand(-1, own.shape[1], -1)), near.gather(1, kept)
        return [x.to(self.device) for x in (patches, kept, own, near, torch.from_numpy(targets.ids), torch.from_numpy(targets.joints))]

    def step(self, batch, stage: dict, text) -> dict:
        patches, kept, own, near, ids, joints = self.prepare(batch, stage)
        with torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.half):
            if stage["boxes"]:
                seen = self.forward(patches, kept, self.model.vision_encoder.frames, path=int(self.rng.integers(3)) if stage["one_path"] else None)
                x = seen.final
            else:
                x = self.forward(patches, kept)
            cls = self.model.vision_encoder.head(x[:, 0])
        each, among = clip_loss(self.model, cls, text, ids)
        parts = {"each": each, "among": among}
        loss = stage["clip"] * (0.3 * each + 0.5 * among)
        if stage["boxes"]:
            parts |= dense_losses(self.model, read_out(self.model, seen.stack), text, ids, own, near)
            parts["joints"], parts["places"] = pose_loss(self.model, seen.middle[:, 1:], kept, joints, self.model.vision_encoder.grid)
            loss = loss + parts["point"] + 0.5 * parts["things"] + 1.5 * parts["token"] + 0.3 * parts["unknown"]
            loss = loss + stage["pose"] * (parts["joints"] + 8 * parts["places"])
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.team.share_gradients(self.model.parameters())
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        for scale in (self.model.scale, self.model.token_scale):
            scale.data.clamp_(max=math.log(60))
        self.steps += 1
        share = max(1 / self.steps, 1 / AVERAGED)
        for mean, now in zip(self.average.parameters(), self.model.parameters()):
            mean.data.lerp_(now.data, share)
        return {"loss": loss, **parts}

    def run(self, stage: dict):
        print(f"stage {stage['name']} from {self.done:.3f}", flush=True)
        self.model.text_encoder.requires_grad_(False)
        if self.average is None:
            self.average = copy.deepcopy(self.model)
        self.team.start_alike(self.model)
        vision = self.model.vision_encoder
        self.forward = vision if stage["boxes"] else vision.plain
        if self.device == "cuda" or shutil.which("g++"):
            self.forward = torch.compile(self.forward, dynamic=False)
        embedded = embed_all(self.model.text_encoder.cpu(), self.words, self.rng)
        began = saved = lap = time.monotonic()
        start, seen, seconds_before, sums = self.done, 0, self.seconds, []
        for n, batch in enumerate(self.batches(stage)):
            passed = time.monotonic() - began
            self.done = self.team.agree(start + max(seen / stage["clips"], passed / 60 / stage.get("minutes", 1e9)))
            if self.done >= 1:
                break
            first, last = stage["rate"]
            rate = min(1, (n + 1) / 50) * (last + (first - last) * 0.5 * (1 + math.cos(math.pi * self.done)))
            for optimizer in self.optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = rate
            text = torch.stack([e[int(self.rng.integers(len(e)))] for e in embedded]).to(self.device)
            sums.append({k: v.item() for k, v in self.step(batch, stage, text).items()})
            seen += stage["batch"]
            self.clips += stage["batch"]
            self.seconds = seconds_before + time.monotonic() - began
            if len(sums) == LOG_STEPS:
                now = time.monotonic()
                self.log(stage, rate, LOG_STEPS * stage["batch"] / (now - lap), sums)
                lap, sums = now, []
            if time.monotonic() - saved > SAVE_SECONDS:
                self.save()
                saved = time.monotonic()
        self.stage, self.done = self.stage + 1, 0.0
        self.save()

    def log(self, stage: dict, rate: float, speed: float, sums: list):
        if self.team.rank > 0:
            return
        line = {"stage": stage["name"], "done": round(self.done, 4), "clips": self.clips, "seconds": round(self.seconds), "rate": rate, "clips_per_second": round(speed, 1)}
        line |= {k: round(sum(s[k] for s in sums) / len(sums), 4) for k in sums[0]}
        with self.out.with_suffix(".jsonl").open("a") as f:
            print(json.dumps(line), file=f)
        print(line, flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("out", type=Path)
    p.add_argument("--config", type=Path, default=Path(__file__).parent / "config.yaml")
    p.add_argument("--start", type=Path, help="weights to start from, where OUT does not exist: a checkpoint, or an exported model.safetensors.gz")
    p.add_argument("--stage", help="begin with this stage")
    a = p.parse_args()
    config = yaml.safe_load(a.config.read_text())
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    t = Training(a.out, config)
    if a.out.exists():
        t.load(a.out)
    elif a.start:
        t.load(a.start, weights_only=True)
    else:
        torch.manual_seed(1)
        t.begin()
    if a.stage and not a.out.exists():
        t.stage, t.done = [s["name"] for s in config["stages"]].index(a.stage), 0.0
    for stage in config["stages"][t.stage :]:
        t.run(stage)


if __name__ == "__main__":
    main()
