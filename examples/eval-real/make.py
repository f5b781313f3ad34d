"""Makes frames/ and manifest.jsonl from boxes.json and the clips README.md lists: `python3 make.py FOLDER_OF_CLIPS`.

Needs PyAV and Pillow (made with PyAV 18.1 and Pillow 13.0). A sample's clip is eight frames, a quarter of a second apart (closer in a
clip shorter than two seconds), the boxed one the fifth where the clip goes on long enough before and behind it. Frames are shrunk to
320 pixels of width.
"""
import json
import pathlib
import sys

import av
from PIL import Image

FRAMES, KEY, STEP, WIDTH = 8, 4, 0.25, 320
here = pathlib.Path(__file__).parent
prompts = {
    "action": "A photo of a person {}.", "verb": "A photo of a person {} something.", "object": "A photo of a person using {}.",
    "no object": "A photo of a person.",
}

samples = []
for clip in json.loads((here / "boxes.json").read_text()):
    pictures = [(f.time, f.to_image()) for f in av.open(str(pathlib.Path(sys.argv[1]) / clip["file"])).decode(video=0)]
    times = [t for t, _ in pictures]
    step = min(STEP, (times[-1] - times[0]) / FRAMES)
    folder = here / "frames" / clip["clip"]
    folder.mkdir(parents=True, exist_ok=True)
    for s in clip["samples"]:
        start = min(max(s["time"] - KEY * step, times[0]), times[-1] - (FRAMES - 1) * step)
        key = round((s["time"] - start) / step)
        paths = []
        for i in range(FRAMES):
            at = min(range(len(times)), key=lambda k: abs(times[k] - (s["time"] + (i - key) * step)))
            path = folder / f"{round(times[at] * 1000):06d}.jpg"
            picture = pictures[at][1]
            picture.resize((WIDTH, round(WIDTH * picture.height / picture.width)), Image.LANCZOS).save(path, quality=75, optimize=True)
            paths.append(str(path.relative_to(here)))
        samples.append({
            "id": f"{clip['clip']}/{s['time']:g}", "label": s["action"], "class": s["verb"],
            "prompts": {
                "action": prompts["action"].format(s["action"]), "verbs": [prompts["verb"].format(s["verb"])],
                "objects": [prompts["object"].format(s["object"]) if s["object"] else prompts["no object"]],
            },
            "media": {"kind": "images", "paths": paths}, "key": key,
            "boxes": [[round(v * 1000) for v in b] for b in s["boxes"]], "space": [1000, 1000], "missing": "skip",
        })

header = {"format": "videogem-eval-1", "dataset": "real", "samples": len(samples)}
(here / "manifest.jsonl").write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in [header, *samples]))
