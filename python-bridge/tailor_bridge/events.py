"""events.jsonl: the run's only voice. Its twin in TypeScript is src/core/training/events.ts.

One JSON object a line, one `write` per record to an O_APPEND descriptor. Before the first record of an opening a torn
last line is closed with a newline, so that a crash costs at most that line. After a terminal record of an attempt
nothing more is written.
"""

from __future__ import annotations

import math
import os
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from . import jsonio

MAX_RECORD_BYTES = 1 << 20
TERMINAL = ("done", "error", "cancelled")
PHASES = (
    "importing",
    "loading",
    "referencing",
    "probing",
    "training",
    "evaluating",
    "saving",
    "stopping",
    "exporting",
    "parity",
)

# The exact fields of every record, envelope aside.
FIELDS: dict[str, frozenset[str]] = {
    name: frozenset(fields.split())
    for name, fields in {
        "hello": "protocol version python torch transformers pid startTime host nonce",
        "ready": "device worldSize backend workerPid precision reasons",
        "accepted": "configHash dataHash steps rows pairCoverage dropped droppedCount",
        "phase": "name",
        "reference": "done of",
        "progress": "step steps epoch etaMs",
        "metrics": "step epoch loss lm pair cosPos cosNeg activeFrac preference pairsInBatch lr gradNorm"
        " tokPerS padFrac memMB bySource",
        "sample": "epoch step questionId text answer correct finish",
        "eval": "epoch step split n correct unextracted ci seconds",
        "checkpoint": "path step kind",
        "oom": "microBatch newMicroBatch",
        "warning": "code message",
        "log": "level msg",
        "heartbeat": "step stepAgeMs rssMB gpuMB",
        "error": "code message hint traceback retryable",
        "done": "artifacts summary",
        "cancelled": "checkpoint",
    }.items()
}
ENVELOPE = frozenset(("v", "seq", "attempt", "t", "runId", "type"))


def finite(value: float | None) -> float | None:
    """NaN and infinities become null: JSON has no word for them."""
    return value if value is not None and math.isfinite(value) else None


def well_formed(text: str) -> str:
    """Lone surrogates (half of a pair, from a broken file name or text) become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """Every whole, valid record; torn tails and foreign lines are passed over."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return
    for line in data.split(b"\n"):
        if not line.strip():
            continue
        try:
            record = jsonio.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict) and isinstance(record.get("type"), str):
            yield record


def last_attempt(path: Path) -> int:
    """The highest attempt number in a file of records, 0 when there is none."""
    return max((_count(record.get("attempt")) for record in read_records(path)), default=0)


def terminal_record(path: Path, attempt: int | None = None) -> dict[str, Any] | None:
    """The last terminal record, of one attempt or of the file."""
    found = None
    for record in read_records(path):
        if record["type"] in TERMINAL and attempt in (None, record.get("attempt")):
            found = record
    return found


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


class EventLog:
    """Appends records for one attempt. Safe to use from several threads of the one writing process."""

    def __init__(self, path: Path, run_id: str, attempt: int, *, echo: int | None = None) -> None:
        self.path = path
        self.run_id = run_id
        self.attempt = attempt
        self._lock = threading.Lock()
        self._closed = False
        self._echo_fd = echo  # a second descriptor that gets every record
        records = list(read_records(path))
        self._seq = max((_count(record.get("seq")) for record in records), default=-1) + 1
        self._terminal = any(
            record["type"] in TERMINAL and record.get("attempt") == attempt for record in records
        )
        self._fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        size = os.fstat(self._fd).st_size
        if size > 0:
            os.lseek(self._fd, size - 1, os.SEEK_SET)
            if os.read(self._fd, 1) != b"\n":
                _write_all(self._fd, b"\n")

    @property
    def terminal(self) -> bool:
        """Whether this attempt already has its last word."""
        return self._terminal

    def emit(self, kind: str, /, **fields: Any) -> None:
        """Appends one record; the fields must be exactly those of its kind."""
        if FIELDS[kind] != fields.keys():
            raise ValueError(f"{kind}: fields {sorted(FIELDS[kind] ^ fields.keys())} do not match")
        with self._lock:
            if self._terminal or self._closed:
                return
            record = {
                "v": 1,
                "seq": self._seq,
                "attempt": self.attempt,
                "t": datetime.now(timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z",
                "type": kind,
                "runId": self.run_id,
                **fields,
            }
            line = jsonio.dumps(record).encode("ascii") + b"\n"
            if len(line) > MAX_RECORD_BYTES:
                raise ValueError(f"{kind}: record of {len(line)} bytes")
            _write_all(self._fd, line)
            self._seq += 1
            self._terminal = kind in TERMINAL
            if kind in TERMINAL or kind == "checkpoint":
                os.fsync(self._fd)
            if self._echo_fd is not None:
                _write_all(self._echo_fd, line)

    def phase(self, name: str) -> None:
        """Says what the trainer is doing now."""
        self.emit("phase", name=name)

    def log(self, message: str, level: str = "info") -> None:
        """A sentence for people."""
        self.emit("log", level=level, msg=well_formed(message)[:10_000])

    def warning(self, code: str, message: str) -> None:
        """Something a person should look at; the run goes on."""
        self.emit("warning", code=code, message=well_formed(message)[:10_000])

    def error(
        self, code: str, message: str, hint: str, traceback: str | None, retryable: bool
    ) -> None:
        """The terminal record of a failed attempt."""
        self.emit(
            "error",
            code=code,
            message=well_formed(message)[:10_000],
            hint=well_formed(hint)[:10_000],
            traceback=None if traceback is None else well_formed(traceback)[-60_000:],
            retryable=retryable,
        )

    def close(self) -> None:
        """Closes the descriptor; later records are dropped."""
        with self._lock:
            if not self._closed:
                self._closed = True
                os.close(self._fd)


class SilentLog(EventLog):
    """What the other processes of a group hold: rank 0 alone writes records."""

    def __init__(self, run_id: str, attempt: int) -> None:
        self.run_id = run_id
        self.attempt = attempt

    def emit(self, kind: str, /, **fields: Any) -> None:
        """Says nothing."""

    def close(self) -> None:
        """Nothing was opened."""


def _write_all(fd: int, data: bytes) -> None:
    """A record is one `write`; only where the system takes less (disk nearly full) is the rest sent after it."""
    sent = os.write(fd, data)
    while sent < len(data):
        sent += os.write(fd, data[sent:])


def private_stdout() -> int:
    """Keeps stdout for records: prints of libraries go to stderr from here on and cannot break a line."""
    sys.stdout.flush()
    private = os.dup(1)
    os.dup2(2, 1)
    return private


class Heartbeat:
    """A thread that says every few seconds that the process lives, however long a step takes."""

    def __init__(
        self, events: EventLog, sample: Callable[[], dict[str, Any]], seconds: float = 5.0
    ) -> None:
        self._events = events
        self._sample = sample
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stop.wait(self._seconds):
            try:
                self._events.emit("heartbeat", **self._sample())
            except OSError:
                # A full disk is reported by the thread that trains; a missed beat is no news.
                continue
