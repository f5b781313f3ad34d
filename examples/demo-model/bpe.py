"""CLIP's byte-pair encoding of lower-case text (Sennrich, Haddow and Birch, "Neural machine translation of rare words
with subword units", 2016), read from the vocabulary that the Go tokenizer embeds. Only what the demo model's prompts
need: letters, digits and ASCII punctuation."""

import gzip
import re
from functools import lru_cache
from pathlib import Path

VOCABULARY = Path(__file__).resolve().parents[2] / "engine/tokenizer/vocabulary/bpe_simple_vocab_16e6.txt.gz"
SIZE = 49408
START, END = SIZE - 2, SIZE - 1
WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[a-z]+|[0-9]|[^\sa-z0-9]+")


class BPE:
    """Turns text into CLIP's token ids."""

    def __init__(self, path: Path = VOCABULARY):
        merges = gzip.open(path, "rt", encoding="utf-8").read().split("\n")[1 : SIZE - 512 - 2 + 1]
        pairs = [tuple(line.split()) for line in merges]
        # The 256 bytes come first, printable ones in the order of their code points, then the rest; each once more
        # with the mark of a word's end; then one token a merge.
        printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
        rest = [b for b in range(256) if b not in printable]
        letters = [chr(b) for b in printable] + [chr(256 + i) for i in range(len(rest))]
        tokens = letters + [c + "</w>" for c in letters] + ["".join(p) for p in pairs]
        self.ids = {token: i for i, token in enumerate(tokens)}
        self.ranks = {pair: i for i, pair in enumerate(pairs)}

    @lru_cache(maxsize=None)
    def word(self, word: str) -> tuple[int, ...]:
        """Merges the letters of a word, the pair that was merged first in training first."""
        parts = [*word[:-1], word[-1] + "</w>"]
        while len(parts) > 1:
            pair = min(zip(parts, parts[1:]), key=lambda p: self.ranks.get(p, len(self.ranks)))
            if pair not in self.ranks:
                break
            merged, i = [], 0
            while i < len(parts):
                if tuple(parts[i : i + 2]) == pair:
                    merged.append("".join(pair))
                    i += 2
                else:
                    merged.append(parts[i])
                    i += 1
            parts = merged
        return tuple(self.ids[p] for p in parts)

    def encode(self, text: str) -> list[int]:
        """Token ids without start and end."""
        return [i for word in WORDS.findall(text.lower()) for i in self.word(word)]
