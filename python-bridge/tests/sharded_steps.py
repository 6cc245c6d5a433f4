"""What the processes of test_sharding.py compute together, each in one process of a group; `tell` prints a line."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from conftest import write_student
from safetensors.torch import load_file
from torch.distributed.tensor import DTensor

from tailor_bridge import checkpoint, sharded_checkpoint
from tailor_bridge.batch import PackedRow
from tailor_bridge.config import LmConfig, OptimConfig, PairConfig, load_config
from tailor_bridge.errors import Cancelled
from tailor_bridge.group import Group
from tailor_bridge.objective import Objective
from tailor_bridge.scale import LossScale
from tailor_bridge.selftest import random_rows
from tailor_bridge.sharded_step import ShardedStepper
from tailor_bridge.sharding import Sharding
from tailor_bridge.step import Stepper, StepResult, StepState, make_optimizer
from tailor_bridge.weights import load_student

Tell = Callable[[Any], None]
# Several micro-batches a step, not the same number in every process; gradients are clipped.
OPTIM = OptimConfig(1e-3, "constant", 0.0, 0.01, 0.5, 1, 16, 48)
LM = LmConfig(0.1, "completion", "uniform")
PAIR = PairConfig("triplet", 0.5, 1.0, "last")
IDENTITY = checkpoint.Identity("c", "d", "m", "p")
FP32, BF16, FP16 = torch.float32, torch.bfloat16, torch.float16

# Name, what is written into config.json, whether activations are computed again, precision of products.
STUDENTS: list[tuple[str, dict[str, Any], bool, torch.dtype]] = [
    ("tied", {}, False, FP32),
    ("untied", {"tie_word_embeddings": False}, True, FP32),
    ("qwen2", {"model_type": "qwen2"}, False, FP32),
    ("qwen3", {"model_type": "qwen3", "tie_word_embeddings": False}, False, FP32),
    ("bfloat16", {"tie_word_embeddings": False}, False, BF16),
    ("float16", {}, False, FP16),
]


def rows_of(seed: int, count: int = 7) -> list[PackedRow]:
    return random_rows(random.Random(seed), count, 300)


class Counting:
    """Counts the micro-batches of this process, and copies of weights that they keep for the backward pass; and says
    whether each exchanged what the first one did."""

    def __init__(self, stepper: ShardedStepper) -> None:
        self.number = 0
        self.alike = True
        self.copies = 0
        inner = stepper._micro_step

        def pack(tensor: torch.Tensor) -> torch.Tensor:
            joined = tensor.grad_fn is not None and "Cat" in tensor.grad_fn.name()
            self.copies += joined and tensor.ndim == 2
            return tensor

        def micro_step(*arguments: Any) -> Any:
            self.number += 1
            with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
                figures = inner(*arguments)
            self.alike = self.alike and stepper.sharding.exchanged
            return figures

        stepper._micro_step = micro_step  # type: ignore[method-assign]


def scale_of(compute: torch.dtype) -> LossScale:
    return LossScale.of(str(compute).removeprefix("torch."))


def sharded(
    run: Path, base: Path, group: Group, *, again: bool = False, compute: torch.dtype = FP32
) -> ShardedStepper:
    """A stepper over the student of a folder, shared out."""
    config = load_config(run)
    model = replace(config.model, path=str(base))
    config = replace(config, model=model, lm=LM, pair=PAIR, grad_checkpoint=again)
    sharding = Sharding.load(config, group, compute)
    optimizer = make_optimizer(sharding.objective, OPTIM)
    state = StepState(scale=scale_of(compute))
    return ShardedStepper(sharding, sharding.objective, optimizer, OPTIM, state, group=group)


def whole(base: Path, *, compute: torch.dtype = FP32, group: Group | None = None) -> Stepper:
    """A stepper over the same student, whole."""
    objective = Objective(load_student(base, compute=compute), LM, PAIR)
    optimizer = make_optimizer(objective, OPTIM)
    state = StepState(scale=scale_of(compute))
    return Stepper(objective, optimizer, OPTIM, state, group=group)


def weights_of(stepper: ShardedStepper) -> list[torch.Tensor | None]:
    return [stepper.sharding.whole(p) for p in stepper.objective.parameters()]


def same(a: Sequence[torch.Tensor | None], b: Sequence[torch.Tensor | None]) -> bool:
    return all(
        x is None if y is None else x is not None and torch.equal(x, y)
        for x, y in zip(a, b, strict=True)
    )


def off(a: StepResult, b: StepResult) -> float:
    """The largest difference in what two steps report."""
    pairs = [(getattr(a.figures, n), getattr(b.figures, n)) for n in ("lm", "pair", "cos_neg")]
    pairs.append((a.grad_norm, b.grad_norm))
    assert a.figures.source_ce.keys() == b.figures.source_ce.keys()
    assert a.figures.tokens == b.figures.tokens
    return max(abs(x - y) for x, y in pairs)


def equal_steps(run: Path, folder: Path, group: Group, tell: Tell) -> None:
    """Three steps of every student, shared out and whole; then a resume of the third."""
    for name, changes, again, compute in STUDENTS:
        base = folder / name
        if group.first:
            write_student(base, **changes)
        group.wait()
        # One of them keeps its layers between the two passes.
        kept = replace(group, engine=replace(group.engine, reshard=name != "qwen2"))
        ours = sharded(run, base, kept, again=again, compute=compute)
        count = Counting(ours)
        # Rounded products differ with the padding around them: there the same micro-batches are compared.
        theirs = whole(base, compute=compute, group=None if compute == FP32 else group)
        differences = []
        for number in (1, 2):
            rows = rows_of(number)
            differences.append(off(ours.step(rows, number, 3), theirs.step(rows, number, 3)))
        made = folder / f"run-{name}"
        path = sharded_checkpoint.save(
            ours.sharding, made, 2, ours.objective.student, ours.optimizer, {}, IDENTITY, keep=1
        )
        group.wait()
        resumed = sharded(run, base, kept, again=again, compute=compute)
        resumed.state.scale = replace(ours.state.scale)
        state = checkpoint.verify(path)
        arguments = (path, state, resumed.objective.student, resumed.optimizer)
        sharded_checkpoint.restore(resumed.sharding, *arguments)
        third = rows_of(3)
        last = ours.step(third, 3, 3)
        differences.append(off(last, theirs.step(third, 3, 3)))
        again_last = resumed.step(third, 3, 3)
        found = weights_of(ours)
        distance = 0.0
        for one, other in zip(found, theirs.objective.parameters(), strict=True):
            if one is not None:
                distance = max(distance, float((one - other.detach()).abs().max()))
        # The files are those of any checkpoint: a whole student goes on from them.
        alone = whole(base, compute=compute)
        checkpoint.restore(path, state, alone.objective.student, alone.optimizer)
        own = sum(p.to_local().numel() for p in ours.parameters if isinstance(p, DTensor))
        tell(
            {
                "student": name,
                "rank": group.rank,
                "differences": differences,
                "distance": distance,
                "microBatches": count.number,
                "alike": count.alike,
                "exchanges": ours.sharding.exchanges,
                "copies": count.copies,
                "resumed": same(found, weights_of(resumed))
                and again_last.grad_norm == last.grad_norm,
                "whole": off(alone.step(third, 3, 3), again_last) if compute == FP32 else 0.0,
                "share": own / sum(p.numel() for p in ours.parameters if p.ndim > 1),
                "dtypes": sorted(
                    {str(t.dtype) for t in load_file(path / "model.safetensors").values()}
                ),
            }
        )


class Lacking:
    """On one process memory runs out in the middle of a layer, where more than one row is computed."""

    def __init__(self, stepper: Stepper, where: str) -> None:
        self.times = 0
        rank = stepper.group.rank

        def forward(module: Any, inputs: Any, outputs: tuple[torch.Tensor, Any]) -> None:
            attended, _ = outputs
            if rank != 1 or attended.shape[0] == 1:
                return
            if where == "forward":
                self.run_out()
            attended.register_hook(lambda gradient: self.run_out())

        layer: Any = stepper.objective.student.model.layers[0 if where == "backward" else 1]
        # In its backward pass the layer's other half has gradients already, which were not yet added up.
        self.hook = layer.self_attn.register_forward_hook(forward)

    def run_out(self) -> None:
        self.times += 1
        raise torch.OutOfMemoryError("CUDA out of memory")


def lack_of_memory(run: Path, base: Path, group: Group, tell: Tell) -> None:
    """Memory that one process lacks, in either pass, makes all go smaller, to the same result as from the start."""
    for where in ("forward", "backward"):
        stepper = sharded(run, base, group)
        stepper.step(rows_of(1), 1, 3)
        small = sharded(run, base, group)
        small.step(rows_of(1), 1, 3)
        seen: list[list[int]] = []
        stepper.on_oom = lambda old, new, seen=seen: seen.append([old, new])
        lacking = Lacking(stepper, where)
        result = stepper.step(rows_of(2), 2, 3)
        small.state.max_rows = stepper.state.max_rows
        other = small.step(rows_of(2), 2, 3)
        lacking.hook.remove()
        tell(
            {
                "where": where,
                "rank": group.rank,
                "times": lacking.times,
                "seen": seen,
                "rows": stepper.state.max_rows,
                "same": same(weights_of(stepper), weights_of(small))
                and result.grad_norm == other.grad_norm,
            }
        )


def request_to_stop(run: Path, base: Path, group: Group, tell: Tell) -> None:
    """A request to rank 0 in the middle of a step stops all at the same place, and nothing is applied."""
    stepper = sharded(run, base, group)
    before = [p.clone() for p in weights_of(stepper) if p is not None]
    looks = [0]

    def asked() -> bool:
        looks[0] += 1
        return group.first and looks[0] == 2

    def poll() -> None:
        raise Cancelled("checkpoint")

    stepper.asked, stepper.poll = asked, poll
    stopped = False
    try:
        stepper.step(rows_of(1, 12), 1, 3)
    except Cancelled:
        stopped = True
    after = [p for p in weights_of(stepper) if p is not None]
    tell({"rank": group.rank, "stopped": stopped, "looks": looks[0], "same": same(before, after)})


def not_finite(run: Path, base: Path, group: Group, tell: Tell) -> None:
    """A loss that is not finite on one process: all skip the step."""
    stepper = sharded(run, base, group)
    inner = stepper._micro_step

    def broken(*arguments: Any) -> Any:
        figures = inner(*arguments)
        if group.rank == 1:
            figures.lm = float("nan")
        return figures

    stepper._micro_step = broken  # type: ignore[method-assign]
    result = stepper.step(rows_of(1), 1, 3)
    tell({"rank": group.rank, "norm": result.grad_norm, "skipped": stepper.state.skipped})


def stop_after(step: int, run: str, tell: Tell) -> None:
    """A whole attempt, to which somebody says after a step that it should stop."""
    from tailor_bridge import train
    from tailor_bridge.events import EventLog

    emit = EventLog.emit
    request = {"attempt": 1, "mode": "checkpoint", "at": "now", "by": "test"}

    def watching(self: EventLog, kind: str, /, **fields: Any) -> None:
        emit(self, kind, **fields)
        if kind == "metrics" and fields["step"] == step:
            (Path(run) / "cancel").write_text(json.dumps(request))

    EventLog.emit = watching  # type: ignore[method-assign]
    tell(train.work(Path(run), 1, supervised=False))


def join() -> Group:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    return Group.join(int(os.environ["WORLD_SIZE"]), "cpu")
