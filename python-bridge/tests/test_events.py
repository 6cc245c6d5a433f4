from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from conftest import golden

from tailor_bridge.events import (
    ENVELOPE,
    FIELDS,
    PHASES,
    EventLog,
    Heartbeat,
    finite,
    last_attempt,
    read_records,
    terminal_record,
)


def test_golden_records_have_exactly_our_fields() -> None:
    seen = set()
    for record in golden("run/events.valid.jsonl"):
        fields = FIELDS[record["type"]]
        assert record.keys() == ENVELOPE | fields, record["type"]
        seen.add(record["type"])
    assert seen == FIELDS.keys()


def test_golden_phases_cover_ours() -> None:
    names = {r["name"] for r in golden("run/events.valid.jsonl") if r["type"] == "phase"}
    assert names == set(PHASES)


def test_writing_golden_records_gives_them_back(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for expected in golden("run/events.valid.jsonl"):
        log = EventLog(path, "r0-sft-1", expected["attempt"])
        fields = {k: v for k, v in expected.items() if k not in ENVELOPE}
        log.emit(expected["type"], **fields)
        log.close()
    written = [{**r, "t": ""} for r in read_records(path)]
    assert written == [{**r, "t": ""} for r in golden("run/events.valid.jsonl")]
    assert b"\\u2028" in path.read_bytes()


def test_torn_tail_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    log = EventLog(path, "run-1", 1)
    log.log("one")
    log.close()
    with path.open("ab") as file:
        file.write(b'{"v":1,"seq":1,"ty')
    log = EventLog(path, "run-1", 2)
    log.log("two")
    log.close()
    assert [r["msg"] for r in read_records(path)] == ["one", "two"]
    assert path.read_bytes().count(b"\n") == 3
    assert [r["seq"] for r in read_records(path)] == [0, 1]


def test_foreign_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'<<<<<<< HEAD\n[1]\n{"type":3}\n\xff\n{"type":"log","seq":7,"attempt":2}\n')
    assert len(list(read_records(path))) == 1
    assert last_attempt(path) == 2
    log = EventLog(path, "run-1", 3)
    log.log("x")
    assert [r["seq"] for r in read_records(path)] == [7, 8]
    log.close()


def test_nan_and_surrogates(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "e", "run-1", 1)
    with pytest.raises(ValueError):
        log.emit("oom", microBatch=float("nan"), newMicroBatch=1)
    assert [finite(x) for x in (1.5, None, float("nan"), float("inf"))] == [1.5, None, None, None]
    log.log("half \ud83d of a pair, whole 😀")
    log.close()
    (record,) = read_records(tmp_path / "e")
    assert record["msg"] == "half \ufffd of a pair, whole 😀"
    assert (tmp_path / "e").read_bytes().isascii()


def test_fields_must_match(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "e", "run-1", 1)
    with pytest.raises(ValueError, match="newMicroBatch"):
        log.emit("oom", microBatch=1)
    log.close()


def test_nothing_follows_a_terminal_record(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    log = EventLog(path, "run-1", 1)
    log.emit("cancelled", checkpoint=None)
    log.error("INTERNAL", "m", "h", None, retryable=False)
    log.close()
    again = EventLog(path, "run-1", 1)
    assert again.terminal
    again.log("late")
    again.close()
    assert [r["type"] for r in read_records(path)] == ["cancelled"]
    assert terminal_record(path, 2) is None
    second = EventLog(path, "run-1", 2)
    second.log("a new attempt")
    second.close()
    assert len(list(read_records(path))) == 2


def test_records_of_threads_do_not_mix(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "e", "run-1", 1)
    threads = [
        threading.Thread(target=lambda k=k: [log.log(f"{k}" * 500) for _ in range(50)])
        for k in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    assert [r["seq"] for r in read_records(tmp_path / "e")] == list(range(200))


def test_short_write_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = EventLog(tmp_path / "e", "run-1", 1)
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, bytes(data)[:7]))
    log.log("a sentence")
    monkeypatch.undo()
    log.close()
    assert json.loads((tmp_path / "e").read_bytes())["msg"] == "a sentence"


def test_heartbeat_comes_from_a_thread(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "e", "run-1", 1)
    beat = threading.Event()

    def sample() -> dict:
        beat.set()
        return {"step": 3, "stepAgeMs": 1.0, "rssMB": 2.0, "gpuMB": None}

    with Heartbeat(log, sample, seconds=0.01):
        assert beat.wait(10)
    log.close()
    assert next(read_records(tmp_path / "e"))["type"] == "heartbeat"
