"""dpo, tpo and orpo: the formulas against separate forwards, cuts that may not matter, and dpo's reference."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import FIXTURES, MakeRun, RunFolder, default_rows
from runs import After, request, same, weights, work
from test_lora import Rounded
from test_model import assert_same, gradient, oracle_of
from torch import Tensor
from torch.nn import functional

from tailor_bridge import checkpoint
from tailor_bridge.batch import PackedRow, Pair, build_batch
from tailor_bridge.config import LmConfig, LoraConfig, OptimConfig, PairConfig
from tailor_bridge.control import move_stale_requests
from tailor_bridge.data import Text
from tailor_bridge.head import LEAST
from tailor_bridge.lora import attach, trained
from tailor_bridge.model import Student
from tailor_bridge.objective import Figures, Objective, counts_of
from tailor_bridge.pair_sums import PAIR_SUMS, pair_sums
from tailor_bridge.patterns import LASTING_STEPS, LOGP_STEPS
from tailor_bridge.reference import FILE
from tailor_bridge.selftest import random_rows
from tailor_bridge.step import Stepper, StepState, make_optimizer
from tailor_bridge.watch import Clock, Counters, Watch
from tailor_bridge.weights import load_student

torch.set_num_threads(1)
RATIO = 0.5
DPO = PairConfig("dpo", RATIO, beta=0.1)
KINDS = [
    DPO,
    PairConfig("dpo", RATIO, beta=2.0, length_normalise=True),
    PairConfig("tpo", RATIO, beta=0.1),
    PairConfig("tpo", RATIO, beta=2.0, length_normalise=True),
    PairConfig("orpo", RATIO),
]
IDS = ["dpo", "dpo-normalised", "tpo", "tpo-normalised", "orpo"]
# Several micro-batches a step.
OPTIM = OptimConfig(1e-3, "constant", 0.0, 0.01, 1.0, 1, 16, 120)
VECTORS = json.loads((FIXTURES / "vectors" / "losses.json").read_text())


@pytest.fixture
def student(student_folder: Path) -> Student:
    return load_student(student_folder)


def objective_of(student: Student, pair: PairConfig, prompt_weight: float = 0.0) -> Objective:
    return Objective(student, LmConfig(prompt_weight, "completion", "uniform"), pair)


def rows_of(seed: int, count: int = 6) -> list[PackedRow]:
    """Rows whose texts have a reference; one positive is no anchor, so that only its pair has it read."""
    draw = random.Random(seed)
    rows = [
        replace(row, reference=tuple(draw.uniform(-60, -20) for _ in row.texts))
        for row in random_rows(draw, count, 300)
    ]
    at = next(index for index, row in enumerate(rows) if row.pairs)
    rows[at] = replace(rows[at], anchors=(0,), pairs=rows[at].pairs[:1])
    return rows


def term_of(pair: PairConfig, said: list[Tensor], reference: list[float]) -> Tensor:
    """As TRL writes them (DPOTrainer's sigmoid loss, ORPOTrainer's odds_ratio_loss), from tokens' log-probabilities."""
    if pair.kind == "orpo":
        chosen, rejected = (tokens.mean() for tokens in said)
        log_odds = (chosen - rejected) - (
            torch.log1p(-torch.exp(chosen)) - torch.log1p(-torch.exp(rejected))
        )
        return -functional.logsigmoid(log_odds)
    sizes = [len(tokens) if pair.length_normalise else 1 for tokens in said]
    chosen, rejected = (tokens.sum() / n for tokens, n in zip(said, sizes, strict=True))
    logits = chosen - rejected
    if pair.kind == "dpo":
        logits = logits - (reference[0] / sizes[0] - reference[1] / sizes[1])
    return -functional.logsigmoid(pair.beta * logits)


def separate(
    folder: Path, rows: list[PackedRow], pair: PairConfig, prompt_weight: float
) -> tuple[float, Tensor]:
    """The objective by transformers' Llama: every text in a forward of its own, formulas written out."""
    model = oracle_of(folder)
    lm = torch.zeros(())
    terms: list[Tensor] = []
    tokens = 0
    for row in rows:
        said = []
        head = len(row.prompt)
        for index, text in enumerate(row.texts):
            ids = torch.tensor([[*row.prompt, *text.ids]])
            logits = model(input_ids=ids).logits[0, :-1].float()
            logp = logits.log_softmax(-1).gather(1, ids[0, 1:, None])[:, 0]
            said.append(logp[head - 1 :])
            if index in row.anchors:
                weights = torch.ones(len(logp))
                weights[: head - 1] = prompt_weight
                lm = lm - (logp * weights).sum()
                tokens += len(text.ids)
        for one in row.pairs:
            both = (one.positive, one.negative)
            terms.append(term_of(pair, [said[k] for k in both], [row.reference[k] for k in both]))
    loss = lm / tokens + RATIO * torch.stack(terms).mean()
    loss.backward()
    flat = [
        torch.zeros(p.numel()) if p.grad is None else p.grad.flatten()
        for _, p in sorted(model.named_parameters())
    ]
    return float(loss.detach()), torch.cat(flat)


@pytest.mark.parametrize("kind", ["dpo", "tpo", "orpo"])
def test_the_shared_vectors_through_the_objective(student: Student, kind: str) -> None:
    """Texts of one token each, so that their cross-entropies are what the vectors say."""
    for case in VECTORS[kind]:
        objective = objective_of(student, PairConfig(kind, 1.0, beta=case.get("beta", 0.1)))
        texts = (Text("c", (5,), "c", "teacher"), Text("r", (6,), "r", "negative"))
        reference = (case.get("refChosen", 0.0), case.get("refRejected", 0.0))
        row = PackedRow((2, 3), texts, (0,), (Pair(0, 0, 1),), reference)
        batch = build_batch([row], representation="said")
        ce = torch.tensor([-float(case["chosen"]), -float(case["rejected"])])
        logp, (term, chosen, rejected, margin) = objective._preferences(batch, ce)
        assert logp.tolist() == [case["chosen"], case["rejected"]]
        assert (chosen.tolist(), rejected.tolist()) == ([case["chosen"]], [case["rejected"]])
        assert float(term) == pytest.approx(case["expect"], abs=1e-6)
        if kind == "orpo":
            assert float(margin) == pytest.approx(case["ratio"], abs=1e-6)


@pytest.mark.parametrize("pair", KINDS, ids=IDS)
def test_packed_equals_separate_equals_any_cut(
    student: Student, student_folder: Path, pair: PairConfig
) -> None:
    objective = objective_of(student, pair, 0.1)
    rows = rows_of(3)
    packed = gradient(objective, [rows])
    assert_same(separate(student_folder, rows, pair, 0.1), packed)
    assert_same(gradient(objective, [[row] for row in rows]), packed)
    assert_same(gradient(objective, [rows[:1], rows[1:][::-1]]), packed)
    # It is no triplet by another name, and no plain fine-tuning.
    plain = gradient(objective_of(student, PairConfig("none", 0.0)), [rows])
    assert float((packed[1] - plain[1]).norm() / plain[1].norm()) > 1e-3


def test_only_texts_in_pairs_are_said_and_an_anchor_is_not_said_twice() -> None:
    texts = tuple(Text(name, (7, 8, 1), name, "s") for name in "abcd")
    row = PackedRow((4, 5, 6), texts, (0, 1), (Pair(0, 1, 2),))
    batch = build_batch([row], representation="said")
    # Two anchors and the rejected text; the chosen one is an anchor, the fourth text nobody asks for.
    assert batch.lm_weight.tolist() == [1.0] * 6 + [0.0] * 3
    assert batch.repr_at.tolist() == [3, 4, 5, 6, 7, 8]
    assert batch.repr_text.tolist() == [0, 0, 0, 1, 1, 1]
    assert batch.pairs.tolist() == [[0, 0, 1]]
    assert int(batch.lm_own.sum()) == 6


def figures_and_gradient(
    student: Student, rows: list[PackedRow], head: tuple[int, ...] = ()
) -> tuple[Figures, Tensor]:
    objective = objective_of(student, DPO)
    stepper = Stepper(objective, make_optimizer(objective, OPTIM), OPTIM, StepState(), head=head)
    figures = stepper.gradients(rows)
    grads = [
        torch.zeros_like(p) if p.grad is None else p.grad
        for _, p in sorted(trained(student).items())
    ]
    return figures, torch.cat([grad.flatten() for grad in grads])


@pytest.mark.parametrize("way", ["head", "checkpointed", "chunked", "adapters", "bfloat16"])
def test_no_way_of_computing_it_matters(
    student_folder: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    draw = random.Random(7)
    head = tuple(draw.choices(range(2, 300), k=LEAST + 1))
    rows = [replace(row, prompt=head + row.prompt) for row in rows_of(11)]

    def made(**options: Any) -> Student:
        student = load_student(student_folder, frozen=way == "adapters", **options)
        if way == "adapters":
            attach(student, LoraConfig(4, 8.0, 0.0, ("q_proj", "down_proj")), 1)
            torch.manual_seed(5)
            for name, parameter in trained(student).items():
                if name.endswith(".up"):
                    torch.nn.init.normal_(parameter, std=0.05)
        return student

    plain = figures_and_gradient(made(), rows)
    if way == "chunked":
        monkeypatch.setattr("tailor_bridge.objective.LOGIT_CHUNK", 3 * 304)
    options: dict[str, Any] = {
        "checkpointed": {"grad_checkpoint": True},
        "bfloat16": {"compute": torch.bfloat16},
    }.get(way, {})
    other = figures_and_gradient(made(**options), rows, head if way in ("head", "adapters") else ())
    limit = 3e-2 if way == "bfloat16" else 1e-5
    for name in ("lm", "pair", "logp_chosen", "logp_rejected", "won", "pairs"):
        value = getattr(plain[0], name)
        assert getattr(other[0], name) == pytest.approx(value, rel=limit, abs=limit), name
    assert float((other[1] - plain[1]).norm() / plain[1].norm()) < limit
    assert (plain[0].cos_pos, plain[0].cos_neg, plain[0].active) == (0.0, 0.0, 0.0)


def dpo_run(make_run: MakeRun, name: str = "run-a", **changes: Any) -> RunFolder:
    pair = {"kind": "dpo", "ratio": 0.5, "beta": 0.5}
    rows = default_rows(6)
    return make_run(name, rows, **{"objective__pair": pair, "optim__epochs": 3, **changes})


def reference_lines(run: RunFolder) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run.path / FILE).read_text().splitlines()]


@pytest.mark.usefixtures("no_parity")
@pytest.mark.parametrize("mode", ["full", "lora"])
def test_the_reference_is_the_starting_student_and_training_leaves_it_alone(
    make_run: MakeRun, student_folder: Path, mode: str
) -> None:
    run = dpo_run(make_run, mode=mode)
    assert work(run) == 0
    head, *lines = reference_lines(run)
    assert head["texts"] == len(lines) > 0
    rows = {row["id"]: row for row in default_rows(6)}
    assert {line["question"] for line in lines} == {
        id_ for id_, row in rows.items() if row["negatives"]
    }
    from tailor_bridge.tokens import StudentTokens

    tokens = StudentTokens(student_folder)
    model = oracle_of(student_folder).eval()
    for line in lines:
        row = rows[line["question"]]
        side = "positives" if line["side"] == "chosen" else "negatives"
        key = "completion" if side == "positives" else "text"
        text = next(one[key] for one in row[side] if one["id"] == line["text"])
        prompt, own = tokens.encode_all([row["prompt"], text])
        ids = torch.tensor([[*tokens.prompt_ids(prompt), *own, tokens.eos_id]])
        with torch.no_grad():
            logp = model(input_ids=ids).logits[0, :-1].log_softmax(-1)
        said = logp.gather(1, ids[0, 1:, None])[-len(own) - 1 :, 0]
        assert line["tokens"] == len(own) + 1
        assert line["logp"] == pytest.approx(float(said.sum()), rel=1e-5)
    # At the first step nothing is preferred more than by the reference: the term is log 2, and later less.
    metrics = run.of("metrics")
    first = next(one for one in metrics if one["pair"] is not None)
    assert first["step"] == 1
    assert first["pair"] == pytest.approx(0.693147, abs=1e-5)
    assert first["preference"]["margin"] == pytest.approx(0, abs=1e-4)
    assert first["loss"] == pytest.approx(first["lm"] + 0.5 * first["pair"], rel=1e-6)
    last = next(one for one in reversed(metrics) if one["pair"] is not None)
    assert last["pair"] < first["pair"]
    assert last["preference"]["margin"] > 0
    assert (last["cosPos"], last["cosNeg"], last["activeFrac"]) == (None, None, None)
    by_source = [one["preference"] for one in last["bySource"].values() if one["preference"]]
    assert sum(one["pairs"] for one in by_source) == last["pairsInBatch"]
    assert run.of("done")[0]["summary"]["preference"] == last["preference"]
    batch = json.loads((run.path / "first-batch.json").read_text())
    roles = {text["role"] for row in batch["rows"] for text in row["texts"]}
    assert roles == {"anchor", "rejected"} or roles == {"anchor", "chosen", "rejected"}
    phases = [one["name"] for one in run.of("phase")]
    assert phases.index("referencing") < phases.index("probing")
    assert run.of("reference")[-1]["done"] == run.of("reference")[-1]["of"]


@pytest.mark.usefixtures("no_parity")
def test_of_a_quantised_base_the_reference_is_that_base(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tailor_bridge.quantise.nf4", lambda: Rounded)
    run = dpo_run(make_run, mode="qlora", gradCheckpoint=True, optim__lr=1e-2)
    assert work(run) == 0
    terms = [one["pair"] for one in run.of("metrics") if one["pair"] is not None]
    assert terms[0] == pytest.approx(0.693147, abs=1e-5)
    assert terms[-1] < 0.69


@pytest.mark.usefixtures("no_parity")
def test_resumed_runs_read_the_reference_again(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = dpo_run(make_run, "run-whole")
    assert work(whole) == 0
    run = dpo_run(make_run, "run-cut")
    with monkeypatch.context() as patch:
        After(patch, "metrics", 4, lambda: request(run, "cancel", 1))
        assert work(run, 1) == 3
    written = (run.path / FILE).read_bytes()
    move_stale_requests(run.path, 2)
    with monkeypatch.context() as patch:
        patch.setattr("tailor_bridge.reference.Reader.values", None)
        assert work(run, 2) == 0
    assert (run.path / FILE).read_bytes() == written
    assert len([one for one in run.of("phase") if one["name"] == "referencing"]) == 1
    assert same(weights(run), weights(whole))


@pytest.mark.usefixtures("no_parity")
def test_a_reference_that_is_gone_comes_from_the_starting_student_or_not_at_all(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = dpo_run(make_run)
    with monkeypatch.context() as patch:
        After(patch, "metrics", 4, lambda: request(run, "cancel", 1))
        assert work(run, 1) == 3
    written = (run.path / FILE).read_bytes()
    # Damaged: a value is another one.
    (run.path / FILE).write_bytes(written.replace(b'"logp":-', b'"logp":-1', 1))
    move_stale_requests(run.path, 2)
    with monkeypatch.context() as patch:
        After(patch, "metrics", 5, lambda: request(run, "cancel", 2))
        assert work(run, 2) == 3
    assert (run.path / FILE).read_bytes() == written
    # A checkpoint that was trained against other values is not gone on from.
    newest = checkpoint.committed(run.path)[0][1]
    state = json.loads((newest / "state.json").read_text())
    (newest / "state.json").write_text(json.dumps({**state, "reference": "0" * 64}))
    record = json.loads((newest / "COMMITTED").read_text())
    record["files"]["state.json"] = checkpoint.jsonio.sha256_file(newest / "state.json")
    (newest / "COMMITTED").write_text(json.dumps(record))
    move_stale_requests(run.path, 3)
    assert work(run, 3) == 1
    assert run.events[-1]["code"] == "CKPT_MISMATCH"
    assert "reference.jsonl" in run.events[-1]["message"]


def test_a_request_to_stop_ends_the_reference(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = dpo_run(make_run)
    request(run, "cancel", 1)
    polls = iter([False, False])
    from tailor_bridge.control import Control

    poll = Control.poll
    monkeypatch.setattr(
        Control, "poll", lambda self: None if next(polls, True) is False else poll(self)
    )
    assert work(run, 1) == 3
    assert [one["name"] for one in run.of("phase")][-2:] == ["referencing", "stopping"]
    assert not (run.path / FILE).exists()


def watched(pair: PairConfig, steps: int, figures: Any) -> list[str]:
    """The warnings of a run of so many steps whose figures are `figures(step)`."""
    from types import SimpleNamespace

    said: list[str] = []
    events: Any = SimpleNamespace(
        warning=lambda code, message: said.append(code), emit=lambda *a, **k: None
    )
    config: Any = SimpleNamespace(pair=pair)
    plan: Any = SimpleNamespace(
        steps=[[SimpleNamespace(negative=0)]] * steps, steps_per_epoch=2 * LOGP_STEPS, epoch_of=int
    )
    counters = Counters()
    for step in range(steps):
        # Every step in a process of its own: what is counted is in the checkpoint.
        watch = Watch(events, config, plan, counters, Clock())
        counters.step += 1
        result: Any = SimpleNamespace(figures=figures(step), grad_norm=1.0)
        watch.after(result, 0.1, 1e-3)
        counters = Counters(**json.loads(json.dumps(vars(counters))))
    return said


def test_a_term_that_has_won_everything_is_said() -> None:
    won = Figures(pairs=4, pair=0.001, won=1.0, logp_chosen=-1.0)
    assert watched(DPO, LASTING_STEPS + 5, lambda step: won) == ["pair-won"]
    assert watched(DPO, LASTING_STEPS - 1, lambda step: won) == []
    for other in (replace(won, won=0.75), replace(won, pair=0.2)):
        assert watched(DPO, LASTING_STEPS + 5, lambda step, other=other: other) == []


def test_chosen_texts_that_become_less_likely_are_said() -> None:
    def falling(each: float) -> Any:
        return lambda step: Figures(pairs=2, pair=0.5, won=0.5, logp_chosen=-1.0 - each * step)

    assert watched(DPO, 4 * LOGP_STEPS, falling(0.01)) == ["likelihood-displacement"]
    assert watched(DPO, 4 * LOGP_STEPS - 1, falling(0.01)) == []
    assert watched(DPO, 4 * LOGP_STEPS, falling(-0.01)) == []
    assert watched(DPO, 4 * LOGP_STEPS, falling(1e-5)) == []


@pytest.mark.usefixtures("no_parity")
@pytest.mark.parametrize("kind", ["triplet", "dpo"])
def test_a_step_whose_loss_is_no_number_is_left_out_and_the_run_goes_on(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    gradients = Stepper.gradients

    def poisoned(self: Stepper, rows: list[PackedRow], number: int = 0) -> Figures:
        figures = gradients(self, rows, number)
        if number == 2:
            for name in ("lm", "pair", "logp_chosen", "logp_rejected", "margin"):
                setattr(figures, name, float("nan"))
        return figures

    monkeypatch.setattr(Stepper, "gradients", poisoned)
    run = dpo_run(make_run) if kind == "dpo" else make_run(rows=default_rows(6), optim__epochs=3)
    assert work(run) == 0
    assert [e["code"] for e in run.of("warning")] == ["nonfinite-step"]
    assert checkpoint.committed(run.path)


def test_what_is_counted_at_all(student: Student) -> None:
    """A process's sums go through one list, and come out of it."""
    rows = rows_of(5)
    figures, _ = figures_and_gradient(student, rows)
    sources = sorted({text.source for row in rows for text in row.texts})
    back = Figures()
    back.unpack(figures.packed(sources), sources)
    assert back == figures
    assert figures.pairs == sum(len(row.pairs) for row in rows)
    assert counts_of(rows, LmConfig(0.0, "completion", "uniform")).pairs == figures.pairs
    assert 0 <= figures.won <= 1
    assert figures.logp_chosen < 0


def test_a_margin_within_rounding_is_no_preference() -> None:
    """At the first step of dpo student and reference are one, but for the order of sums."""
    for margin, won in ((1.5e-7, 0.0), (-1.5e-7, 0.0), (1e-5, 1.0), (-1e-5, 0.0)):
        added = dict(zip(PAIR_SUMS, pair_sums((0.69, -1.0, -1.1, margin)), strict=True))
        assert (added["margin"], added["won"]) == (margin, won)
