"""Another machine's part in a run that machine 0 leads.

    python -m tailor_bridge join --runs DIR --machine K

DIR holds the run folders of a round, on a disk that all machines share, under the same path. Waits for a run that asks
for several machines, starts this one's processes, and ends as the run ends.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from .config import load_config
from .control import ask_to_stop
from .errors import EXIT_OTHER, TrainerError
from .events import terminal_record
from .launching import Place, check_start, worker_command
from .meeting import BEAT_S, Watch
from .supervisor import code_of, run_worker

# How long the run's last record may take to be seen over a network.
PATIENCE_S = 60.0
# How long the leader may take to check its files and begin; GPUs that wait for nobody cost money.
WAIT_S = 1800.0


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def join(runs: Path, machine: int, patience: float = WAIT_S) -> int:
    """One attempt of one run; returns its exit code."""
    say(f"Machine {machine} waits for a run under {runs}.")
    watch = Watch(runs)
    until = time.monotonic() + patience
    while (meeting := watch.look()) is None:
        if time.monotonic() > until:
            raise TrainerError(
                "INTERNAL",
                f"Nobody began a run under {runs} within {patience / 60:g} minutes.",
                "Its first machine says why; or the training is done. Join again once it begins.",
            )
        time.sleep(BEAT_S / 2)
    folder = meeting.folder
    config = load_config(folder)
    launch = config.launch
    if not 1 <= machine < launch.machines:
        raise TrainerError(
            "BAD_CONFIG",
            f"The run {folder.name} asks for {launch.machines} machines: this one cannot be machine {machine}.",
            f"Number the others from 1 to {launch.machines - 1}; machine 0 runs tailor train itself.",
        )
    arguments = ["train", "--run", str(folder), "--worker", str(meeting.attempt)]
    arguments += ["--resume", meeting.resume]
    place = Place(meeting.address, meeting.port, machine)
    check_start(launch, config.mode)
    command = worker_command(launch, arguments, place)
    say(f"Machine {machine} of {launch.machines} joins {folder.name}, attempt {meeting.attempt}.")
    code, number, _ = run_worker(
        command,
        None,
        partial(ask_to_stop, folder, meeting.attempt, "signal"),
        over=meeting.is_over,
    )
    deadline = time.monotonic() + PATIENCE_S
    while (last := terminal_record(folder / "events.jsonl", meeting.attempt)) is None:
        if time.monotonic() > deadline:
            say(
                f"{folder.name} has no last word; this machine's processes ended with {code or number}."
            )
            return EXIT_OTHER if code in (None, 0) else int(code)
        time.sleep(0.5)
    say(f"{folder.name} ended: {last['type']}.")
    return code_of(last)


def main(argv: Sequence[str]) -> int:
    """Joins the next run of a round."""
    parser = argparse.ArgumentParser(prog="tailor_bridge join")
    parser.add_argument("--runs", required=True, type=Path, help="the run folders of a round")
    parser.add_argument("--machine", required=True, type=int, help="1, 2, …; machine 0 leads")
    parser.add_argument(
        "--wait", type=float, default=WAIT_S, help="seconds to wait for a run to begin"
    )
    args = parser.parse_args(argv)
    return join(Path(os.path.abspath(args.runs)), args.machine, args.wait)
