"""Clips from the Go renderer, over a pipe, with their targets."""

import json
import os
import queue
import struct
import subprocess
import threading

import numpy as np

from prompts import ACTIONS

FRAMES, KEY, MOST = 8, 4, 4  # frames a clip; the one that labels are about; actors with targets
JOINTS = 11  # pelvis, neck, head, then pairs: elbows, hands, knees, ankles (democam.ClipJoints)
PARTS = ((0,), (1,), (2,), (3, 4), (5, 6), (7, 8), (9, 10))  # joints that look alike
STILL = {"raising an arm", "standing still", "sitting on a chair", "holding an umbrella", "playing guitar"}
FROZEN_TWIN = {"waving": "raising an arm", "walking": "standing still"}
NEEDS_ORDER = {"waving", "walking", "lifting a box", "carrying a box"}
NOTHING, IGNORED = -1, -2  # instead of a class


class Stream:
    """Batches of clips: (frames uint8 [B, T, S, S, 3], labels)."""

    def __init__(self, flags: dict, batch: int, seed: int, size: int = 96, count: int = 0, prefetch: int = 6):
        binary = os.environ.get("RENDER", "./render/render")
        words = [f"-{k}={v}" for k, v in {**flags, "seed": seed, "n": count}.items()]
        self.process = subprocess.Popen([binary, *words], stdout=subprocess.PIPE, bufsize=1 << 20)
        self.queue = queue.Queue(prefetch)
        self.batch, self.shape = batch, (FRAMES, size, size, 3)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            while True:
                frames, labels = np.empty((self.batch, *self.shape), np.uint8), []
                for i in range(self.batch):
                    labels.append(json.loads(self.take(struct.unpack("<I", self.take(4))[0])))
                    frames[i] = np.frombuffer(self.take(frames[i].size), np.uint8).reshape(self.shape)
                self.queue.put((frames, labels))
        except EOFError:
            self.queue.put(None)

    def take(self, n: int) -> bytes:
        data = self.process.stdout.read(n)
        if len(data) < n:
            raise EOFError
        return data

    def __iter__(self):
        while (batch := self.queue.get()) is not None:
            yield batch

    def close(self):
        self.process.kill()
        self.process.wait()


def joined(actor: dict, t: int) -> list[float]:
    """The person's box with its object's, unless the object has flown off by more than 0.3 body heights."""
    b, o = list(actor["person"][t]), actor["obj"][t]
    if o[2] > o[0]:
        away = 0.3 * max(b[3] - b[1], 0.1)
        if max(o[0] - b[2], b[0] - o[2], o[1] - b[3], b[1] - o[3]) < away:
            b = [min(b[0], o[0]), min(b[1], o[1]), max(b[2], o[2]), max(b[3], o[3])]
    return b


class Targets:
    """ids [B, A]: classes; own [B, A, G, G, T]: tokens in an actor's box; near [B, G, G, T]: tokens that touch any box;
    joints [B, A, T, JOINTS, 2]: in cells, NaN where the actor is not to be seen."""

    def __init__(self, labels: list, grid: int):
        b = len(labels)
        self.ids = np.full((b, MOST), NOTHING)
        self.own = np.zeros((b, MOST, grid, grid, FRAMES), bool)
        self.near = np.zeros((b, grid, grid, FRAMES), bool)
        self.joints = np.full((b, MOST, FRAMES, JOINTS, 2), np.nan, np.float32)
        for i, label in enumerate(labels):
            for k, actor in enumerate(label["actors"]):
                self.add(i, k, actor, grid)

    def add(self, i: int, k: int, actor: dict, grid: int):
        seen = 0
        first, end = actor.get("frames", (0, FRAMES))
        for t in range(FRAMES):
            x0, y0, x1, y1 = (v * grid for v in joined(actor, t))
            self.near[i, int(y0) : int(y1) + 1, int(x0) : int(x1) + 1, t] = True
            if k >= MOST or x1 - x0 < 0.15 or y1 - y0 < 0.3 or not first <= t < end:
                continue
            seen += 1
            self.own[i, k, inner(y0, y1, grid), inner(x0, x1, grid), t] = True
            if "joints" in actor:
                self.joints[i, k, t] = np.reshape(actor["joints"][t], (JOINTS, 2))
                self.joints[i, k, t] *= grid
        if k < MOST:
            self.ids[i, k] = actor["id"] if seen >= 5 else IGNORED
            if actor.get("scrambled"):
                self.ids[i, k] = NOTHING

    def freeze(self, frames, i: int, t: int):
        """Makes clip i stand still at frame t: movement that is gone makes some actions others."""
        frames[i] = frames[i, t].copy()
        self.joints[i] = self.joints[i, :, t, None]
        self.own[i], self.near[i] = self.own[i, ..., t, None], self.near[i, ..., t, None]
        for k, c in enumerate(self.ids[i]):
            if c >= 0 and ACTIONS[c] not in STILL:
                twin = FROZEN_TWIN.get(ACTIONS[c])
                self.ids[i, k] = ACTIONS.index(twin) if twin else IGNORED

    def shuffle(self, frames, i: int, rng):
        """Puts the frames of clip i out of order, the key frame apart: what is told by its course is no longer there."""
        others = [t for t in range(FRAMES) if t != KEY]
        order = np.insert(rng.permutation(others), KEY, KEY)
        frames[i] = frames[i, order]
        self.joints[i] = self.joints[i][:, order]
        self.own[i], self.near[i] = self.own[i][..., order], self.near[i][..., order]
        for k, c in enumerate(self.ids[i]):
            if c >= 0 and ACTIONS[c] not in STILL:
                self.ids[i, k] = NOTHING if ACTIONS[c] in NEEDS_ORDER else IGNORED


def inner(a: float, b: float, grid: int) -> slice:
    """The cells of which at least about a third lies between a and b; at least one."""
    first, end = int(np.floor(a + 0.7)), int(np.ceil(b - 0.7))
    if end <= first:
        first = int((a + b) / 2)
        end = first + 1
    return slice(max(first, 0), min(end, grid))
