"""The step as published, five forwards a micro-batch, gives the packed step's loss."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from five_forwards import Sums, five_forwards, samples_of
from torch import Tensor

from tailor_bridge.batch import PackedRow
from tailor_bridge.config import LmConfig, OptimConfig, PairConfig
from tailor_bridge.head import LEAST, common_head
from tailor_bridge.objective import Figures, Objective
from tailor_bridge.selftest import random_rows
from tailor_bridge.step import Stepper, StepState, make_optimizer
from tailor_bridge.weights import load_student

torch.set_num_threads(1)
OPTIM = OptimConfig(1e-3, "constant", 0.0, 0.01, 1.0, 1, 16, 120)
HEAD = tuple(random.Random(7).choices(range(2, 300), k=LEAST + 1))
PROMPT_WEIGHT, RATIO, MARGIN, END = 0.1, 0.5, 1.0, 1


def flat(model: Any) -> Tensor:
    named = sorted(model.named_parameters())
    return torch.cat(
        [(torch.zeros_like(p) if p.grad is None else p.grad).flatten() for _, p in named]
    )


def packed(
    folder: Path, rows: Sequence[PackedRow], head: Sequence[int] = ()
) -> tuple[Figures, Tensor]:
    objective = Objective(
        load_student(folder),
        LmConfig(PROMPT_WEIGHT, "repo", "uniform"),
        PairConfig("triplet", RATIO, MARGIN, "last"),
    )
    stepper = Stepper(objective, make_optimizer(objective, OPTIM), OPTIM, StepState(), head=head)
    return stepper.gradients(rows), flat(objective.student)


def published(folder: Path, rows: Sequence[PackedRow], micro_batch: int) -> tuple[Sums, Tensor]:
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).train()
    sums = five_forwards(
        model,
        samples_of(rows),
        micro_batch=micro_batch,
        prompt_weight=PROMPT_WEIGHT,
        ratio=RATIO,
        margin=MARGIN,
        end=END,
    )
    return sums, flat(model)


def rows_with_head(count: int) -> list[PackedRow]:
    rows = random_rows(random.Random(11), count, 300)
    return [replace(row, prompt=HEAD + row.prompt) for row in rows]


def off(found: Tensor, expected: Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


@pytest.mark.parametrize("micro_batch", [1, 3, 16])
def test_the_published_step_has_the_packed_steps_loss(
    student_folder: Path, micro_batch: int
) -> None:
    rows = rows_with_head(6)
    sums, _ = published(student_folder, rows, micro_batch)
    head = common_head([row.prompt for row in rows])
    assert head[: len(HEAD)] == HEAD
    for figures, _ in (packed(student_folder, rows), packed(student_folder, rows, head)):
        assert figures.lm == pytest.approx(sums.lm, abs=1e-5)
        assert RATIO * figures.pair == pytest.approx(sums.pair, abs=1e-5)
    assert sums.lm > 0.5
    assert sums.pair > 0.1


def test_only_pairs_make_its_gradient_another(student_folder: Path) -> None:
    rows = rows_with_head(6)
    ours, theirs = packed(student_folder, rows)[1], published(student_folder, rows, 4)[1]
    # No gradient of the pair loss goes through the prompt there.
    assert off(theirs, ours) > 1e-3
    alone = [replace(row, pairs=()) for row in rows]
    ours, theirs = packed(student_folder, alone)[1], published(student_folder, alone, 4)[1]
    assert off(theirs, ours) < 1e-5
