"""What the processes of test_deepspeed.py compute together, each in one process of a group; `tell` prints a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from conftest import write_student
from safetensors.torch import load_file
from sharded_steps import (
    IDENTITY,
    LM,
    OPTIM,
    PAIR,
    STUDENTS,
    Lacking,
    Tell,
    join,
    off,
    rows_of,
    same,
    scale_of,
    whole,
)

from tailor_bridge import checkpoint, zero_checkpoint
from tailor_bridge.batch import PackedRow
from tailor_bridge.config import LoraConfig
from tailor_bridge.errors import Cancelled
from tailor_bridge.group import Group
from tailor_bridge.lora import attach, trained
from tailor_bridge.objective import Objective
from tailor_bridge.step import Stepper, StepResult, StepState, make_optimizer
from tailor_bridge.weights import load_student
from tailor_bridge.zero import Zero
from tailor_bridge.zero_step import ZeroStepper

__all__ = ["join"]
LORA = LoraConfig(4, 8.0, 0.0, ("q_proj", "v_proj", "down_proj"))
HEAD = tuple(3 + at % 200 for at in range(70))


def headed(rows: Sequence[PackedRow]) -> list[PackedRow]:
    """The same rows behind a common head."""
    return [replace(row, prompt=HEAD + row.prompt) for row in rows]


def zeroed(
    base: Path,
    group: Group,
    *,
    again: bool = False,
    compute: torch.dtype = torch.float32,
    lora: bool = False,
    head: Sequence[int] = (),
) -> ZeroStepper:
    """A stepper over the student of a folder, its moments shared out."""
    student = load_student(base, compute=compute, grad_checkpoint=again, frozen=lora)
    if lora:
        attach(student, LORA, 1)
    objective = Objective(student, LM, PAIR)
    optimizer = Zero(objective, OPTIM, group)
    state = StepState(scale=scale_of(compute))
    return ZeroStepper(objective, optimizer, OPTIM, state, group=group, head=head)


def with_adapters(base: Path) -> Stepper:
    """A stepper over the same student and adapters, in one process."""
    student = load_student(base, frozen=True)
    attach(student, LORA, 1)
    objective = Objective(student, LM, PAIR)
    return Stepper(objective, make_optimizer(objective, OPTIM), OPTIM, StepState())


def weights_of(stepper: Stepper) -> list[torch.Tensor]:
    return [p.detach().clone() for p in stepper.parameters]


def away(one: StepResult, other: StepResult) -> float:
    """The largest difference in what two steps report; each process computes a head, and counts its tokens."""
    one.figures.tokens = other.figures.tokens
    return off(one, other)


def equal_steps(folder: Path, group: Group, tell: Tell) -> None:
    """Three steps of every student, by ZeRO and whole; then a resume of the third."""
    kinds = [(*student, False, False) for student in STUDENTS]
    kinds += [("head", {}, False, torch.float32, False, True)]
    kinds += [("lora", {}, False, torch.float32, True, False)]
    for name, changes, again, compute, lora, head in kinds:
        base = folder / name
        if group.first:
            write_student(base, **changes)
        group.wait()
        options: dict[str, Any] = {"again": again, "compute": compute, "lora": lora}
        options["head"] = HEAD if head else ()
        ours = zeroed(base, group, **options)
        # Rounded products differ with the padding around them: there the same micro-batches are compared.
        alike = None if compute == torch.float32 else group
        plain = replace(group, engine=replace(group.engine, zero=0)) if alike else None
        theirs = with_adapters(base) if lora else whole(base, compute=compute, group=plain)
        if head:
            theirs.head = HEAD
        differences = []
        rows = [headed(rows_of(n)) if head else rows_of(n) for n in (1, 2, 3)]
        for number in (1, 2):
            now = rows[number - 1]
            differences.append(away(ours.step(now, number, 3), theirs.step(now, number, 3)))
        made = folder / f"run-{name}"
        student = ours.objective.student
        path = zero_checkpoint.save(made, 2, student, ours.zero, {}, IDENTITY, keep=1)
        group.wait()
        resumed = zeroed(base, group, **options)
        resumed.state.scale = replace(ours.state.scale)
        state = checkpoint.verify(path)
        zero_checkpoint.restore(path, state, resumed.objective.student, resumed.zero)
        last = ours.step(rows[2], 3, 3)
        differences.append(away(last, theirs.step(rows[2], 3, 3)))
        again_last = resumed.step(rows[2], 3, 3)
        found, wanted = weights_of(ours), weights_of(theirs)
        distance = max(float((a - b).abs().max()) for a, b in zip(found, wanted, strict=True))
        # The files are those of any checkpoint: one process goes on from them.
        alone = with_adapters(base) if lora else whole(base, compute=compute)
        alone.head = theirs.head
        checkpoint.restore(path, state, alone.objective.student, alone.optimizer)
        moments = load_file(path / "optimizer.safetensors")
        inner = ours.zero._inner.optimizer
        own = sum(state["exp_avg"].numel() for state in inner.state.values())
        tell(
            {
                "student": name,
                "rank": group.rank,
                "differences": differences,
                "distance": distance,
                "resumed": same(found, weights_of(resumed))
                and again_last.grad_norm == last.grad_norm,
                "whole": away(alone.step(rows[2], 3, 3), again_last) if alike is None else 0.0,
                "share": own / sum(p.numel() for p in ours.parameters),
                "tensors": len(moments) - 3 * len(trained(student)),
                "moved": max(float(m.abs().max()) for k, m in moments.items() if "exp" in k),
            }
        )


class Peak:
    """The most numbers that gradients of this process hold at once, seen whenever one arrives."""

    def __init__(self, stepper: ZeroStepper) -> None:
        self.most = 0

        def look(parameter: torch.Tensor) -> None:
            held = sum(p.grad.numel() for p in stepper.parameters if p.grad is not None)
            self.most = max(self.most, held)

        for parameter in stepper.parameters:
            parameter.register_post_accumulate_grad_hook(look)
        self.all = sum(p.numel() for p in stepper.parameters)


def small_buckets(base: Path, group: Group, tell: Tell) -> None:
    """Where buckets are smaller than the student, stage 2 never holds all gradients; the result stays the same."""
    from tailor_bridge import zero

    large = zeroed(base, group)
    zero.BUCKET = 4096  # type: ignore[misc]
    small = zeroed(base, group)
    peak = Peak(small)
    norms = []
    for number in (1, 2):
        norms = [one.step(rows_of(number), number, 3).grad_norm for one in (large, small)]
    pairs = zip(weights_of(large), weights_of(small), strict=True)
    distance = max(float((a - b).abs().max()) for a, b in pairs)
    tell({"held": peak.most / peak.all, "distance": distance, "norms": norms})


def lack_of_memory(base: Path, group: Group, tell: Tell) -> None:
    """Memory that one process lacks, in either pass, makes all go smaller, to the same result as from the start."""
    for where in ("forward", "backward"):
        stepper = zeroed(base, group)
        stepper.step(rows_of(1), 1, 3)
        small = zeroed(base, group)
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


def request_to_stop(base: Path, group: Group, tell: Tell) -> None:
    """A request to rank 0 in the middle of a step stops all, and nothing is applied; the step can be done again."""
    stepper, other = zeroed(base, group), zeroed(base, group)
    before = weights_of(stepper)
    looks = [0]

    def asked() -> bool:
        looks[0] += 1
        return group.first and looks[0] >= 2

    def poll() -> None:
        raise Cancelled("checkpoint")

    stepper.asked, stepper.poll = asked, poll
    stopped = False
    try:
        stepper.step(rows_of(1, 12), 1, 3)
    except Cancelled:
        stopped = True
    unchanged = same(before, weights_of(stepper))
    stepper.asked, stepper.poll = (lambda: False), (lambda: None)
    norms = [one.step(rows_of(1, 12), 1, 3).grad_norm for one in (stepper, other)]
    tell({"stopped": stopped, "unchanged": unchanged, "again": norms[0] == norms[1]})


def not_finite(base: Path, group: Group, tell: Tell) -> None:
    """A loss that is not finite on one process: all skip the step, and the next one is as if it had not been."""
    stepper, other = zeroed(base, group), zeroed(base, group)
    before = weights_of(stepper)
    inner = stepper._micro_step

    def broken(*arguments: Any) -> Any:
        figures = inner(*arguments)
        if group.rank == 1:
            figures.lm = float("nan")
        return figures

    stepper._micro_step = broken  # type: ignore[method-assign]
    result = stepper.step(rows_of(1), 1, 3)
    unchanged = same(before, weights_of(stepper))
    stepper._micro_step = inner  # type: ignore[method-assign]
    norms = [one.step(rows_of(2), 2, 3).grad_norm for one in (stepper, other)]
    tell(
        {
            "norm": result.grad_norm,
            "skipped": stepper.state.skipped,
            "unchanged": unchanged,
            "next": norms[0] == norms[1] and same(weights_of(stepper), weights_of(other)),
        }
    )
