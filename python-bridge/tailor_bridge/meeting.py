"""Where the machines of one run find each other: meeting.json in the run folder, which all of them see.

Machine 0 writes it and touches it as long as its processes live; the others start theirs when they see it touched, so
that a file which a killed machine left behind starts nobody.
"""

from __future__ import annotations

import contextlib
import os
import platform
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import jsonio
from .config import LaunchConfig
from .control import read_request
from .events import read_records
from .launching import free_port

FILE = "meeting.json"
BEAT_S = 2.0


@dataclass(frozen=True)
class Meeting:
    """One attempt's meeting; a context while which the others may come."""

    folder: Path
    attempt: int
    resume: str
    address: str
    port: int
    _over: threading.Event = field(default_factory=threading.Event, compare=False)

    @staticmethod
    def of(folder: Path, launch: LaunchConfig, attempt: int, resume: str) -> Meeting | None:
        """None where one machine is enough. TAILOR_ADDRESS names another address of this one than its host name."""
        if launch.machines == 1:
            return None
        address = os.environ.get("TAILOR_ADDRESS") or platform.node()
        return Meeting(folder, attempt, resume, address, free_port(""))

    def __enter__(self) -> Meeting:
        record = {
            "v": 1,
            "attempt": self.attempt,
            "resume": self.resume,
            "address": self.address,
            "port": self.port,
        }
        jsonio.write_atomic(self.folder / FILE, jsonio.dumps(record) + "\n", sync=False)
        threading.Thread(target=self._beat, daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            (self.folder / FILE).unlink()

    def is_given_up(self) -> bool:
        """Whether somebody asks this attempt to stop that has no processes yet to hear of it: not all have come."""
        request = read_request(self.folder / "cancel")
        if request is None or request.get("attempt") != self.attempt:
            return False
        return not any(
            record["type"] == "ready" and record.get("attempt") == self.attempt
            for record in read_records(self.folder / "events.jsonl")
        )

    def is_over(self) -> bool:
        """Whether machine 0 holds it no more."""
        return not (self.folder / FILE).exists()

    def _beat(self) -> None:
        while not self._over.wait(BEAT_S):
            with contextlib.suppress(OSError):
                os.utime(self.folder / FILE)


class Watch:
    """Finds the run that machine 0 has begun: a meeting.json that is touched while one looks."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._seen: dict[Path, int] = {}

    def look(self) -> Meeting | None:
        """A meeting that is held now; asked again and again."""
        for path in sorted(self._runs.glob(f"*/{FILE}")):
            try:
                touched = path.stat().st_mtime_ns
            except OSError:
                continue
            if self._seen.setdefault(path, touched) == touched:
                continue
            found = _read(path)
            if found is not None:
                return found
        return None


def _read(path: Path) -> Meeting | None:
    record = read_request(path) or {}
    attempt, resume = record.get("attempt"), record.get("resume")
    address, port = record.get("address"), record.get("port")
    if not isinstance(attempt, int) or not isinstance(resume, str):
        return None
    if not isinstance(address, str) or address.startswith("-") or not isinstance(port, int):
        return None
    return Meeting(path.parent, attempt, resume, address, port)
