"""The common head, computed once per step: the same loss and gradient as with the head in every row."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import MakeRun, default_rows, write_student
from runs import work
from torch import Tensor

from tailor_bridge.batch import PackedRow
from tailor_bridge.config import LmConfig, LoraConfig, OptimConfig, PairConfig
from tailor_bridge.head import LEAST, common_head, head_length
from tailor_bridge.lora import attach, trained
from tailor_bridge.model import Student
from tailor_bridge.objective import Figures, Objective
from tailor_bridge.selftest import random_rows
from tailor_bridge.step import Stepper, StepState, make_optimizer
from tailor_bridge.weights import load_student

torch.set_num_threads(1)
# Several micro-batches a step.
OPTIM = OptimConfig(1e-3, "constant", 0.0, 0.01, 1.0, 1, 16, 120)
HEAD = tuple(random.Random(7).choices(range(2, 300), k=LEAST + 1))


def rows_with_head(count: int = 7) -> list[PackedRow]:
    rows = random_rows(random.Random(1), count, 300)
    return [replace(row, prompt=HEAD + row.prompt) for row in rows]


def gradients(
    student: Student, head: Sequence[int], *, prompt_weight: float = 0.0, repr: str = "last"
) -> tuple[Figures, Tensor]:
    objective = Objective(
        student,
        LmConfig(prompt_weight, "completion", "uniform"),
        PairConfig("triplet", 0.5, 1.0, repr),
    )
    stepper = Stepper(objective, make_optimizer(objective, OPTIM), OPTIM, StepState(), head=head)
    figures = stepper.gradients(rows_with_head())
    named = sorted(trained(student).items())
    grads = [torch.zeros_like(p) if p.grad is None else p.grad for _, p in named]
    return figures, torch.cat([grad.flatten() for grad in grads])


def assert_same(once: tuple[Figures, Tensor], packed: tuple[Figures, Tensor]) -> None:
    for name in ("lm", "pair", "cos_pos", "cos_neg", "active", "pairs"):
        assert getattr(once[0], name) == pytest.approx(getattr(packed[0], name), abs=1e-5)
    assert {k: v[0] for k, v in once[0].source_ce.items()} == {
        k: v[0] for k, v in packed[0].source_ce.items()
    }
    assert float((once[1] - packed[1]).norm() / packed[1].norm()) < 1e-5
    # It is computed once: 64 tokens, not seven times 64.
    assert packed[0].tokens - once[0].tokens == 6 * LEAST


@pytest.mark.parametrize(("prompt_weight", "repr"), [(0.0, "last"), (0.1, "pool")])
def test_once_equals_packed(student_folder: Path, prompt_weight: float, repr: str) -> None:
    options: Any = {"prompt_weight": prompt_weight, "repr": repr}
    packed = gradients(load_student(student_folder), (), **options)
    once = gradients(load_student(student_folder), HEAD, **options)
    assert_same(once, packed)
    assert float(packed[1].norm()) > 0.1


def test_the_prompts_own_loss_counts_the_head(student_folder: Path) -> None:
    without = gradients(load_student(student_folder), HEAD)
    counted = gradients(load_student(student_folder), HEAD, prompt_weight=0.1)
    assert counted[0].lm != pytest.approx(without[0].lm, rel=1e-2)


@pytest.mark.parametrize("targets", [("q_proj",), ("k_proj", "v_proj", "down_proj")])
def test_once_equals_packed_with_adapters(student_folder: Path, targets: tuple[str, ...]) -> None:
    def adapted() -> Student:
        student = load_student(student_folder, frozen=True)
        attach(student, LoraConfig(4, 8.0, 0.0, targets), 1)
        torch.manual_seed(5)
        for name, parameter in trained(student).items():
            if name.endswith(".up"):
                torch.nn.init.normal_(parameter, std=0.05)
        return student

    assert_same(gradients(adapted(), HEAD), gradients(adapted(), ()))


@pytest.mark.parametrize("family", ["qwen2", "qwen3"])
def test_once_equals_packed_in_other_shapes(tmp_path: Path, family: str) -> None:
    folder = write_student(tmp_path / family, model_type=family)
    packed = gradients(load_student(folder), (), prompt_weight=0.1)
    assert_same(gradients(load_student(folder), HEAD, prompt_weight=0.1), packed)


def test_once_equals_packed_with_gradient_checkpointing(student_folder: Path) -> None:
    packed = gradients(load_student(student_folder), ())
    assert_same(gradients(load_student(student_folder, grad_checkpoint=True), HEAD), packed)


def test_in_bfloat16_the_head_is_as_exact_as_the_rest(student_folder: Path) -> None:
    exact = gradients(load_student(student_folder), ())[1]

    def off(head: Sequence[int]) -> float:
        found = gradients(load_student(student_folder, compute=torch.bfloat16), head)[1]
        return float((found - exact).norm() / exact.norm())

    assert off(HEAD) < 1.5 * off(()) + 1e-3


def test_memory_that_runs_out_repeats_the_step_smaller(
    student_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = gradients(load_student(student_folder), HEAD)
    micro_step = Stepper._micro_step

    def failing(self: Stepper, part: Any, *rest: Any) -> Any:
        figures = micro_step(self, part, *rest)
        if len(part) > 1:
            raise torch.OutOfMemoryError("out of memory")
        return figures

    monkeypatch.setattr(Stepper, "_micro_step", failing)
    smaller = gradients(load_student(student_folder), HEAD)
    assert float((smaller[1] - whole[1]).norm() / whole[1].norm()) < 1e-5


def test_what_counts_as_a_common_head() -> None:
    long = tuple(range(2, 2 + LEAST + 1))
    assert common_head([(*long, 5, 6), (*long, 7), (*long, 5, 9)]) == (*long,)
    assert head_length(long) == LEAST
    # One token fewer, one prompt alone, nothing in common: every row keeps what it has.
    assert common_head([(*long[:-1], 5), (*long[:-1], 7)]) == ()
    assert common_head([long]) == ()
    assert common_head([long, (1, *long)]) == ()
    # Where nothing differs the last token stays in the rows: a completion is predicted from there.
    assert common_head([long, long]) == long
    assert head_length(()) == 0


def test_a_run_with_worked_examples_computes_them_once(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_parity: None
) -> None:
    demos = (
        "Question: Ben has 2 pens and gets 3 more. How many?\nReasoning: 2 + 3 = 5.\nAnswer: 5\n\n"
    )
    rows = [{**row, "prompt": demos * 2 + row["prompt"]} for row in default_rows()]
    base = write_student(tmp_path / "base", max_position_embeddings=512)
    once = make_run("once", rows, base=base, maxLen=512)
    assert work(once) == 0
    told = [e["msg"] for e in once.of("log") if "same" in e["msg"]]
    assert len(told) == 1
    monkeypatch.setattr("tailor_bridge.head.LEAST", 10_000)
    packed = make_run("packed", rows, base=base, maxLen=512)
    assert work(packed) == 0
    assert not [e for e in packed.of("log") if "same" in e["msg"]]
    losses = [[step["loss"] for step in run.of("step")] for run in (once, packed)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)
    tokens = [run.of("done")[0]["summary"]["tokens"] for run in (once, packed)]
    assert tokens[0] < 0.8 * tokens[1]
