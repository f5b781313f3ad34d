"""Draws learning curves from the .jsonl file beside a checkpoint.

    curves.py LOG.jsonl OUT.png"""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402

PANELS = {
    "tokens": {"hit": "peak in the actor's box", "token_right": "token's action right"},
    "losses of tokens": {"point": "pointing", "token": "action or nothing", "things": "objects"},
    "losses of joints": {"joints": "which are there", "places": "where they are, were and will be"},
    "losses of clips": {"each": "each prompt", "among": "among the actions"},
}


def main():
    lines = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    figure, axes = plt.subplots(1, len(PANELS), figsize=(17, 3.6), layout="constrained")
    for axis, (title, series) in zip(axes, PANELS.items()):
        for key, label in series.items():
            axis.plot([line["clips"] / 1000 for line in lines], [line.get(key, float("nan")) for line in lines], label=label)
        axis.set(title=title, xlabel="thousand clips", ylim=(0, None))
        axis.grid(alpha=0.3)
        axis.legend(frameon=False)
    figure.savefig(sys.argv[2], dpi=110)


if __name__ == "__main__":
    main()
