from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from conftest import END, FIXTURES, default_rows, frozen_row, write_student

from tailor_bridge import jsonio
from tailor_bridge.config import DataConfig, PairConfig
from tailor_bridge.data import TrainingData, prepare, read_frozen
from tailor_bridge.errors import TrainerError
from tailor_bridge.first_batch import first_batch
from tailor_bridge.plan import make_plan
from tailor_bridge.tokens import StudentTokens


@pytest.fixture(scope="module")
def tokens(student_folder: Path) -> StudentTokens:
    return StudentTokens(student_folder)


def write(folder: Path, data: bytes) -> DataConfig:
    path = folder / "train.jsonl"
    path.write_bytes(data)
    rows = sum(1 for line in data.split(b"\n") if line.strip())
    return DataConfig(str(path), rows, hashlib.sha256(data).hexdigest())


def lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def load(
    folder: Path, rows: list[dict[str, Any]], tokens: StudentTokens, max_len: int = 200
) -> TrainingData:
    config = write(folder, lines(rows))
    return prepare(read_frozen(config), tokens, max_len, config.sha256)


def test_every_positive_is_an_anchor_and_ends_in_eos(tmp_path: Path, tokens: StudentTokens) -> None:
    data = load(tmp_path, default_rows(), tokens)
    assert data.anchors == 17
    assert data.coverage(PairConfig("triplet", 0.1, 1.0, "last")) == {
        "questions": 8,
        "withPair": 6,
        "bySource": {"feedback": 1, "self": 8, "teacher": 8},
    }
    assert data.coverage(PairConfig("none", 0.1, 1.0, "last"))["withPair"] == 0
    question = data.questions[0]
    row = default_rows()[0]
    assert list(question.prompt_ids) == tokens.encode(row["prompt"])
    assert list(question.positives[0].ids) == [
        *tokens.encode(row["positives"][0]["completion"]),
        tokens.eos_id,
    ]


def test_bos_exactly_where_the_tokenizer_adds_one(tmp_path: Path, tokens: StudentTokens) -> None:
    with_bos = StudentTokens(write_student(tmp_path / "bos", bos=True))
    assert (tokens.bos_ids, with_bos.bos_ids) == ((), (0,))
    data = load(tmp_path, [frozen_row(0)], with_bos)
    assert data.questions[0].prompt_ids[0] == 0
    assert 0 not in data.questions[0].positives[0].ids


def test_threat_9_special_tokens_in_texts_are_split(tmp_path: Path, tokens: StudentTokens) -> None:
    """threat 9: poisoned rationale enters training"""
    row = frozen_row(0)
    row["prompt"] = f"Question: {END} What?\nReasoning:"
    row["positives"][0]["completion"] = f" 3{END}<|pad|> more.\nAnswer: 3"
    row["negatives"][0]["text"] = f" {END}"
    question = load(tmp_path, [row], tokens).questions[0]
    assert not {0, 1} & set(question.prompt_ids)
    assert list(question.positives[0].ids).count(tokens.eos_id) == 1
    assert question.positives[0].ids[-1] == tokens.eos_id
    assert 0 not in question.positives[0].ids
    assert list(question.negatives[0].ids).count(tokens.eos_id) == 1


def test_dropped_texts_carry_their_reason(tmp_path: Path, tokens: StudentTokens) -> None:
    row = frozen_row(0, positives=3, negatives=2)
    row["positives"][1]["completion"] = row["positives"][0]["completion"].replace("\n", "  \n ")
    row["positives"][2]["completion"] = " \n "
    row["negatives"][0]["text"] = row["positives"][0]["completion"] + " "
    long = frozen_row(1)
    long["positives"][0]["completion"] = " word" * 300
    long["negatives"][0]["text"] = " 9" * 300
    data = load(tmp_path, [row, long], tokens)
    assert {d.id: d.reason for d in data.dropped} == {
        "p-0-1": "duplicate",
        "p-0-2": "empty_completion",
        "n-0-0": "pair_identical",
        "p-1-0": "too_long",
        "n-1-0": "too_long",
    }
    assert data.anchors == 2
    assert not any(question.has_pair for question in data.questions)


def test_nothing_left_is_an_error(tmp_path: Path, tokens: StudentTokens) -> None:
    with pytest.raises(TrainerError, match="all were dropped") as caught:
        load(tmp_path, default_rows(), tokens, max_len=8)
    assert caught.value.code == "DATA_INVALID"


def broken(change: str, value: Any) -> dict[str, Any]:
    row = frozen_row(1)
    section: Any = row
    *path, last = change.split(".")
    for part in path:
        section = section[int(part) if part.isdigit() else part]
    section[last] = value
    return row


@pytest.mark.parametrize(
    ("change", "value", "field"),
    [
        ("prompt", "ends in a space ", "prompt"),
        ("prompt", 5, "prompt"),
        ("v", 2, "v"),
        ("id", "q-0", "id"),
        ("positives", [], "positives"),
        ("positives.0.completion", "", "positives[0].completion"),
        ("positives.1.source", "guess", "positives[1].source"),
        ("negatives.0.text", None, "negatives[0].text"),
        ("negatives", [3], "negatives[0]"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, change: str, value: Any, field: str) -> None:
    config = write(tmp_path, lines([frozen_row(0), broken(change, value)]))
    with pytest.raises(TrainerError) as caught:
        read_frozen(config)
    assert caught.value.code == "DATA_INVALID"
    assert f"train.jsonl line 2, {field}: " in caught.value.message


def test_half_a_surrogate_and_nan_are_named(tmp_path: Path) -> None:
    text = json.dumps(broken("negatives.0.text", "\ud800"))
    config = write(tmp_path, text.encode())
    with pytest.raises(TrainerError, match=r"line 1, negatives\[0\]\.text: holds half"):
        read_frozen(config)
    config = write(tmp_path, b'{"v": NaN}\n')
    with pytest.raises(TrainerError, match="line 1: is not JSON"):
        read_frozen(config)


def test_only_newlines_end_lines(tmp_path: Path, tokens: StudentTokens) -> None:
    row = frozen_row(0)
    row["positives"][0]["completion"] = " a\u2028b\u0085c\nAnswer: 1"
    assert len(load(tmp_path, [row], tokens).questions) == 1


def test_changed_file_is_refused(tmp_path: Path) -> None:
    config = write(tmp_path, lines(default_rows()))
    path = Path(config.path)
    path.write_bytes(path.read_bytes().replace(b"pens", b"pins", 1))
    with pytest.raises(TrainerError, match="is not the file that was frozen"):
        read_frozen(config)
    path.unlink()
    with pytest.raises(TrainerError, match="cannot be read"):
        read_frozen(config)


def test_row_count_is_checked(tmp_path: Path) -> None:
    config = write(tmp_path, lines(default_rows()))
    with pytest.raises(TrainerError, match=r"has 8 rows, run\.json says 9"):
        read_frozen(DataConfig(config.path, 9, config.sha256))


def plan_of(data: TrainingData, **changes: Any):
    options: dict[str, Any] = {
        "seed": 0,
        "data_hash": data.sha256,
        "epochs": 3,
        "global_batch": 4,
        "pairs": True,
        **changes,
    }
    return make_plan(data.questions, **options)


def test_plan_shows_every_anchor_once_an_epoch(tmp_path: Path, tokens: StudentTokens) -> None:
    data = load(tmp_path, default_rows(), tokens)
    plan = plan_of(data)
    assert plan.steps_per_epoch == 5
    assert len(plan.steps) == 15
    # 17 anchors in five steps of three or four, never one alone.
    assert {len(step) for step in plan.steps} == {3, 4}
    for epoch in range(3):
        steps = plan.steps[epoch * 5 : epoch * 5 + 5]
        anchors = [(a.question, a.anchor) for step in steps for a in step]
        assert len(anchors) == len(set(anchors)) == 17
        for step in steps:
            for a in step:
                question = data.questions[a.question]
                assert (a.positive is not None) == question.has_pair
                assert a.positive != a.anchor
    first = [plan.steps[i] for i in range(5)]
    assert first != [plan.steps[i] for i in range(5, 10)]


def test_plan_depends_on_seed_and_data_alone(tmp_path: Path, tokens: StudentTokens) -> None:
    data = load(tmp_path, default_rows(), tokens)
    text = list(plan_of(data).lines(data.questions))
    assert list(plan_of(data).lines(data.questions)) == text
    assert list(plan_of(data, seed=1).lines(data.questions)) != text
    assert list(plan_of(data, data_hash="x").lines(data.questions)) != text
    # Known by heart: another order would make checkpoints of older trainers useless.
    known = make_plan(data.questions, seed=0, data_hash="d", epochs=1, global_batch=4, pairs=True)
    assert json.loads(next(known.lines(data.questions))) == {
        "epoch": 0,
        "step": 1,
        "question": "q-6",
        "item": "p-6-0",
        "positive": "p-6-1",
        "negative": "n-6-0",
    }


def test_negatives_take_turns(tmp_path: Path, tokens: StudentTokens) -> None:
    data = load(tmp_path, [frozen_row(0, negatives=3)], tokens)
    plan = plan_of(data, epochs=6)
    seen = [a.negative for step in plan.steps for a in step]
    assert {n: seen.count(n) for n in set(seen)} == {0: 4, 1: 4, 2: 4}


def test_first_batch_shows_roles_and_weights(tmp_path: Path, tokens: StudentTokens) -> None:
    data = load(tmp_path, default_rows(), tokens)
    view = first_batch(data.questions, plan_of(data, global_batch=17), tokens, 0.0)
    assert len(view["rows"]) == 8
    roles = {
        token["role"] for row in view["rows"] for text in row["texts"] for token in text["tokens"]
    }
    assert {"anchor", "negative", "eos"} <= roles
    for row in view["rows"]:
        assert all(token["weight"] == 0 for token in row["tokens"])
        for text in row["texts"]:
            weight = 1.0 if text["role"] == "anchor" else 0.0
            assert {token["weight"] for token in text["tokens"]} == {weight}
            assert text["tokens"][-1] == {"id": 1, "text": END, "role": "eos", "weight": weight}


def test_first_batch_is_the_golden_record(tmp_path: Path, tokens: StudentTokens) -> None:
    """The host parses the same file; TAILOR_WRITE_GOLDEN=1 writes it anew."""
    data = load(tmp_path, [frozen_row(0), frozen_row(1)], tokens)
    text = jsonio.dumps(first_batch(data.questions, plan_of(data, global_batch=2), tokens, 0.0))
    golden = FIXTURES / "run" / "first-batch.valid.json"
    if os.environ.get("TAILOR_WRITE_GOLDEN") == "1":
        golden.write_text(text + "\n", encoding="utf-8", newline="\n")
    assert json.loads(text) == json.loads(golden.read_text(encoding="utf-8"))
