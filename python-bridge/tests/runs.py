"""Running the trainer in this process: shared by the tests of whole runs."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from conftest import RunFolder
from safetensors.torch import load_file

from tailor_bridge import train


def work(run: RunFolder, attempt: int = 1, resume: str = "auto") -> int:
    return train.work(run.path, attempt, resume, supervised=False)


def weights(run: RunFolder) -> dict[str, torch.Tensor]:
    return load_file(run.student / "model.safetensors")


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def request(run: RunFolder, name: str, attempt: int, mode: str = "checkpoint") -> None:
    content = {"attempt": attempt, "mode": mode, "at": "now", "by": "test"}
    (run.path / name).write_text(json.dumps(content))


class After:
    """Calls `act` when the n-th record of a kind is written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, kind: str, number: int, act: Any) -> None:
        from tailor_bridge.events import EventLog

        emit = EventLog.emit
        seen = [0]

        def counting(self: EventLog, of: str, /, **fields: Any) -> None:
            emit(self, of, **fields)
            if of == kind or (of, fields.get("name")) == ("phase", kind):
                seen[0] += 1
                if seen[0] == number:
                    act()

        monkeypatch.setattr(EventLog, "emit", counting)
