"""Puts the cases of probes into the golden files of a run folder, which both languages read.

    .venv/bin/python python-bridge/tests/make_probe_golden.py test/fixtures/run

Running it again changes nothing.
"""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("test/fixtures/run")
MARK = "probes: "
PROBES: dict[str, Any] = {
    "items": [
        {"id": "d-1", "prompt": "Question: Ana has 3 pens.\nReasoning:", "gold": "7"},
        {"id": "d-2", "prompt": "Question: 日本 \u2028?\nReasoning:", "gold": "1,200"},
    ],
    "maxNewTokens": 72,
    "stopAtAnswerLine": True,
    "seconds": 60,
}
SAMPLE = {
    "epoch": 1,
    "step": 50,
    "questionId": "d-1",
    "text": " 3 + 4 = 7.\nAnswer: 7\n",
    "answer": "7",
    "correct": True,
    "finish": "stop",
}
EVAL = {
    "epoch": 1,
    "step": 50,
    "split": "probe",
    "n": 2,
    "correct": 1,
    "unextracted": 1,
    "ci": [0.094531, 0.905469],
    "seconds": 1.25,
}


def read_lines(name: str) -> list[dict[str, Any]]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def write_lines(name: str, records: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(record) + "\n" for record in records)
    (FOLDER / name).write_text(text, encoding="utf-8")


def put(name: str, cases: list[dict[str, Any]]) -> None:
    """Each case in its own place where it has one; new ones at the end."""
    mine = {case["name"]: case for case in cases}
    lines = [mine.pop(case["name"], case) for case in read_lines(name)]
    write_lines(name, [*lines, *mine.values()])


def changed(change: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**change, **more}


def without(value: dict[str, Any], key: str) -> dict[str, Any]:
    return {k: v for k, v in value.items() if k != key}


def config_with(base: dict[str, Any], probes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(base), "probes": probes}


def main() -> None:
    base = json.loads((FOLDER / "run.valid.json").read_text(encoding="utf-8"))
    whole = json.dumps(config_with(base, PROBES), indent=2, ensure_ascii=False) + "\n"
    (FOLDER / "run.probes.json").write_text(whole, encoding="utf-8")

    item = PROBES["items"][0]
    refused = [
        ("no items", "probes.items", changed(PROBES, items=[])),
        ("65 items", "probes.items", changed(PROBES, items=[item] * 65)),
        (
            "an item without its gold",
            "probes.items.0.gold",
            changed(PROBES, items=[without(item, "gold")]),
        ),
        (
            "an empty prompt",
            "probes.items.0.prompt",
            changed(PROBES, items=[{**item, "prompt": ""}]),
        ),
        ("no length limit", "probes.maxNewTokens", without(PROBES, "maxNewTokens")),
        ("a time limit of 0", "probes.seconds", changed(PROBES, seconds=0)),
    ]
    cases = [
        {"name": MARK + name, "field": field, "config": config_with(base, probes)}
        for name, field, probes in refused
    ]
    put("run.invalid.jsonl", cases)

    unknown = [
        {
            "name": MARK + "a setting",
            "field": "probes.temperature",
            "config": config_with(base, changed(PROBES, temperature=1)),
        },
        {
            "name": MARK + "a field of an item",
            "field": "probes.items.0.rationale",
            "config": config_with(base, changed(PROBES, items=[{**item, "rationale": "r"}])),
        },
    ]
    put("run.unknownKeys.jsonl", unknown)

    events = [e for e in read_lines("events.valid.jsonl") if e["type"] not in ("sample", "eval")]
    at = next(i for i, event in enumerate(events) if event["type"] == "checkpoint")
    mine = [
        ("sample", SAMPLE),
        (
            "sample",
            changed(SAMPLE, questionId="d-2", text="", answer=None, correct=False, finish="eos"),
        ),
        ("sample", changed(SAMPLE, questionId="d-3", text="x" * 9, finish="length")),
        ("sample", changed(SAMPLE, questionId="d-4", text="x" * 9, finish="loop")),
        ("sample", changed(SAMPLE, questionId="d-5", text="x" * 9, finish="time")),
        ("eval", EVAL),
    ]
    head = events[at]
    added = [
        {
            **{k: head[k] for k in ("v", "seq", "attempt", "t")},
            "type": kind,
            "runId": head["runId"],
            **fields,
        }
        for kind, fields in mine
    ]
    write_lines("events.valid.jsonl", renumbered([*events[:at], *added, *events[at:]]))

    envelope = {k: head[k] for k in ("v", "seq", "attempt", "t", "runId")}
    bad = [
        {
            "name": MARK + "a sample of no question",
            "record": {**envelope, "type": "sample", **without(SAMPLE, "questionId")},
        },
        {
            "name": MARK + "an unknown end",
            "record": {**envelope, "type": "sample", **changed(SAMPLE, finish="tired")},
        },
        {
            "name": MARK + "an interval of one end",
            "record": {**envelope, "type": "eval", **changed(EVAL, ci=[0.5])},
        },
        {
            "name": MARK + "a split that is never examined",
            "record": {**envelope, "type": "eval", **changed(EVAL, split="test")},
        },
    ]
    put("events.invalid.jsonl", bad)


def renumbered(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    numbered = []
    for seq, event in enumerate(events):
        minutes, seconds = divmod(seq, 60)
        numbered.append(
            {**event, "seq": seq, "t": f"2026-01-02T03:{4 + minutes:02d}:{seconds:02d}.000Z"}
        )
    return numbered


main()
