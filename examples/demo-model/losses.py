"""What the vision tower is trained for."""

import torch
from torch.nn import functional as F

from clips import JOINTS, NOTHING
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


def order_loss(model, tokens, own, moving, shuffled):
    """Are the frames in which an actor moves in order? Asked of the mean of its tokens [B, K, C], it teaches the tower to see the
    course of a movement, which the actions alone teach it slowly."""
    own = (own & moving[..., None]).float()
    count = own.sum(2)
    logits = model.order((own / count.clamp(min=1)[..., None]) @ tokens.float())[..., 0]
    losses = F.binary_cross_entropy_with_logits(logits, shuffled.float(), reduction="none")
    there = (count > 0).float()
    return (losses * there).sum() / there.sum().clamp(min=1)


def pose_loss(model, tokens, kept, own, joints, grid):
    """Where are the joints of a token's actor a frame before, now, and a frame after? In cells, from the token's own. It teaches the
    tower poses, which look the same in any clothes, and their course. Left and right are told apart by nobody: of both ways round
    the nearer one counts, for arms and for legs."""
    frames = joints.shape[2]
    alone = own & (own.sum(1, keepdim=True) == 1)
    row, actor = torch.arange(len(own), device=own.device)[:, None], alone.int().argmax(1)
    time, place = kept % frames, kept // frames
    here = torch.stack([place % grid, place // grid], -1)[:, :, None] + 0.5
    told = model.pose(tokens.float()).unflatten(-1, (3, JOINTS, 2)).unbind(2)
    total, count = 0, 0
    for said, step in zip(told, (-1, 0, 1)):
        then = time + step
        wanted = joints[row, actor, then.clamp(0, frames - 1)] - here
        there = alone.any(1) & (then >= 0) & (then < frames) & ~wanted[..., 0, 0].isnan()
        wanted = wanted.nan_to_num()
        off = off_by(said, wanted, slice(0, 3))
        for a in (3, 7):  # elbows and hands; knees and ankles
            limbs, other = slice(a, a + 4), [a + 1, a, a + 3, a + 2]
            off = off + torch.minimum(off_by(said, wanted, limbs), off_by(said, wanted[:, :, other], limbs, slice(0, 4)))
        total = total + (off * there).sum()
        count = count + there.sum()
    return total / count.clamp(min=1) / JOINTS


def off_by(said, wanted, joints: slice, of=None):
    return F.smooth_l1_loss(said[:, :, joints], wanted[:, :, of or joints], reduction="none", beta=0.2).sum((-1, -2))


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
