"""The packed forward against transformers' own Llama, one text at a time: loss, gradient, and what may not matter."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from tailor_bridge.batch import PackedRow, Pair, build_batch, cut_micro_batches, rows_of_step
from tailor_bridge.config import LmConfig, OptimConfig, PairConfig
from tailor_bridge.data import Question, Text
from tailor_bridge.errors import TrainerError
from tailor_bridge.losses import triplet_terms
from tailor_bridge.model import Student
from tailor_bridge.objective import Objective, counts_of
from tailor_bridge.plan import PlannedAnchor
from tailor_bridge.selftest import random_rows
from tailor_bridge.step import Stepper, StepState, learning_rate, make_optimizer
from tailor_bridge.weights import load_student

torch.set_num_threads(1)
OPTIM = OptimConfig(1e-3, "cosine", 0.1, 0.01, 1.0, 1, 16, 4096)


@pytest.fixture
def student(student_folder: Path) -> Student:
    return load_student(student_folder)


def objective_of(student: Student, *, prompt_weight: float = 0.0, kind: str = "last") -> Objective:
    return Objective(
        student,
        LmConfig(prompt_weight, "completion", "uniform"),
        PairConfig("triplet", 0.5, 1.0, kind),
    )


def gradient(objective: Objective, parts: list[list[PackedRow]]) -> tuple[float, Tensor]:
    """Loss and flat gradient of a global batch cut into the given micro-batches."""
    rows = [row for part in parts for row in part]
    counts = counts_of(rows, objective.lm)
    objective.zero_grad(set_to_none=True)
    loss = 0.0
    for part in parts:
        batch = build_batch(
            part,
            prompt_weight=objective.lm.prompt_weight,
            representation=objective.pair.reads,
        )
        result = objective(batch, counts)
        result.loss.backward()
        loss += float(result.loss.detach())
    flat = [
        torch.zeros(p.numel()) if p.grad is None else p.grad.flatten()
        for _, p in sorted(objective.student.named_parameters())
    ]
    return loss, torch.cat(flat)


def assert_same(a: tuple[float, Tensor], b: tuple[float, Tensor]) -> None:
    assert a[0] == pytest.approx(b[0], rel=1e-6, abs=1e-6)
    assert float((a[1] - b[1]).norm() / b[1].norm()) < 1e-5


def oracle_of(folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    return model.train()


def separate(
    folder: Path, rows: list[PackedRow], prompt_weight: float, kind: str
) -> tuple[float, Tensor]:
    """The objective by transformers' Llama: every text in a forward of its own, formulas written out."""
    model = oracle_of(folder)
    lm = torch.zeros(())
    terms: list[Tensor] = []
    tokens = 0
    for row in rows:
        states = []
        for index, text in enumerate(row.texts):
            ids = torch.tensor([[*row.prompt, *text.ids]])
            out = model(input_ids=ids, output_hidden_states=True)
            hidden = out.hidden_states[-1][0]
            head = len(row.prompt)
            states.append(hidden[-1] if kind == "last" else hidden[head:].mean(0))
            if index in row.anchors:
                ce = functional.cross_entropy(out.logits[0, :-1], ids[0, 1:], reduction="none")
                weights = torch.ones(len(ce))
                weights[: head - 1] = prompt_weight
                lm = lm + (ce * weights).sum()
                tokens += len(text.ids)
        for pair in row.pairs:
            indices = (pair.anchor, pair.positive, pair.negative)
            a, p, n = (states[k].unsqueeze(0) for k in indices)
            terms.append(triplet_terms(a, p, n, 1.0)[0])
    loss = lm / tokens + (0.5 * torch.cat(terms).mean() if terms else 0.0)
    loss.backward()
    flat = [
        torch.zeros(p.numel()) if p.grad is None else p.grad.flatten()
        for _, p in sorted(model.named_parameters())
    ]
    return float(loss.detach()), torch.cat(flat)


def concatenated(rows: list[PackedRow]) -> list[PackedRow]:
    """Another layout of the same step: one row per anchor with its own three texts, nothing shared."""
    out = []
    for row in rows:
        for index in row.anchors:
            pair = next((p for p in row.pairs if p.anchor == index), None)
            if pair is None:
                out.append(PackedRow(row.prompt, (row.texts[index],), (0,), ()))
            else:
                texts = tuple(row.texts[k] for k in (pair.anchor, pair.positive, pair.negative))
                out.append(PackedRow(row.prompt, texts, (0,), (Pair(0, 1, 2),)))
    return out


@pytest.mark.parametrize(("prompt_weight", "kind"), [(0.0, "last"), (0.1, "pool")])
def test_packed_equals_concat_equals_separate(
    student: Student, student_folder: Path, prompt_weight: float, kind: str
) -> None:
    objective = objective_of(student, prompt_weight=prompt_weight, kind=kind)
    rows = random_rows(random.Random(3), 6, student.config.vocab)
    packed = gradient(objective, [rows])
    assert_same(gradient(objective, [[row] for row in concatenated(rows)]), packed)
    assert_same(separate(student_folder, rows, prompt_weight, kind), packed)


def test_padding_and_order_do_not_matter(student: Student) -> None:
    objective = objective_of(student)
    rows = random_rows(random.Random(4), 6, student.config.vocab)
    whole = gradient(objective, [rows])
    assert_same(gradient(objective, [rows[::-1]]), whole)
    # A long row in the batch pads all others.
    long = PackedRow(tuple(range(2, 90)), (), (), ())
    counts = counts_of(rows, objective.lm)
    padded = objective(build_batch([*rows, long]), counts)
    assert padded.loss.item() == pytest.approx(whole[0], rel=1e-6)


def test_branch_order_does_not_matter(student: Student) -> None:
    objective = objective_of(student)
    row = random_rows(random.Random(5), 2, student.config.vocab)[1]
    turned = PackedRow(row.prompt, row.texts[::-1], (2, 1), (Pair(2, 1, 0), Pair(1, 2, 0)))
    assert_same(gradient(objective, [[turned]]), gradient(objective, [[row]]))


def test_one_micro_batch_of_eight_equals_eight_of_one(student: Student) -> None:
    objective = objective_of(student, prompt_weight=0.1)
    rows = random_rows(random.Random(6), 8, student.config.vocab)
    assert_same(gradient(objective, [[row] for row in rows]), gradient(objective, [rows]))


def test_rows_without_pairs_have_no_pair_gradient(student: Student) -> None:
    objective = objective_of(student)
    rows = [row for row in random_rows(random.Random(7), 8, student.config.vocab) if not row.pairs]
    batch = build_batch(rows)
    result = objective(batch, counts_of(rows, objective.lm))
    assert batch.repr_texts == 0
    assert result.terms.shape == (0, 3)
    assert torch.isfinite(result.loss)
    with_ratio = gradient(objective, [rows])
    objective.pair = PairConfig("none", 0.0, 1.0, "last")
    assert_same(gradient(objective, [rows]), with_ratio)


def test_border_token_is_supervised_and_eos_is_not_read_further(student: Student) -> None:
    """The prompt's last position predicts the completion's first token, the last token before EOS predicts EOS."""
    text = Text("t", (7, 8, 1), "t", "teacher")
    batch = build_batch([PackedRow((4, 5, 6), (text,), (0,), ())])
    positions = batch.read.flatten()[batch.lm_at].tolist()
    assert positions == [2, 3, 4]
    assert batch.lm_target.tolist() == [7, 8, 1]
    assert batch.positions[0].tolist() == [0, 1, 2, 3, 4, 5]
    with_prompt = build_batch([PackedRow((4, 5, 6), (text,), (0,), ())], prompt_weight=0.1)
    assert with_prompt.lm_weight.tolist() == pytest.approx([0.1, 0.1, 1, 1, 1])
    assert with_prompt.lm_target.tolist() == [5, 6, 7, 8, 1]


def test_a_prompt_is_predicted_once_with_the_weight_of_all_its_anchors() -> None:
    texts = (Text("t", (7, 1), "t", "teacher"), Text("u", (8, 1), "u", "teacher"))
    batch = build_batch([PackedRow((4, 5, 6), texts, (0, 1), ())], prompt_weight=0.1)
    assert batch.lm_target.tolist() == [5, 6, 7, 1, 8, 1]
    assert batch.lm_weight.tolist() == pytest.approx([0.2, 0.2, 1, 1, 1, 1])
    assert batch.lm_anchor[batch.lm_own].tolist() == [0, 0, 1, 1]


def test_a_text_sees_the_prompt_and_its_own_past_only() -> None:
    texts = (Text("a", (7, 1), "a", "s"), Text("b", (8, 1), "b", "s"))
    short = PackedRow((4,), (texts[0],), (0,), ())
    batch = build_batch([PackedRow((4, 5), texts, (0, 1), ()), short])
    seen = (batch.mask == 0).int().tolist()
    assert seen[0] == [
        [1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0],
        [1, 1, 1, 1, 0, 0],
        [1, 1, 0, 0, 1, 0],
        [1, 1, 0, 0, 1, 1],
    ]
    # Padding sees itself alone: no row of the softmax is empty.
    assert seen[1][3:] == [[0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 1]]
    assert batch.positions[0].tolist() == [0, 1, 2, 3, 2, 3]


def test_a_step_packs_each_text_once() -> None:
    def text(name: str) -> Text:
        return Text(name, (5, 1), name, "teacher")

    question = Question("q", (2, 3), (text("a"), text("b"), text("c")), (text("n"), text("m")))
    anchors = [PlannedAnchor(0, 0, 1, 0), PlannedAnchor(0, 1, 0, 0)]
    (row,) = rows_of_step([question], anchors)
    assert [t.id for t in row.texts] == ["a", "b", "n"]
    assert row.pairs == (Pair(0, 1, 2), Pair(1, 0, 2))
    (row,) = rows_of_step([question], [PlannedAnchor(0, 2, 0, 1)])
    assert [t.id for t in row.texts] == ["c", "a", "m"]
    assert row.anchors == (0,)


def test_micro_batches_respect_budget_and_rows() -> None:
    rows = random_rows(random.Random(8), 30, 60)
    for budget, most in ((64, 100), (200, 100), (10_000, 4), (1, 100)):
        parts = cut_micro_batches(rows, budget, most)
        assert sorted(map(id, (row for part in parts for row in part))) == sorted(map(id, rows))
        for part in parts:
            padded = len(part) * max(row.length for row in part)
            assert len(part) == 1 or padded <= budget
            assert len(part) <= most


def test_gradient_checkpointing_and_bfloat16(student_folder: Path) -> None:
    rows = random_rows(random.Random(9), 4, 300)
    plain = gradient(objective_of(load_student(student_folder)), [rows])
    less = load_student(student_folder, grad_checkpoint=True)
    assert_same(gradient(objective_of(less), [rows]), plain)
    half = load_student(student_folder, compute=torch.bfloat16)
    loss, _ = gradient(objective_of(half), [rows])
    assert loss == pytest.approx(plain[0], rel=2e-2)
    assert all(p.dtype == torch.float32 and p.grad is not None for p in half.parameters())


def test_chunked_head_equals_whole(student: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    objective = objective_of(student)
    rows = random_rows(random.Random(10), 5, student.config.vocab)
    whole = gradient(objective, [rows])
    monkeypatch.setattr("tailor_bridge.objective.LOGIT_CHUNK", 3 * student.config.vocab)
    assert_same(gradient(objective, [rows]), whole)


def make_stepper(student: Student, state: StepState, **hooks: Any) -> Stepper:
    objective = objective_of(student)
    return Stepper(objective, make_optimizer(objective, OPTIM), OPTIM, state, **hooks)


def weights(student: Student) -> Tensor:
    return torch.cat([p.detach().flatten() for p in student.parameters()])


def test_out_of_memory_repeats_the_step_smaller(
    student_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [random_rows(random.Random(k), 8, 300) for k in range(3)]
    small = make_stepper(load_student(student_folder), StepState(max_rows=4))
    for number, rows in enumerate(steps, start=1):
        small.step(rows, number, 3)
    shrunk: list[tuple[int, int]] = []
    stepper = make_stepper(
        load_student(student_folder), StepState(), on_oom=lambda old, new: shrunk.append((old, new))
    )
    micro_step = Stepper._micro_step

    def failing(self: Stepper, part: Any, *rest: Any) -> Any:
        figures = micro_step(self, part, *rest)
        if len(part) > 4:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate")
        return figures

    for number, rows in enumerate(steps, start=1):
        if number == 2:
            monkeypatch.setattr(Stepper, "_micro_step", failing)
        stepper.step(rows, number, 3)
    assert shrunk == [(8, 4)]
    assert stepper.state.max_rows == 4
    # Only the order of sums differs.
    first, second = weights(small.objective.student), weights(stepper.objective.student)
    assert float((first - second).abs().max()) < 2e-5


def test_out_of_memory_on_one_row_is_an_error(
    student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(self: Stepper, part: Any, *rest: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(Stepper, "_micro_step", failing)
    with pytest.raises(TrainerError) as caught:
        make_stepper(student, StepState()).step(random_rows(random.Random(0), 4, 300), 1, 1)
    assert (caught.value.code, caught.value.exit_code) == ("OOM", 5)


def test_nan_skips_one_step_and_stops_at_the_second(student: Student) -> None:
    warnings: list[str] = []
    stepper = make_stepper(student, StepState(), warn=lambda code, message: warnings.append(code))
    rows = random_rows(random.Random(0), 2, 300)
    poison = student.model.norm.weight
    before = weights(student)
    good = poison.detach().clone()
    with torch.no_grad():
        poison.fill_(float("nan"))
    assert stepper.step(rows, 5, 100).grad_norm is None
    with torch.no_grad():
        poison.copy_(good)
    assert torch.equal(weights(student), before)
    assert warnings == ["nonfinite-step"]
    assert stepper.step(rows, 6, 100).grad_norm is not None
    with torch.no_grad():
        poison.fill_(float("nan"))
    with pytest.raises(TrainerError) as caught:
        stepper.step(rows, 24, 100)
    assert caught.value.code == "NONFINITE"
    # Far from the first one it would have been skipped again.
    assert stepper.step(rows, 60, 100).grad_norm is None


@pytest.mark.parametrize("schedule", ["cosine", "linear", "constant"])
def test_schedule(schedule: str) -> None:
    config = OptimConfig(1.0, schedule, 0.1, 0.0, 1.0, 1, 1, 64)
    rates = [learning_rate(config, step, 20) for step in range(1, 21)]
    assert rates[:2] == [0.5, 1.0]
    assert max(rates) == 1.0
    assert all(rate > 0 for rate in rates)
    assert rates[2:] == sorted(rates[2:], reverse=True)
    assert (rates[-1] < 0.1) == (schedule != "constant")
