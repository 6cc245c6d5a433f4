"""Probes: greedy texts by kept keys and values, and runs that are the same with and without them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import MakeRun, RunFolder, write_student
from runs import After, request, same, weights, work

from tailor_bridge import generate as generating
from tailor_bridge.config import load_config, parse_config
from tailor_bridge.control import move_stale_requests
from tailor_bridge.generate import Rules, generate
from tailor_bridge.model import Student
from tailor_bridge.parity import own_logits
from tailor_bridge.probes import ANSWER_LINE, Probes, is_loop, wilson
from tailor_bridge.tokens import StudentTokens
from tailor_bridge.weights import load_student

torch.set_num_threads(1)


def never(_ids: Sequence[int]) -> None:
    return None


def rules(max_new: int, ended: Any = never, late: Any = lambda: False) -> Rules:
    return Rules(max_new=max_new, ended=ended, poll=lambda: None, late=late)


@torch.no_grad()
def recomputed(student: Student, prompt: Sequence[int], count: int) -> list[int]:
    """Greedy by the trainer's own forward over the whole text, token by token."""
    ids = list(prompt)
    for _ in range(count):
        ids.append(int(own_logits(student, ids)[-1].argmax()))
    return ids[len(prompt) :]


PROMPTS = [[5, 9, 4], [7], [12, 40, 3, 8, 30, 2, 99, 14, 60], [200, 201]]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"num_key_value_heads": 4},
        {"num_key_value_heads": 1, "tie_word_embeddings": False},
        {"model_type": "qwen2"},
        {"model_type": "qwen3"},
        {"rope_parameters": {"rope_type": "linear", "rope_theta": 1e4, "factor": 2.0}},
    ],
    ids=["llama", "one key a head", "one key for all", "qwen2", "qwen3", "scaled positions"],
)
@pytest.mark.parametrize("prefill", [128, 2], ids=["whole prompts", "prompts in pieces"])
def test_generates_what_the_forward_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], prefill: int
) -> None:
    monkeypatch.setattr(generating, "PREFILL", prefill)
    student = load_student(write_student(tmp_path / "s", seed=3, **changes))
    results = generate(student, PROMPTS, rules(12))
    assert [r.ids for r in results] == [recomputed(student, prompt, 12) for prompt in PROMPTS]
    assert {r.finish for r in results} == {"length"}


def test_rows_end_on_their_own_and_batches_stay_small(
    student_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = load_student(student_folder)
    whole = generate(student, PROMPTS, rules(10))

    def ended(ids: Sequence[int]) -> str | None:
        return "stop" if len(ids) >= 2 + ids[0] % 5 else None

    expected = [r.ids[: 2 + r.ids[0] % 5] for r in whole]
    assert len({len(ids) for ids in expected}) > 1
    one_by_one = generating.CACHE_BYTES
    for size in (one_by_one, 1):
        monkeypatch.setattr(generating, "CACHE_BYTES", size)
        results = generate(student, PROMPTS, rules(10, ended))
        assert [r.ids for r in results] == expected
        assert {r.finish for r in results} == {"stop"}


def test_what_does_not_fit_is_cut_or_left_out(student_folder: Path) -> None:
    student = load_student(student_folder)
    positions = student.config.positions
    long, longer = [5] * (positions - 3), [5] * positions
    first, second = generate(student, [long, longer], rules(10))
    assert (len(first.ids), first.finish) == (3, "length")
    assert (second.ids, second.finish) == ([], "length")


def test_time_runs_out(student_folder: Path) -> None:
    student = load_student(student_folder)
    left = [4]

    def late() -> bool:
        left[0] -= 1
        return left[0] < 0

    results = generate(student, PROMPTS, rules(10, late=late))
    assert {r.finish for r in results} == {"time"}
    assert {len(r.ids) for r in results} == {4}


def test_answer_lines_and_loops_end_a_text() -> None:
    assert ANSWER_LINE.search("so 7.\nAnswer: 7\n")
    assert ANSWER_LINE.search("Answer: x\nmore")
    for text in ("Answer: 7", "Answer:\n7\n", "the Answer: 7\n", "Answer: \n"):
        assert ANSWER_LINE.search(text) is None
    tail = [1, 2, 3, 4, 5, 6, 7, 8]
    assert is_loop(tail * 4)
    assert not is_loop(tail * 3)
    assert not is_loop(tail[:5])
    assert is_loop([9] * 11)


def test_wilson_is_the_hosts() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    # Both ends are as far from the share as their own standard error says.
    for end in wilson(60, 300):
        assert abs(abs(0.2 - end) / (end * (1 - end) / 300) ** 0.5 - 1.959963984540054) < 1e-12
    assert wilson(0, 10)[0] == 0.0
    assert wilson(10, 10)[1] == 1.0


PROBES = {
    "items": [
        {
            "id": f"d-{a}",
            "prompt": f"Question: Ana has {a} pens. How many?\nReasoning:",
            "gold": str(a),
        }
        for a in range(5)
    ],
    "maxNewTokens": 12,
    "stopAtAnswerLine": True,
    "seconds": 60,
}


def probed(make_run: MakeRun, name: str, **changes: Any) -> RunFolder:
    run = make_run(name, **changes)
    run.config["probes"] = PROBES
    run.save_config()
    return run


@pytest.mark.usefixtures("no_parity")
def test_a_run_is_the_same_with_and_without_probes(make_run: MakeRun) -> None:
    plain = make_run("run-plain")
    assert work(plain) == 0
    run = probed(make_run, "run-probed")
    assert work(run) == 0
    assert same(weights(run), weights(plain))
    timeless = ("t", "seq", "runId", "tokPerS", "memMB")
    losses = [
        [{k: v for k, v in m.items() if k not in timeless} for m in one.of("metrics")]
        for one in (run, plain)
    ]
    assert losses[0] == losses[1]
    samples, evals = run.of("sample"), run.of("eval")
    assert [(s["epoch"], s["questionId"]) for s in samples] == [
        (epoch, item["id"]) for epoch in (1, 2) for item in PROBES["items"]
    ]
    steps = run.of("accepted")[0]["steps"]
    assert [(e["epoch"], e["step"], e["n"]) for e in evals] == [(1, steps // 2, 5), (2, steps, 5)]
    assert all(
        e["correct"] == sum(s["correct"] for s in samples if s["epoch"] == e["epoch"])
        for e in evals
    )
    assert all(e["ci"] == list(wilson(e["correct"], e["n"])) for e in evals)
    assert {s["finish"] for s in samples} <= {"eos", "stop", "length", "loop"}
    assert plain.of("sample") == []


@pytest.mark.usefixtures("no_parity")
@pytest.mark.parametrize("epoch", [1, 2])
def test_probes_that_were_stopped_are_asked_when_the_run_goes_on(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, epoch: int
) -> None:
    whole = probed(make_run, "run-whole")
    assert work(whole) == 0
    run = probed(make_run, "run-cut")
    with monkeypatch.context() as patch:
        After(patch, "evaluating", epoch, lambda: request(run, "cancel", 1))
        assert work(run, 1) == 3
    assert len(run.of("eval")) == epoch - 1
    move_stale_requests(run.path, 2)
    assert work(run, 2) == 0
    shown = ("epoch", "step", "questionId", "text", "answer", "correct", "finish")
    samples = [[{k: s[k] for k in shown} for s in one.of("sample")] for one in (run, whole)]
    assert samples[0] == samples[1]
    assert same(weights(run), weights(whole))


@pytest.mark.usefixtures("no_parity")
def test_probes_that_take_too_long_or_too_much_cost_nothing_else(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = probed(make_run, "run-late")
    run.config["probes"] = {**PROBES, "seconds": 1e-9}
    run.save_config()
    assert work(run) == 0
    assert {s["finish"] for s in run.of("sample")} == {"time"}
    assert "5 of 5 probes were cut off" in run.of("warning")[0]["message"]
    plain = make_run("run-plain")
    assert work(plain) == 0
    assert same(weights(run), weights(plain))
    full = probed(make_run, "run-full")

    def too_much(*_: Any) -> None:
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr("tailor_bridge.probes.generate", too_much)
    assert work(full) == 0
    assert full.of("eval") == []
    assert [w["code"] for w in full.of("warning")] == ["probes", "probes"]
    assert same(weights(full), weights(plain))


KINDS = [
    {"id": "n", "prompt": "Question: 1?\nReasoning:", "gold": "7"},
    {"id": "c", "gold": "b", "kind": "choice", "choices": ["pen", "both (a) and (b)", "ink"]},
    {"id": "y", "gold": "no", "kind": "yes-no"},
    {"id": "e", "gold": "New York", "kind": "exact"},
]


def answers_to(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch, texts: Sequence[str], **changes: Any
) -> None:
    """Works a run of one epoch whose student says these texts, whatever is asked."""
    items = [{"prompt": f"Question: {item['id']}?\nReasoning:", **item} for item in KINDS]
    run.config["probes"] = {**PROBES, "items": items, **changes}
    run.config["optim"]["epochs"] = 1
    run.save_config()

    def said(_student: Any, prompts: Any, _rules: Any) -> list[generating.Generated]:
        tokens = StudentTokens(Path(run.config["model"]["path"]), None)
        ids = tokens.encode_all(list(texts))
        return [generating.Generated(ids=list(one), finish="stop") for one in ids][: len(prompts)]

    monkeypatch.setattr("tailor_bridge.probes.generate", said)
    assert work(run) == 0


@pytest.mark.usefixtures("no_parity")
def test_each_probe_is_graded_by_its_kind(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = make_run("run-right")
    texts = ["Answer: 7.0\n", "It is (b).\nAnswer: (b)\n", "Answer: No – so.", "Answer: new  york."]
    answers_to(right, monkeypatch, texts)
    assert [(s["questionId"], s["answer"], s["correct"]) for s in right.of("sample")] == [
        ("n", "7", True),
        ("c", "b", True),
        ("y", "no", True),
        ("e", "new york", True),
    ]
    wrong = make_run("run-wrong")
    # What a grader of numbers would make of it: nothing, or another number. Naming a choice's text picks nothing.
    texts = ["Answer: 8", "Answer: (c), both (a) and (b)", "Answer: yes", "Answer: 7"]
    answers_to(wrong, monkeypatch, texts)
    assert [(s["answer"], s["correct"]) for s in wrong.of("sample")] == [
        ("8", False),
        ("c", False),
        ("yes", False),
        ("7", False),
    ]
    assert [(e["n"], e["correct"], e["unextracted"]) for e in wrong.of("eval")] == [(4, 0, 0)]
    none = make_run("run-none")
    answers_to(none, monkeypatch, ["so", "so", "so", "so"])
    assert [(e["correct"], e["unextracted"]) for e in none.of("eval")] == [(0, 4)]


@pytest.mark.usefixtures("no_parity")
def test_questions_that_only_the_host_grades_are_named_and_not_asked(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run("run-patterns")
    answers_to(run, monkeypatch, ["Answer: 7"], items=[], leftOut=12)
    (said,) = [log["msg"] for log in run.of("log") if "pattern" in log["msg"]]
    assert said.startswith("12 dev questions")
    assert run.of("sample") == run.of("eval") == []
    assert run.events[-1]["type"] == "done"


def test_an_answer_at_the_limit_is_cut_off_and_no_loop(student_folder: Path) -> None:
    golden = Path(__file__).resolve().parents[2] / "test/fixtures/run/run.probes.json"
    config = parse_config(golden.read_bytes()).probes
    assert config is not None
    probes = object.__new__(Probes)
    probes.config, probes.tokens = config, StudentTokens(student_folder, None)
    probes._eos = frozenset()
    most = config.max_new_tokens
    assert probes._ended([5] * (most - 1)) == "loop"
    assert probes._ended([5] * most) == "length"


def test_config_with_probes(make_run: MakeRun) -> None:
    golden = Path(__file__).resolve().parents[2] / "test/fixtures/run/run.probes.json"
    config = parse_config(golden.read_bytes())
    assert config.probes is not None
    assert [(one.id, one.gold, one.kind, one.choices) for one in config.probes.items] == [
        ("d-1", "7", "number", ()),
        ("d-2", "1,200", "number", ()),
        ("d-3", "b", "choice", ("pen", "blotter")),
        ("d-4", "yes", "yes-no", ()),
        ("d-5", "New York", "exact", ()),
        ("d-6", "4", "number", ()),
    ]
    assert config.probes.left_out == 3
    assert (config.probes.max_new_tokens, config.probes.seconds) == (72, 60.0)
    assert config.warnings == ()
    assert load_config(make_run("run-none").path).probes is None
