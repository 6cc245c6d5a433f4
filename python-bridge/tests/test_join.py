"""Several machines: one leads and is followed as ever, the others join; here all on loopback."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from conftest import MakeRun, RunFolder
from runs import request, work
from test_group import assert_like, uneven_rows
from test_supervisor import LAUNCH, PATIENCE_S, exit_record, start, until

from tailor_bridge import join
from tailor_bridge.errors import EXIT_CANCELLED, TrainerError
from tailor_bridge.events import EventLog
from tailor_bridge.launching import free_port
from tailor_bridge.meeting import FILE, Meeting, Watch

LOOPBACK = {**os.environ, "TAILOR_ADDRESS": "127.0.0.1"}


def joined(run: RunFolder, machine: int = 1) -> subprocess.Popen:
    with (run.path / "join.log").open("ab") as log:
        arguments = ["join", "--runs", str(run.path.parent), "--machine", str(machine)]
        return subprocess.Popen(
            [*LAUNCH, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def run_of_two(make_run: MakeRun, name: str = "run-two", **changes: object) -> RunFolder:
    shared = {"rows": uneven_rows(), "optim__epochs": 4, "optim__globalBatch": 5, "optim__lr": 1e-3}
    return make_run(name, **{**shared, **changes}, launch={"processes": 1, "machines": 2})


def test_two_machines_equal_one_process(make_run: MakeRun) -> None:
    two = run_of_two(make_run)
    one = make_run(
        "run-one", rows=uneven_rows(), optim__epochs=4, optim__globalBatch=5, optim__lr=1e-3
    )
    assert work(one) == 0
    other = joined(two)
    leader = start(two, env=LOOPBACK)
    assert leader.wait(PATIENCE_S) == 0, (two.path / "train.log").read_text()
    assert other.wait(PATIENCE_S) == 0, (two.path / "join.log").read_text()
    (ready,) = two.of("ready")
    assert (ready["worldSize"], ready["backend"]) == (2, "gloo")
    assert_like(one, two)
    assert not (two.path / FILE).exists()
    log = (two.path / "join.log").read_text()
    assert "Machine 1 of 2 joins run-two, attempt 1." in log
    assert "run-two ended: done." in log


def test_accelerate_starts_the_processes_of_both_machines(
    make_run: MakeRun, tmp_path: Path
) -> None:
    pytest.importorskip("accelerate")
    two = run_of_two(make_run, optim__epochs=1)
    config = tmp_path / "accelerate.yaml"
    config.write_text(
        "compute_environment: LOCAL_MACHINE\ndistributed_type: MULTI_GPU\nnum_machines: 2\n"
        "num_processes: 2\nmachine_rank: 0\nmixed_precision: 'no'\ndynamo_config: {}\nuse_cpu: false\n"
    )
    two.config["launch"]["accelerate"] = str(config)
    two.save_config()
    other = joined(two)
    leader = start(two, env=LOOPBACK)
    assert leader.wait(PATIENCE_S) == 0, (two.path / "train.log").read_text()
    assert other.wait(PATIENCE_S) == 0, (two.path / "join.log").read_text()
    assert two.of("ready")[0]["worldSize"] == 2


def test_a_request_to_stop_reaches_both_machines_and_the_run_resumes(make_run: MakeRun) -> None:
    run = run_of_two(make_run, optim__epochs=200)
    other = joined(run)
    leader = start(run, env=LOOPBACK)
    until(run, leader, lambda event: event["type"] == "metrics" and event["step"] >= 3)
    # What a batch system sends before the time is up, here to the other machine alone.
    other.send_signal(signal.SIGTERM)
    assert leader.wait(PATIENCE_S) == EXIT_CANCELLED, (run.path / "train.log").read_text()
    assert other.wait(PATIENCE_S) == EXIT_CANCELLED, (run.path / "join.log").read_text()
    stopped = run.events[-1]
    assert stopped["type"] == "cancelled"
    assert stopped["checkpoint"] is not None
    again = joined(run)
    leader = start(run, env=LOOPBACK)
    first = until(run, leader, lambda event: event["type"] == "metrics" and event["attempt"] == 2)
    assert first["step"] > 3
    leader.send_signal(signal.SIGTERM)
    assert leader.wait(PATIENCE_S) == EXIT_CANCELLED
    assert again.wait(PATIENCE_S) == EXIT_CANCELLED


def test_a_run_whose_other_machine_is_taken_away_keeps_its_work_and_ends(
    make_run: MakeRun,
) -> None:
    run = run_of_two(make_run, optim__epochs=500)
    other = joined(run)
    leader = start(run, env=LOOPBACK)
    until(run, leader, lambda event: event["type"] == "metrics" and event["step"] >= 2)
    os.killpg(other.pid, signal.SIGKILL)
    other.wait(PATIENCE_S)
    assert leader.wait(PATIENCE_S) == EXIT_CANCELLED
    last = run.events[-1]
    assert last["type"] == "cancelled"
    assert last["checkpoint"] is not None
    assert not (run.path / FILE).exists()


def test_a_machine_that_waits_alone_stops_when_asked_and_trains_when_the_other_comes(
    make_run: MakeRun,
) -> None:
    run = run_of_two(make_run, optim__epochs=1)
    leader = start(run, env=LOOPBACK)
    waiting(run, leader)
    request(run, "cancel", 1)
    assert leader.wait(30) == EXIT_CANCELLED, (run.path / "train.log").read_text()
    assert [event["type"] for event in run.events] == ["hello", "cancelled"]
    assert run.events[-1]["checkpoint"] is None
    assert (exit_record(run)["code"], exit_record(run)["signal"]) == (EXIT_CANCELLED, None)
    assert not (run.path / FILE).exists()
    # What a batch system sends is heard, too.
    leader = start(run, env=LOOPBACK)
    waiting(run, leader)
    leader.send_signal(signal.SIGTERM)
    assert leader.wait(30) == EXIT_CANCELLED
    assert (run.events[-1]["type"], run.events[-1]["attempt"]) == ("cancelled", 2)
    leader = start(run, env=LOOPBACK)
    other = joined(run)
    assert leader.wait(PATIENCE_S) == 0, (run.path / "train.log").read_text()
    assert other.wait(PATIENCE_S) == 0


def waiting(run: RunFolder, leader: subprocess.Popen) -> None:
    """Until the leader waits for the others."""
    until(run, leader, lambda event: (run.path / FILE).exists())
    time.sleep(1)
    assert leader.poll() is None


def test_a_machine_whose_leader_is_gone_before_they_met_ends(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of_two(make_run)
    meeting = Meeting(run.path, 1, "auto", "127.0.0.1", free_port())
    log = EventLog(run.path / "events.jsonl", run.path.name, 1)
    log.emit("cancelled", checkpoint=None)
    log.close()
    monkeypatch.setattr(Watch, "look", lambda self: meeting)
    began = time.monotonic()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        assert join.join(run.path.parent, 1) == EXIT_CANCELLED
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert time.monotonic() - began < 60


def worker_of_rank(rank: int, run: RunFolder) -> int:
    """The process that trains as this rank of a run."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            environment = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        ours = str(run.path).encode() in command and b"--worker" in command
        if ours and f"RANK={rank}".encode() in environment:
            return int(folder.name)
    raise AssertionError(f"Nobody trains as rank {rank}.")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_a_process_that_dies_on_the_other_machine_ends_the_run_with_its_reason(
    make_run: MakeRun,
) -> None:
    run = run_of_two(make_run, optim__epochs=500)
    other = joined(run)
    leader = start(run, env=LOOPBACK)
    until(run, leader, lambda event: event["type"] == "metrics" and event["step"] >= 2)
    began = time.monotonic()
    os.kill(worker_of_rank(1, run), signal.SIGKILL)
    assert leader.wait(PATIENCE_S) not in (0, EXIT_CANCELLED)
    assert other.wait(PATIENCE_S) not in (0, EXIT_CANCELLED)
    assert time.monotonic() - began < 60
    last = run.events[-1]
    assert (last["type"], last["retryable"]) == ("error", True)


def test_what_a_killed_machine_left_behind_starts_nobody(tmp_path: Path) -> None:
    left = tmp_path / "run-old" / FILE
    left.parent.mkdir()
    left.write_text('{"v": 1, "attempt": 1, "resume": "auto", "address": "a", "port": 5}')
    watch = Watch(tmp_path)
    assert [watch.look() for _ in range(3)] == [None, None, None]
    os.utime(left, ns=(1, time.time_ns() + 10**9))
    assert watch.look() == Meeting(left.parent, 1, "auto", "a", 5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"attempt": "1"}',
        '{"attempt": 1, "resume": "auto", "address": "--rdzv", "port": 5}',
    ],
)
def test_a_meeting_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "run" / FILE
    path.parent.mkdir()
    path.write_text(text)
    watch = Watch(tmp_path)
    watch.look()
    os.utime(path, ns=(1, time.time_ns() + 10**9))
    assert watch.look() is None


def test_a_machine_does_not_wait_for_ever(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="Nobody began a run"):
        join.join(tmp_path, 1, patience=0.1)


def test_a_machine_that_the_run_does_not_have_is_refused(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of_two(make_run)
    monkeypatch.setattr(Watch, "look", lambda self: Meeting(run.path, 1, "auto", "127.0.0.1", 5))
    with pytest.raises(TrainerError, match="asks for 2 machines"):
        join.join(run.path.parent, 2)
    shutil.rmtree(run.path)
