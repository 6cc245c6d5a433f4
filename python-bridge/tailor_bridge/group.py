"""The processes of one run, as `accelerate launch` and `torchrun` start them: RANK, WORLD_SIZE and an address each.

Every process knows the whole plan, so the counts of a step need no word between them. Each computes the gradients of
its share of the rows; sums are taken once per step, over gradients, figures and flags. Nothing is unpickled. Where a
configuration of accelerate asks for it the processes share the student itself out (sharding.py).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from .engine import Engine, engine_of_environment
from .errors import TrainerError

if TYPE_CHECKING:
    import torch

    from .batch import PackedRow

T = TypeVar("T")
# Waiting for rank 0 to write a large checkpoint or to answer the probes is no failure.
TIMEOUT = timedelta(minutes=30)
BUCKET = 1 << 25


def rank_of_environment() -> int:
    """This process's rank; 0 where it is alone."""
    return int(os.environ.get("RANK", "0"))


def lost_process(size: int) -> TrainerError:
    """One process of the group is gone; the others cannot go on."""
    return TrainerError(
        "INTERNAL",
        f"Another of the {size} processes of this run ended, or cannot be reached.",
        "train.log says why; running again resumes from the last committed checkpoint.",
        retryable=True,
    )


@dataclass(frozen=True)
class Group:
    """Rank, number of processes, and the sums between them; of one process, everything is as it was."""

    rank: int = 0
    size: int = 1
    backend: str = "none"
    device: str = "cpu"
    engine: Engine = field(default_factory=Engine)

    @staticmethod
    def join(processes: int, device: str, mode: str = "full") -> Group:
        """Joins the group that the environment names; `processes` and `mode` are what run.json asks for."""
        size = int(os.environ.get("WORLD_SIZE", "1"))
        if size != processes:
            raise TrainerError(
                "BAD_CONFIG",
                f"run.json asks for {processes} processes, but {size} were started.",
                "Start it as `python -m tailor_bridge train --run DIR`, which starts them.",
            )
        if size == 1:
            return Group(device=device)
        engine = engine_of_environment(mode)
        import torch.distributed as dist

        backend = "nccl" if device == "cuda" else "gloo"
        dist.init_process_group(backend, timeout=TIMEOUT)
        return Group(dist.get_rank(), dist.get_world_size(), dist.get_backend(), device, engine)

    @property
    def first(self) -> bool:
        """Whether this process speaks for the group."""
        return self.rank == 0

    def do(self, act: Callable[[], T]) -> T:
        """Runs a collective; that it fails means that a process is lost."""
        try:
            return act()
        except RuntimeError as error:
            raise lost_process(self.size) from error

    def sum(self, values: Sequence[float]) -> list[float]:
        """Element-wise sums over all processes."""
        return self._reduce(values, "SUM")

    def max(self, values: Sequence[float]) -> list[float]:
        """Element-wise maxima over all processes."""
        return self._reduce(values, "MAX")

    def _reduce(self, values: Sequence[float], how: str) -> list[float]:
        if self.size == 1:
            return list(values)
        import torch
        import torch.distributed as dist

        tensor = torch.tensor(list(values), dtype=torch.float64, device=self.device)
        self.do(lambda: dist.all_reduce(tensor, getattr(dist.ReduceOp, how)))
        return tensor.tolist()

    def sum_gradients(self, parameters: Sequence[torch.nn.Parameter]) -> None:
        """Adds up the gradients of all processes in place, in buckets; a missing one counts as zero."""
        if self.size == 1:
            return
        import torch
        import torch.distributed as dist

        bucket: list[torch.nn.Parameter] = []
        waiting = 0

        def flush() -> None:
            flat = torch.cat([_gradient(p).flatten() for p in bucket])
            self.do(lambda: dist.all_reduce(flat))
            for p, part in zip(bucket, flat.split([p.numel() for p in bucket]), strict=True):
                p.grad = part.view_as(p).clone()
            bucket.clear()

        for parameter in parameters:
            bucket.append(parameter)
            waiting += parameter.numel()
            if waiting >= BUCKET:
                flush()
                waiting = 0
        if bucket:
            flush()

    def tell(self, text: str | None) -> str | None:
        """Rank 0's text, on every rank."""
        if self.size == 1:
            return text
        import torch
        import torch.distributed as dist

        data = b"" if text is None else b"=" + text.encode()
        length = torch.tensor([len(data) if self.first else 0], device=self.device)
        self.do(lambda: dist.broadcast(length, 0))
        buffer = torch.zeros(int(length), dtype=torch.uint8, device=self.device)
        if self.first and data:
            buffer.copy_(torch.frombuffer(bytearray(data), dtype=torch.uint8))
        if int(length) > 0:
            self.do(lambda: dist.broadcast(buffer, 0))
        told = bytes(buffer.tolist())
        return told[1:].decode() if told else None

    def wait(self) -> None:
        """Returns once every process is here."""
        self.sum([0.0])

    def leave(self) -> None:
        """Ends the group: what follows, one process does alone."""
        if self.size > 1:
            import torch.distributed as dist

            dist.destroy_process_group()


def _gradient(parameter: torch.nn.Parameter) -> torch.Tensor:
    import torch

    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad


def share(rows: Sequence[PackedRow], rank: int, size: int) -> list[PackedRow]:
    """The rows of one process: the longest first, each to whoever has the fewest tokens; pairs and all."""
    if size == 1:
        return list(rows)
    load = [0] * size
    mine = []
    for row in sorted(rows, key=lambda row: -row.length):
        least = load.index(min(load))
        load[least] += row.length
        if least == rank:
            mine.append(row)
    return mine
