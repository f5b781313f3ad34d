"""Processes that train one model together, a thread and a part of each batch for each: on a machine that does other work too they lose
less time than threads, which wait for one another after every operation."""

import os

import torch
from torch import distributed


class Team:
    """Those that torchrun started; without it, one process alone."""

    def __init__(self):
        self.size, self.rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
        if self.size > 1:
            distributed.init_process_group("gloo")

    def agree(self, value: float) -> float:
        """Returns the first one's value."""
        if self.size == 1:
            return value
        told = torch.tensor([value], dtype=torch.float64)
        distributed.broadcast(told, 0)
        return told.item()

    @torch.no_grad()
    def start_alike(self, model):
        """Gives all the first one's weights."""
        if self.size > 1:
            for tensor in model.state_dict().values():
                distributed.broadcast(tensor, 0)

    @torch.no_grad()
    def share_gradients(self, parameters):
        """Gives all the mean of their gradients."""
        if self.size == 1:
            return
        gradients = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([g.flatten() for g in gradients])
        distributed.all_reduce(flat)
        flat /= self.size
        for g, mean in zip(gradients, flat.split([g.numel() for g in gradients])):
            g.copy_(mean.view_as(g))
