"""What the vision tower is trained for."""

import torch
from torch.nn import functional as F

from clips import NOTHING, PARTS
from model import STATIC
from prompts import ACTIONS, GROUPS, OBJECTS, PERSON

SHARPNESS = 25  # of the soft arg-max over tokens


def members() -> torch.Tensor:
    """[GROUPS, classes] which actions make a prompt of a group true."""
    m = torch.zeros(GROUPS, len(ACTIONS))
    m[: len(ACTIONS)].fill_diagonal_(1)
    for row, ids in enumerate(OBJECTS.values()):
        m[len(ACTIONS) + row, ids] = 1
    m[PERSON] = 1
    return m


def clip_loss(model, cls, text, ids):
    """Which prompts are true of the clip: sigmoid for each, softmax over the actions. Ids [B, A]."""
    present = torch.zeros(len(ids), len(ACTIONS) + 1, device=ids.device).scatter_(1, ids.clamp(min=-1) % (len(ACTIONS) + 1), 1.0)
    present = present[:, :-1]
    true = (present @ members().to(ids.device).T > 0).float()
    logits = cls @ text.T * model.scale.exp() + model.bias
    sure = (ids >= NOTHING).all(1)  # an actor whose action is in doubt leaves its clip out
    each = F.binary_cross_entropy_with_logits(logits, true, reduction="none")
    each[:, PERSON] *= 0.2
    among = -(present / present.sum(1, keepdim=True).clamp(min=1) * logits[:, : len(ACTIONS)].log_softmax(1)).sum(1)
    weight = sure.float() / sure.sum().clamp(min=1)
    return (each.sum(1) * weight).sum(), (among * weight).sum()


def read_out(model, stack):
    """VideoGEM's embedding of every token, static weights."""
    return model.vision_encoder.head(sum(w * path[:, 1:].float() for w, path in zip(STATIC, stack)))


def pointing_loss(similar, truth, valid):
    """-log of the soft arg-max's mass in the right boxes. similar [B, P, K]; truth [B, P, K]; valid [B, P]."""
    mass = (similar * SHARPNESS).log_softmax(2).masked_fill(~truth, -1e4).logsumexp(2)
    hit = truth.gather(2, similar.argmax(2, keepdim=True))[..., 0]
    count = valid.sum().clamp(min=1)
    return -(mass * valid).sum() / count, (hit * valid).sum() / count


def pose_loss(model, tokens, kept, joints, grid):
    """Which joints does a token see, where in it, and where are they a frame before and after? It teaches the tower poses, which are the
    same in any clothes, and how they move. joints [B, A, T, JOINTS, 2] in cells. Returns the loss of what is there and of where it is."""
    frames = joints.shape[2]
    time, place = kept % frames, kept // frames
    here = torch.stack([place % grid, place // grid], -1) + 0.5  # [B, K, 2]
    row = torch.arange(len(kept), device=kept.device)[:, None]
    course = joints.permute(0, 2, 1, 3, 4)  # [B, T, A, JOINTS, 2]
    before, now, after = (course[row, (time + step).clamp(0, frames - 1)] for step in (-1, 0, 1))  # [B, K, A, JOINTS, 2]
    away = (now - here[:, :, None, None]).nan_to_num(1e3)
    there, wanted, known = [], [], []
    for part in PARTS:  # of several that look alike, the nearest
        nearest = away[..., part, :].abs().amax(-1).flatten(2).argmin(2)[..., None, None]
        pick = lambda x: x[..., part, :].flatten(2, 3).gather(2, nearest.expand(-1, -1, 1, 2))[:, :, 0]  # noqa: B023, E731
        off, back, on = pick(away), pick(before) - pick(now), pick(after) - pick(now)
        seen = off.abs().amax(-1) < 0.75
        there.append(seen)
        wanted.append(torch.cat([off, back, on], -1))
        known.append(torch.stack([seen, seen & (time > 0), seen & (time < frames - 1)], -1).repeat_interleave(2, -1))
    there, wanted, known = torch.stack(there, -1), torch.stack(wanted, 2), torch.stack(known, 2)
    known = known & ~wanted.isnan()
    said = model.pose(tokens.float()).unflatten(-1, (len(PARTS), 7))
    is_there = F.binary_cross_entropy_with_logits(said[..., 0], there.float(), reduction="none").sum(-1).mean()
    where = F.smooth_l1_loss(said[..., 1:], wanted.nan_to_num(), reduction="none", beta=0.1)
    return is_there, (where * known).sum() / known.sum().clamp(min=1)


def dense_losses(model, tokens, text, ids, own, near) -> dict:
    """Losses of tokens [B, K, E] against prompts [P, E]; own [B, A, K] and near [B, K] as in clips.Targets."""
    n = len(ACTIONS)
    similar = tokens @ text.T  # [B, K, P]
    known = ids >= 0
    classes = ids.clamp(min=0)
    actions = similar[..., :n].transpose(1, 2).gather(1, classes[..., None].expand(-1, -1, similar.shape[1]))
    point, hit = pointing_loss(actions, own, known & own.any(2))

    rest = members().to(ids.device)[n : PERSON + 1]  # objects, and anybody
    holds = rest[:, classes].permute(1, 0, 2) * known[:, None]  # [B, objects + 1, A]
    holds[:, -1] = 1
    truth = torch.einsum("bpa,bak->bpk", holds, own.float()) > 0
    things, _ = pointing_loss(similar[..., n : PERSON + 1].transpose(1, 2), truth, truth.any(2))

    # Which action does a token belong to? That of the only actor whose box it is in; none where nobody is.
    alone = own & (own.sum(1, keepdim=True) == 1)
    label = ((ids[..., None] + 1) * alone).sum(1)  # action + 1; 0: nothing, by label or for lack of an actor
    doubtful = (own.sum(1) > 1) | (alone & (ids < NOTHING)[..., None]).any(1) | (near & ~own.any(1))
    scale = model.token_scale.exp()
    logits = torch.cat([model.nothing.expand(*similar.shape[:2], 1), similar[..., :n]], -1) * scale
    losses = F.cross_entropy(logits.flatten(0, 1), label.clamp(min=0).flatten(), reduction="none").view_as(near)
    weight = (~doubtful).float() * torch.where(near, 1.0, 0.3)
    token = (losses * weight).sum() / weight.sum().clamp(min=1)
    inside = alone.any(1) & ~doubtful & (label > 0)
    right = ((similar[..., :n].argmax(-1) == label - 1) & inside).sum() / inside.sum().clamp(min=1)

    # A prompt of unknown words is like no token.
    unknown = F.softplus((similar[..., -1] - model.nothing) * scale).mean()
    return {"point": point, "things": things, "token": token, "unknown": unknown, "hit": hit, "token_right": right}
