"""Low-rank adapters (Hu et al. 2021): W x + (alpha / r) · B A x, with W frozen and A and B trained in fp32.

A is drawn as PEFT draws it (uniform, Kaiming with a = √5), B is zero, so that the first forward is the base's. The
projections of one input share one draw of the dropout.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from .config import LoraConfig

if TYPE_CHECKING:
    from .model import Projection, Student


class LowRank(nn.Module):
    """The adapter of one projection: down [r, in], up [out, r]."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        config: LoraConfig,
        generator: torch.Generator,
        device: torch.device | str,
    ) -> None:
        super().__init__()
        bound = 1 / math.sqrt(inputs)
        down = torch.empty(config.r, inputs).uniform_(-bound, bound, generator=generator)
        self.down = nn.Parameter(down.to(device))
        self.up = nn.Parameter(torch.zeros(outputs, config.r, device=device))
        self.scale = config.alpha / config.r
        self.dropout = config.dropout

    def delta(self) -> Tensor:
        """What merging adds to the weight: [out, in]."""
        return self.scale * (self.up @ self.down)


def adapted(x: Tensor, layers: Sequence[Projection]) -> Tensor | None:
    """The low-rank part of joined projections [..., Σ out]; None where none has an adapter."""
    adapters = [layer.adapter for layer in layers]
    present = [one for one in adapters if one is not None]
    if not present:
        return None
    # Not `training` alone: what is only looked at (probes, parity) draws nothing.
    live = present[0].training and torch.is_grad_enabled()
    dropped = functional.dropout(x, present[0].dropout, training=live)
    down = functional.linear(dropped, torch.cat([one.down for one in present]).to(x.dtype))
    narrow = iter(down.split([one.down.shape[0] for one in present], dim=-1))
    parts = []
    for layer, adapter in zip(layers, adapters, strict=True):
        if adapter is None:
            parts.append(x.new_zeros((*x.shape[:-1], layer.out_features)))
        else:
            parts.append(functional.linear(next(narrow) * adapter.scale, adapter.up.to(x.dtype)))
    return parts[0] if len(parts) == 1 else torch.cat(parts, dim=-1)


def attach(student: Student, config: LoraConfig, seed: int) -> None:
    """Freezes a student and gives every projection that the configuration names an adapter, drawn from the seed."""
    student.requires_grad_(False)
    generator = torch.Generator().manual_seed(seed)
    for name, layer in student.projections():
        if name.rpartition(".")[2] in config.targets:
            device = student.frequencies.device
            layer.adapter = LowRank(
                layer.in_features, layer.out_features, config, generator, device
            )


def trained(student: Student) -> dict[str, nn.Parameter]:
    """The parameters that training changes, by name: all of them, or the adapters'."""
    return {name: p for name, p in student.named_parameters() if p.requires_grad}


def merge(student: Student) -> None:
    """Adds every adapter to its weight and takes it off; the student must hold its weights unquantised."""
    with torch.no_grad():
        for _, layer in student.projections():
            if layer.adapter is not None:
                delta = layer.adapter.delta()
                layer.weight += delta.to(layer.weight.dtype)
                layer.adapter = None
