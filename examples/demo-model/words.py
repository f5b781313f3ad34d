"""The text tower: a tokenizer with only the rows that prompts use, and the tower's own training.

Trained together with the vision tower it collapses (all prompts alike), so it is trained first, by itself, to send all
phrases of a group to the group's anchor; then it is frozen, as ViCLIP's is."""

import torch
from torch.nn import functional as F

import bpe
from prompts import GROUPS, UNSEEN, phrases


class Words:
    """Tokens of texts. Row 0 stands for every word that no training phrase has; its embedding stays zero."""

    def __init__(self, context: int, vocabulary: list[int] | None = None):
        self.bpe, self.context = bpe.BPE(), context
        if vocabulary is None:
            texts = [p.replace(UNSEEN, "") for group in phrases() for p in group]
            vocabulary = sorted({i for text in texts for i in self.bpe.encode(text)}) + [bpe.START, bpe.END]
        self.vocabulary = vocabulary
        self.rows = {token: row + 1 for row, token in enumerate(vocabulary)}

    def tokens(self, text: str) -> list[int]:
        known = [self.rows.get(i, 0) for part in text.split(UNSEEN) for i in [*self.bpe.encode(part), -1]][:-1]
        return known[: self.context - 2]

    def batch(self, texts: list[str], rng=None):
        """Padded tokens and the index of each text's end. With rng, a quarter gets unseen words put in."""
        lists = []
        for text in texts:
            row = self.tokens(text)
            if rng is not None and rng.random() < 0.25:
                for _ in range(rng.integers(1, 3)):
                    row.insert(int(rng.integers(0, len(row) + 1)), 0)
            lists.append([self.rows[bpe.START], *row[: self.context - 2], self.rows[bpe.END]])
        longest = max(map(len, lists))
        return torch.tensor([r + [0] * (longest - len(r)) for r in lists]), torch.tensor([len(r) - 1 for r in lists])


def new_anchors(width: int, old=None):
    """One unit vector a group, all at right angles. old [n, width] are kept as the first ones."""
    free = torch.randn(GROUPS, width)
    if old is None:
        return torch.linalg.qr(free.T)[0].T[:GROUPS].contiguous()
    basis = torch.linalg.qr(old.T)[0]
    rest = free[len(old) :]
    rest = rest - rest @ basis @ basis.T
    return torch.cat([old, torch.linalg.qr(rest.T)[0].T])


def train_text(tower, words: Words, anchors, steps: int, rate: float, rng) -> float:
    """Trains the tower and returns how often a phrase is nearest to its own group's anchor at the end."""
    groups = phrases()
    optimizer = torch.optim.AdamW(tower.parameters(), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps)
    labels, right = torch.arange(GROUPS).repeat(4), []
    for _ in range(steps):
        texts = [group[int(rng.integers(len(group)))] for _ in range(4) for group in groups]
        cosines = tower(*words.batch(texts, rng)) @ anchors.T
        own = cosines[torch.arange(len(labels)), labels]
        loss = F.cross_entropy(cosines * 15, labels) + 2 * (1 - own).mean()
        optimizer.zero_grad()
        loss.backward()
        tower.token_embedding.weight.grad[0] = 0
        optimizer.step()
        schedule.step()
        tower.token_embedding.weight.data[0] = 0
        right.append((cosines.argmax(1) == labels).float().mean().item())
    return sum(right[-50:]) / len(right[-50:])


@torch.no_grad()
def embed_all(tower, words: Words, rng) -> list:
    """Embeddings of every training phrase, once as it is and once perhaps with unseen words, by group."""
    return [tower(*words.batch(sorted(set(group)) * 2, rng)) for group in phrases()]
