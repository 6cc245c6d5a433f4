"""FSDP2: a student's matrices, their gradients and their moments, shared out over the processes of a run by rows.

A layer is gathered when it is computed and let go again; its gradients are added up over the processes, and each
keeps its own rows of the sum. Vectors (norms, biases) are small: every process holds them all.

A process whose memory runs out in the middle of a micro-batch still owes the others what they wait for. What is
exchanged is the same in every micro-batch, so it is written down in one that came through, and made up for with zeros
in one that did not: nobody waits for ever, and then all learn of it.
"""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard
from torch.distributed.tensor import DTensor

from .config import RunConfig
from .errors import TrainerError
from .group import Group
from .objective import Objective
from .student_config import rotary_frequencies
from .weights import blank_student, load_weights, weight_files

# Keys and values leave a layer as views of one product; nothing writes to them.
warnings.filterwarnings("ignore", message="FSDP2-wrapped module", category=UserWarning)


@dataclass(frozen=True)
class _Exchange:
    """One collective: gathering rows, or adding up and keeping own rows; `size` is what this process puts in."""

    gathers: bool
    size: int
    dtype: torch.dtype

    def make_up(self, group: Group) -> None:
        """Takes part in it with nothing to say."""
        mine = torch.zeros(self.size, dtype=self.dtype, device=group.device)
        if self.gathers:
            out = mine.new_empty(self.size * group.size)
            group.do(lambda: dist.all_gather_single(out, mine))
        else:
            out = mine.new_empty(self.size // group.size)
            group.do(lambda: dist.reduce_scatter_single(out, mine))


class _Exchanges:
    """What has been exchanged in the micro-batch at hand; stands between FSDP and its process group."""

    def __init__(self, group: Group) -> None:
        self.made: list[_Exchange] = []
        self._group = group

    @staticmethod
    def allocate(size: Sequence[int], *, dtype: torch.dtype, device: torch.device) -> Tensor:
        return torch.empty(*size, dtype=dtype, device=device)

    def note(self, gathers: bool, given: Tensor, act: Callable[[], Any]) -> Any:
        work = self._group.do(act)
        self.made.append(_Exchange(gathers, given.numel(), given.dtype))
        return work


class _Gather:
    def __init__(self, exchanges: _Exchanges) -> None:
        self._exchanges = exchanges
        self.allocate = exchanges.allocate

    def __call__(
        self,
        output_tensor: Tensor,
        input_tensor: Tensor,
        group: dist.ProcessGroup,
        async_op: bool = False,
    ) -> Any:
        return self._exchanges.note(
            True,
            input_tensor,
            lambda: dist.all_gather_single(output_tensor, input_tensor, group, async_op),
        )


class _Scatter:
    def __init__(self, exchanges: _Exchanges) -> None:
        self._exchanges = exchanges
        self.allocate = exchanges.allocate

    def __call__(
        self,
        output_tensor: Tensor,
        input_tensor: Tensor,
        group: dist.ProcessGroup,
        op: Any,
        async_op: bool = False,
    ) -> Any:
        return self._exchanges.note(
            False,
            input_tensor,
            lambda: dist.reduce_scatter_single(output_tensor, input_tensor, op, group, async_op),
        )


class Sharding:
    """A student whose matrices are shared out. Everything here but `fill` is for all processes together."""

    def __init__(self, objective: Objective, group: Group) -> None:
        """The objective is called as a whole from here on: FSDP hears of nothing else."""
        self.objective = objective
        self.group = group
        self._exchanges = _Exchanges(group)
        self._owed: list[_Exchange] = []
        mesh = init_device_mesh(group.device, (group.size,))
        student = objective.student
        for _, projection in student.projections():
            projection.lent = True
        vectors = {p for p in objective.parameters() if p.ndim < 2}
        # What products read in another precision is gathered in it, and its gradients are added up in fp32.
        policy = MixedPrecisionPolicy(student.compute, torch.float32, cast_forward_inputs=False)
        shared: dict[str, Any] = {"mesh": mesh, "ignored_params": vectors}
        for layer in student.model.layers:
            fully_shard(
                layer, mp_policy=policy, reshard_after_forward=group.engine.reshard, **shared
            )
        if not student.config.tied:
            fully_shard(student.model.embed_tokens, **shared)
        fully_shard(objective, **shared)
        gather: Any = _Gather(self._exchanges)
        scatter: Any = _Scatter(self._exchanges)
        for module in self._modules():
            # Counts are those of the whole batch, so gradients are added up and not averaged.
            module.set_gradient_divide_factor(1.0)
            module.set_force_sum_reduction_for_comms(True)
            module.set_custom_all_gather(gather)
            module.set_custom_reduce_scatter(scatter)

    @staticmethod
    def load(config: RunConfig, group: Group, compute: torch.dtype) -> Sharding:
        """Reads a student's folder; each process reads, and holds, its own rows only."""
        folder = Path(config.model.path)
        student = blank_student(folder, compute=compute, grad_checkpoint=config.grad_checkpoint)
        sharding = Sharding(Objective(student, config.lm, config.pair), group)
        sharding.objective.to_empty(device=group.device)
        student.frequencies = rotary_frequencies(student.config).to(group.device)
        load_weights(student, weight_files(folder), keep=sharding.fill)
        return sharding

    def _modules(self) -> list[FSDPModule]:
        return [module for module in self.objective.modules() if isinstance(module, FSDPModule)]

    @property
    def vectors(self) -> list[torch.nn.Parameter]:
        """The parameters that every process holds, whose gradients are not added up by FSDP."""
        return [p for p in self.objective.parameters() if not isinstance(p, DTensor)]

    def rows(self, whole: Tensor) -> Tensor:
        """This process's rows of a matrix."""
        size = -(-whole.shape[0] // self.group.size)
        return whole[size * self.group.rank : size * (self.group.rank + 1)]

    def fill(self, tensor: Tensor, whole: Tensor) -> None:
        """Sets a parameter or a moment of one, shared out or not, from all its rows."""
        with torch.no_grad():
            if isinstance(tensor, DTensor):
                tensor.to_local().copy_(self.rows(whole))
            else:
                tensor.copy_(whole)

    def whole(self, tensor: Tensor) -> Tensor | None:
        """All rows of a parameter or moment, on the CPU of rank 0; None on the others."""
        if not isinstance(tensor, DTensor):
            return tensor.detach().cpu() if self.group.first else None
        own = tensor.to_local().detach()
        size = -(-tensor.shape[0] // self.group.size)
        padded = own.new_zeros((size, *own.shape[1:]))
        padded[: own.shape[0]] = own
        if not self.group.first:
            self.group.do(lambda: dist.gather(padded, dst=0))
            return None
        out = own.new_empty((size * self.group.size, *own.shape[1:]))
        parts = list(out.split(size))
        self.group.do(lambda: dist.gather(padded, parts, dst=0))
        return out[: tensor.shape[0]].cpu()

    def clip(self, limit: float) -> float:
        """Clips the gradients by their norm over all processes, and returns it."""
        own, common = [], []
        for p in self.objective.parameters():
            if isinstance(p.grad, DTensor):
                own.append(p.grad.to_local())
            elif p.grad is not None:
                common.append(p.grad)
        squares = [float(torch.nn.utils.get_total_norm(part)) ** 2 for part in (own, common)]
        norm = (self.group.sum(squares[:1])[0] + squares[1]) ** 0.5
        factor = limit / (norm + 1e-6)
        if factor < 1:
            for gradient in (*own, *common):
                gradient.mul_(factor)
        return norm

    def begin(self) -> None:
        """Called before every micro-batch."""
        self._exchanges.made.clear()

    @property
    def rehearsed(self) -> bool:
        """Whether it is known what a micro-batch exchanges."""
        return len(self._owed) > 0

    def rehearse(self, micro_batch: Callable[[], None]) -> None:
        """Writes down what a micro-batch exchanges."""
        self.begin()
        micro_batch()
        self._owed = list(self._exchanges.made)

    @property
    def exchanges(self) -> int:
        """How many exchanges a micro-batch has."""
        return len(self._owed)

    @property
    def exchanged(self) -> bool:
        """Whether the micro-batch at hand has exchanged all that it should."""
        return self._exchanges.made == self._owed

    def abandon(self) -> None:
        """Ends a micro-batch for which memory ran out: nothing is left of it, and nobody waits for the rest of it."""
        # What is gathered at this moment may hold gradients that were not yet added up.
        for parameter in self.objective.parameters():
            parameter.grad = None
        root: Any = self.objective
        root.reset_iter_state()
        gc.collect()
        if self.group.device == "cuda":
            torch.cuda.empty_cache()
        if not self.rehearsed:
            raise TrainerError(
                "OOM",
                "Memory ran out on a single packed row.",
                "Set training.gradCheckpoint, use more GPUs, or lower training.maxLen.",
            )
        for exchange in self._owed[len(self._exchanges.made) :]:
            exchange.make_up(self.group)
