"""DeepSpeed's ZeRO, stages 1 and 2: every process holds the whole student, and only its part of the rest.

Stage 1 shares out the moments and a second copy of the weights, stage 2 the gradients too. What is DeepSpeed's here are
the parts, adding gradients up into them, and gathering what each process has updated. Losses, accumulation, clipping
and the learning rate are the trainer's own: DeepSpeed adds gradients up, and neither scales, averages nor clips.

Processes meet in the order of their collectives, and backward passes differ: the head's, one without rows, one for
which memory ran out. So gradients are handed over in one fixed order, and a missing one as zeros.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.nn import Parameter

from .config import OptimConfig
from .errors import is_out_of_memory
from .group import BUCKET, Group, lost_process
from .objective import Objective
from .step import make_optimizer

warnings.filterwarnings(
    "ignore", message=".*all_gather_into_tensor. is deprecated", category=FutureWarning
)


def settings(stage: int) -> dict[str, Any]:
    """What DeepSpeed is told: everything that it would do to losses, gradients or norms by itself is off."""
    return {
        "train_micro_batch_size_per_gpu": 1,
        "gradient_accumulation_steps": 1,
        "gradient_clipping": 0.0,
        "gradient_allreduce_op": "sum",
        "zero_optimization": {
            "stage": stage,
            "reduce_bucket_size": BUCKET,
            "allgather_bucket_size": BUCKET,
            "overlap_comm": False,
            "round_robin_gradients": False,
            "compute_grad_norm": False,
        },
    }


@dataclass(frozen=True)
class Piece:
    """Where a parameter lies in its group's parts: [first, first + size) of all of them, one behind the other."""

    group: int
    first: int
    size: int


class Zero:
    """Stands where an optimizer does; `finish`, `clip`, `step` and `moment` are for all processes together."""

    def __init__(self, objective: Objective, config: OptimConfig, group: Group) -> None:
        # Left alone, DeepSpeed takes a GPU that the run does not use; and it tells everything to everybody.
        os.environ["DS_ACCELERATOR"] = group.device
        import deepspeed  # pyright: ignore[reportMissingImports]
        from deepspeed import ops  # pyright: ignore[reportMissingImports]
        from deepspeed.utils import logger  # pyright: ignore[reportMissingImports]

        logger.setLevel(logging.WARNING)
        # Nor is anything compiled: it would build a way of its own to exchange on CPUs.
        vars(ops)["__compatible_ops__"] = {}
        self.group = group
        self.stage = group.engine.zero
        # In the order in which a backward pass comes to them, by and large.
        self._order = [p for p in objective.parameters() if p.requires_grad][::-1]
        # DeepSpeed hears of the parameters alone: it would hook itself into a module.
        shell = torch.nn.ParameterList(self._order)
        optimizer = make_optimizer(objective, config)
        optimizer.param_groups[:] = [one for one in optimizer.param_groups if one["params"]]
        _, inner, _, _ = deepspeed.initialize(
            model=shell, optimizer=optimizer, config=settings(self.stage)
        )
        self._inner: Any = inner
        for hook in inner._grad_acc_hooks:
            hook.remove()
        self._pieces: dict[Parameter, Piece] = {}
        for index, parameters in enumerate(inner.bit16_groups):
            at = 0
            for parameter in parameters:
                self._pieces[parameter] = Piece(index, at, parameter.numel())
                at += parameter.numel()
        self._at = len(self._order)
        self._ready: set[Parameter] = set()
        self._exchanging = False
        if self.stage == 2:
            for parameter in self._order:
                parameter.register_post_accumulate_grad_hook(self._came)

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        """Those of AdamW, for the learning rate."""
        return self._inner.param_groups

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forgets all gradients, added up or not."""
        self._inner.zero_grad(set_to_none=True)
        for kept in (self._inner.averaged_gradients, self._inner.all_grad_tensors):
            for index in kept:
                kept[index] = None

    def step(self) -> None:
        """AdamW on this process's parts; then every process has all weights."""
        self._do(self._inner.step)

    # -- Adding gradients up, in every micro-batch (stage 2) or once a step (stage 1).

    def begin(self) -> None:
        """Before a backward pass whose gradients are handed over."""
        self._ready.clear()
        self._at = 0
        self._inner.setup_buckets()

    def finish(self, *, last: bool) -> None:
        """After it, come through or not: whatever was not handed over is; `last` of the step."""
        self._inner.set_gradient_accumulation_boundary(last)
        self._do(self._hand_over_rest)

    def _hand_over_rest(self) -> None:
        self._inner.setup_buckets()
        for parameter in self._order[self._at :]:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            self._hand_over(parameter)
        self._at = len(self._order)
        self._inner.overlapping_partition_gradients_reduce_epilogue()

    def _came(self, parameter: Any) -> None:
        if self._at == len(self._order):
            return
        self._ready.add(parameter)
        self._do(self._hand_over_ready)

    def _hand_over_ready(self) -> None:
        while self._at < len(self._order) and self._order[self._at] in self._ready:
            self._hand_over(self._order[self._at])
            self._at += 1

    def _hand_over(self, parameter: Parameter) -> None:
        index = self._pieces[parameter].group
        self._inner.reduce_ready_partitions_and_remove_grads(parameter, index)

    @property
    def broken(self) -> bool:
        """Whether an exchange itself failed: nobody knows how far it came, so it cannot be made up for."""
        return self._exchanging

    def _do(self, act: Callable[[], None]) -> None:
        self._exchanging = True
        try:
            act()
        except RuntimeError as error:
            if is_out_of_memory(error):
                raise
            raise lost_process(self.group.size) from error
        self._exchanging = False

    def clip(self, limit: float, scale: float) -> float:
        """Divides gradients by the factor of the losses, clips them by their norm over all parts, and returns it."""
        parts = [part for own in self._inner.averaged_gradients.values() for part in own]
        for part in parts:
            if scale != 1.0:
                part /= scale
        norm = self.group.sum([float(torch.nn.utils.get_total_norm(parts)) ** 2])[0] ** 0.5
        factor = limit / (norm + 1e-6)
        if factor < 1:
            for part in parts:
                part.mul_(factor)
        return norm

    # -- For checkpoints.

    def moment(self, parameter: Parameter, key: str) -> Tensor | None:
        """A parameter's moment, whole, on the CPU of rank 0; None on the others."""
        piece = self._pieces[parameter]
        whole = torch.zeros(piece.size, device=self.group.device)
        own = self._inner.optimizer.state[self._master(piece)][key]
        for ours, theirs in self._overlap(piece):
            whole[theirs] = own[ours]
        self.group.do(lambda: dist.reduce(whole, 0))
        return whole.view(parameter.shape).cpu() if self.group.first else None

    def count(self, parameter: Parameter) -> Tensor | None:
        """How many steps a parameter's moments have seen; None before the first."""
        state = self._inner.optimizer.state.get(self._master(self._pieces[parameter]))
        return state["step"].detach().cpu() if state else None

    def fill(self, parameter: Parameter, count: Tensor, moments: dict[str, Tensor]) -> None:
        """Sets this process's part of a parameter's moments."""
        piece = self._pieces[parameter]
        master = self._master(piece)
        state = self._inner.optimizer.state[master]
        state["step"] = count.to(self.group.device)
        for key, whole in moments.items():
            if key not in state:
                state[key] = torch.zeros_like(master)
            for ours, theirs in self._overlap(piece):
                state[key][ours] = whole.flatten()[theirs].to(self.group.device)

    def weights_changed(self) -> None:
        """Takes this process's parts of the weights over from the student's."""
        self._inner.refresh_fp32_params()

    def _master(self, piece: Piece) -> Tensor:
        return self._inner.single_partition_of_fp32_groups[piece.group]

    def _overlap(self, piece: Piece) -> Iterator[tuple[slice, slice]]:
        """What of a parameter this process keeps: where in its own part, and where in the parameter; or nothing."""
        size = self._inner.partition_size[piece.group]
        start = size * self.group.rank
        low = max(piece.first, start)
        high = min(piece.first + piece.size, start + size)
        if low < high:
            yield slice(low - start, high - start), slice(low - piece.first, high - piece.first)
