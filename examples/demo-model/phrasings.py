"""Writes the phrasings that the Go evaluation asks in: phrasings.py > ../../pipeline/eval/dataset/words/demo.json

A test of that package runs this and compares."""

import json

import prompts

print(
    json.dumps(
        {
            "trained": {
                "templates": prompts.TEMPLATES,
                "phrases": {a: [a, *more] for a, more in zip(prompts.ACTIONS, prompts.PARAPHRASES)},
            },
            "held-out": {"templates": prompts.HELD_OUT_TEMPLATES, "phrases": dict(zip(prompts.ACTIONS, prompts.HELD_OUT))},
            "unknown": prompts.UNKNOWN,
        },
        indent=1,
    )
)
