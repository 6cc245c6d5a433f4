"""The process a host starts, and outlives: a small parent of the worker that trains.

It says `hello` before anything heavy is imported, checks run.json, starts the worker in its own process group, hands
signals on, and when the worker ends writes exit.json and, where the worker could not, the run's last word. Without it
nobody could tell later that signal 9 ended a run.
"""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from . import VERSION, jsonio, system
from .config import load_config
from .control import SAME_REQUEST_S, ask_to_stop, move_stale_requests, read_request, utc_now
from .errors import EXIT_CANCELLED, EXIT_DONE, EXIT_OTHER, TrainerError
from .events import EventLog, last_attempt, terminal_record
from .launching import BUNDLE, Place, check_start, worker_command
from .meeting import Meeting

LOCK_PATIENCE_S = 45.0
# How often it is looked whether a worker has anything left to do.
LOOK_S = 1.0


def supervise(run_folder: Path, *, resume: str, echo: bool) -> int:
    """One attempt of a run; returns the worker's exit code."""
    if not run_folder.is_dir():
        print(f"There is no run folder {run_folder}.", file=sys.stderr)
        return EXIT_OTHER
    path = run_folder / "events.jsonl"
    finished = terminal_record(path)
    if finished is not None and finished["type"] == "done":
        print("This run is done; train the next round in a new run folder.", file=sys.stderr)
        return EXIT_DONE
    with _only_writer(run_folder) as lock:
        launch = read_request(run_folder / "launch.json") or {}
        earlier = last_attempt(path)
        attempt = launch.get("attempt")
        # By hand there is no launch.json, or only the one of an attempt that is over.
        if not isinstance(attempt, int) or attempt <= earlier:
            launch, attempt = {}, earlier + 1
        return _attempt(run_folder, attempt, str(launch.get("nonce", "")), resume, echo, lock)


def _attempt(
    run_folder: Path, attempt: int, nonce: str, resume: str, echo: bool, lock: int | None
) -> int:
    raw = read_request(run_folder / "run.json") or {}
    run_id = raw.get("runId")
    # This process prints nothing else on stdout; the worker sees to it for itself.
    stdout = 1 if echo else None
    events = EventLog(
        run_folder / "events.jsonl", run_id if isinstance(run_id, str) else "", attempt, echo=stdout
    )
    events.emit(
        "hello",
        protocol=[1],
        version=VERSION,
        python=platform.python_version(),
        torch=system.package_version("torch"),
        transformers=system.package_version("transformers"),
        pid=os.getpid(),
        startTime=system.start_time_of(os.getpid()),
        host=platform.node(),
        nonce=nonce,
    )
    try:
        config = load_config(run_folder)
        check_start(config.launch, config.mode)
        arguments = ["train", "--run", str(run_folder), "--worker", str(attempt)]
        arguments += ["--resume", resume]
        meeting = Meeting.of(run_folder, config.launch, attempt, resume)
        place = None if meeting is None else Place(meeting.address, meeting.port, 0)
        echoed = ["--events", "stdout"] if echo else []
        command = worker_command(config.launch, [*arguments, *echoed], place)
    except TrainerError as error:
        events.error(error.code, error.message, error.hint, None, error.retryable)
        print(f"{error.code}: {error.message}", file=sys.stderr)
        _write_exit(run_folder, attempt, error.exit_code, None, system.peak_rss_mb())
        return error.exit_code
    move_stale_requests(run_folder, attempt)
    (run_folder / "checkpoints").mkdir(exist_ok=True)
    ignore = run_folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("/checkpoints/\n", encoding="ascii")
    # One writer at a time: from here to the worker's end the file is the worker's.
    events.close()
    is_group = config.launch.world > 1
    ask = partial(ask_to_stop, run_folder, attempt, "signal") if is_group else None
    with contextlib.nullcontext() if meeting is None else meeting:
        over = None if meeting is None else meeting.is_given_up
        code, number, peak = run_worker(command, lock, ask, over=over)
    last_record = terminal_record(run_folder / "events.jsonl", attempt)
    given_up = last_record is None and meeting is not None and meeting.is_given_up()
    if is_group and last_record is not None:
        # A launcher makes one code of them all.
        code, number = code_of(last_record), None
    if given_up:
        code, number = EXIT_CANCELLED, None
    name = None if number is None else signal.Signals(number).name
    _write_exit(run_folder, attempt, code, name, peak)
    if last_record is None:
        last = EventLog(run_folder / "events.jsonl", events.run_id, attempt, echo=stdout)
        if given_up:
            last.emit("cancelled", checkpoint=None)
            last.close()
        else:
            _last_word(last, code, number)
    return EXIT_OTHER if code is None else code


def code_of(record: dict[str, Any]) -> int:
    """The exit code that a run's last record means."""
    if record["type"] == "error":
        return TrainerError(record["code"], "").exit_code
    return EXIT_DONE if record["type"] == "done" else EXIT_CANCELLED


def run_worker(
    command: list[str],
    lock: int | None,
    ask: Callable[[], None] | None,
    over: Callable[[], bool] | None = None,
) -> tuple[int | None, int | None, float]:
    """Starts the worker and waits. Returns exit code or signal number, and its peak memory in MB.

    A launcher that waits for other machines hears of nothing: once `over` is true, it is ended.

    The worker's stdin is a pipe that closes when this process dies, however it dies: then the worker keeps its work
    and ends too. A group inherits it through its launcher, and is asked by file at the first signal.
    """
    worker = subprocess.Popen(
        command,
        cwd=BUNDLE,
        env=worker_environment(os.environ),
        stdin=subprocess.PIPE,
        pass_fds=() if lock is None else (lock,),
    )

    asked: list[float] = []

    def forward(received: int, frame: FrameType | None) -> None:
        asked.append(time.monotonic())
        if ask is not None and asked[-1] - asked[0] <= SAME_REQUEST_S:
            ask()
            return
        with contextlib.suppress(ProcessLookupError):
            worker.send_signal(received)

    for handled in (signal.SIGTERM, signal.SIGINT):
        signal.signal(handled, forward)
    ended = threading.Event()
    if over is not None:
        threading.Thread(target=_end_when, args=(worker.pid, over, ended), daemon=True).start()
    peak = 0.0
    if hasattr(os, "wait4"):
        status, usage = _wait4(worker.pid)
        worker.returncode = os.waitstatus_to_exitcode(status)
        peak = usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    else:
        worker.wait()
    ended.set()
    if worker.stdin is not None:
        worker.stdin.close()
    code = worker.returncode
    return (code, None, peak) if code >= 0 else (None, -code, peak)


def _end_when(pid: int, over: Callable[[], bool], ended: threading.Event) -> None:
    """Twice in a row: on a disk that computers share, a file may be late."""
    looks = 0
    while looks < 2:
        if ended.wait(LOOK_S):
            return
        looks = looks + 1 if over() else 0
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def _wait4(pid: int) -> tuple[int, Any]:
    _, status, usage = os.wait4(pid, 0)
    return status, usage


def worker_environment(environment: Any) -> dict[str, str]:
    """What the worker inherits: no PYTHON* variable, no network for model hubs, threads that wait politely."""
    kept = {k: v for k, v in environment.items() if not k.upper().startswith("PYTHON")}
    kept.setdefault("HF_HUB_OFFLINE", "1")
    kept.setdefault("TRANSFORMERS_OFFLINE", "1")
    kept.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    kept.setdefault("TOKENIZERS_PARALLELISM", "true")
    kept["PYTHONSAFEPATH"] = "1"
    kept["PYTHONNOUSERSITE"] = "1"
    return kept


def _write_exit(
    run_folder: Path, attempt: int, code: int | None, name: str | None, peak: float
) -> None:
    record = {
        "attempt": attempt,
        "code": code,
        "signal": name,
        "at": utc_now(),
        "rssPeakMB": round(peak, 1),
    }
    try:
        jsonio.write_atomic(run_folder / "exit.json", jsonio.dumps(record) + "\n")
    except OSError:
        # A full disk: the record in events.jsonl, or the exit code, must do.
        traceback.print_exc()


def _last_word(events: EventLog, code: int | None, number: int | None) -> None:
    """The terminal record that the worker could not write. INTERNAL: the host refines it from exit and log."""
    if number is not None:
        name = signal.Signals(number).name
        message = f"The trainer's worker was ended by {name}."
        hint = "Running again resumes from the last committed checkpoint."
        if name == "SIGKILL":
            message = f"The trainer's worker was killed ({name}), probably because memory ran out."
            hint = "Lower optim.tokenBudget or maxLen. " + hint
    else:
        message = f"The trainer's worker ended with code {code} and without a last word."
        hint = "Its last lines in train.log say more."
    events.error("INTERNAL", message, hint, None, retryable=True)
    events.close()


@contextlib.contextmanager
def _only_writer(run_folder: Path):
    """Holds the run folder against a second trainer; the worker inherits the lock, so an orphan keeps it to its end."""
    try:
        import fcntl
    except ImportError:
        yield None
        return
    fd = os.open(run_folder / ".trainer.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        deadline = time.monotonic() + LOCK_PATIENCE_S
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise SystemExit(f"Another trainer works in {run_folder}.") from None
                time.sleep(0.1)
        yield fd
    finally:
        os.close(fd)
