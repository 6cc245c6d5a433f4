"""The common head of a step's rows, forward before its micro-batches and backward after them, once each.

Its keys and values are leaves that every micro-batch reads; after the last one the gradients that have arrived at the
leaves are driven back through the head. Loss and gradient are those of rows that hold the head themselves, up to the
order of the additions.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


class HeadPass:
    """The head of one step in one process.

    states: of every layer its keys and values [1, length, kv heads, head_dim], fp32 at least, for the micro-batches
    lm: its part of the step's lm figure, divided by the counts of the whole batch
    """

    def __init__(
        self, computed: Sequence[tuple[Tensor, Tensor]], loss: Tensor | None, lm: float
    ) -> None:
        self.lm = lm
        self._loss = loss
        self._computed = [tensor for pair in computed for tensor in pair]
        # Gradients add up over the micro-batches in fp32, whatever the precision of the products.
        leaves = [
            tensor.detach()
            .to(torch.promote_types(tensor.dtype, torch.float32))
            .requires_grad_(tensor.requires_grad)
            for tensor in self._computed
        ]
        self._leaves = leaves
        self.states = list(zip(leaves[::2], leaves[1::2], strict=True))

    def backward(self, scale: float) -> None:
        """Drives the gradients of all micro-batches, and the head's own loss, back through the head."""
        roots: list[Tensor] = []
        gradients: list[Tensor | None] = []
        for tensor, leaf in zip(self._computed, self._leaves, strict=True):
            if leaf.grad is not None:
                roots.append(tensor)
                gradients.append(leaf.grad.to(tensor.dtype))
        if self._loss is not None:
            roots.append(self._loss * scale)
            gradients.append(None)
        if roots:
            torch.autograd.backward(roots, gradients)
