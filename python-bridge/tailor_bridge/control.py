"""Requests to a running trainer: the files `cancel` and `save`, SIGTERM and SIGINT, the loss of the supervisor."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from . import jsonio
from .errors import EXIT_OTHER, Cancelled
from .events import EventLog

# After a signal, how long a process of a group may wait for another one in a sum before it gives the run up.
GROUP_PATIENCE_S = 12.0
# A signal to the whole group reaches the worker twice: directly and through its supervisor.
SAME_REQUEST_S = 2.0


def read_request(path: Path) -> dict[str, Any] | None:
    """A request file's content, or None where it is absent or not (yet) whole."""
    try:
        value = jsonio.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def utc_now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def ask_to_stop(run_folder: Path, attempt: int, by: str) -> None:
    """Asks by file: launchers end a signalled group within seconds, a checkpoint may take longer."""
    request = {"attempt": attempt, "mode": "checkpoint", "at": utc_now(), "by": by}
    with contextlib.suppress(OSError), (run_folder / "cancel").open("x") as file:
        file.write(jsonio.dumps(request) + "\n")


def move_stale_requests(run_folder: Path, attempt: int) -> None:
    """Moves requests to other attempts aside: a cancel of yesterday must not stop a resumed run."""
    for name in ("cancel", "save"):
        path = run_folder / name
        request = read_request(path)
        if not path.exists() or (request is not None and request.get("attempt") == attempt):
            continue
        number = 1
        while path.with_name(f"{name}.{number}").exists():
            number += 1
        path.rename(path.with_name(f"{name}.{number}"))


class Control:
    """Asked before every micro-batch. Raises `Cancelled` at the first request, at once at the second signal."""

    def __init__(
        self, run_folder: Path, attempt: int, events: EventLog, *, leads: bool = True
    ) -> None:
        self._leads = leads
        self._looks = 0
        self.busy = False  # writes something that must not be cut off
        self._run_folder = run_folder
        self._cancel = run_folder / "cancel"
        self._save = run_folder / "save"
        self._attempt = attempt
        self._events = events
        self._signalled_at: float | None = None
        self._orphaned = False
        self._stopping = False
        self._raised = False

    def listen(self, *, supervised: bool) -> None:
        """Installs the signal handlers, and watches the supervisor: its end closes this process's stdin."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        if supervised:
            threading.Thread(target=self._watch_supervisor, name="supervisor", daemon=True).start()

    def _watch_supervisor(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while os.read(sys.stdin.fileno(), 4096):
                continue
        self._orphaned = True
        # Launchers' word for the number of this machine: nobody else hears of its supervisor's end.
        if int(os.environ.get("GROUP_RANK", "0")) > 0:
            ask_to_stop(self._run_folder, self._attempt, "machine-lost")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._signalled_at is None:
            self._signalled_at = now
        elif now - self._signalled_at > SAME_REQUEST_S:
            raise Cancelled("discard", at_once=True)

    def watch_group(self, lost: Callable[[], object]) -> None:
        """Ends this process, after `lost`, when it was signalled and then waits for another one that is gone.

        A launcher that sees one process die sends SIGTERM to the others; one that waits in a sum on a GPU never
        comes to Python's own handler, so a thread hears of the signal through a socket.
        """
        heard, heard_by = socket.socketpair()
        heard_by.setblocking(False)
        signal.set_wakeup_fd(heard_by.fileno(), warn_on_full_buffer=False)

        def watch() -> None:
            heard.recv(1)
            while True:
                looks = self._looks
                time.sleep(GROUP_PATIENCE_S)
                if looks == self._looks and not self.busy:
                    lost()
                    os._exit(EXIT_OTHER)

        self._sockets = (heard, heard_by)
        threading.Thread(target=watch, name="group", daemon=True).start()

    def asked(self) -> bool:
        """Whether somebody has asked this process's group to stop; only rank 0 is asked. Says `stopping` first."""
        self._looks += 1
        if not self._leads or self.requested() is None:
            return False
        self._say_stopping()
        return True

    def requested(self) -> str | None:
        """The mode of a standing request to stop, or None."""
        if self._signalled_at is not None or self._orphaned:
            return "checkpoint"
        request = read_request(self._cancel) if self._cancel.exists() else None
        if request is None or request.get("attempt") != self._attempt:
            return None
        return "discard" if request.get("mode") == "discard" else "checkpoint"

    def poll(self) -> None:
        """Raises `Cancelled` once somebody has asked to stop; says `stopping` first."""
        if self._raised:
            return
        mode = self.requested()
        if mode is None:
            return
        self._raised = True
        self._say_stopping()
        raise Cancelled(mode)

    def follow(self) -> None:
        """What `poll` is to the other processes of a group, once rank 0 has told them to stop."""
        raise Cancelled("discard")

    def _say_stopping(self) -> None:
        if self._stopping:
            return
        self._stopping = True
        if self._orphaned:
            self._events.warning(
                "supervisor-lost", "The supervisor ended; the trainer keeps its work and ends too."
            )
        self._events.phase("stopping")

    def save_requested(self) -> bool:
        """Whether `save` asks this attempt for a checkpoint now."""
        if not self._save.exists():
            return False
        request = read_request(self._save)
        return request is not None and request.get("attempt") == self._attempt

    def save_done(self) -> None:
        """Takes the request away, once its checkpoint is recorded."""
        self._save.unlink(missing_ok=True)
