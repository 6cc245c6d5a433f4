"""Checkpoints: kills at any operation, damage, other settings, pickles, full disks."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import MakeRun, RunFolder, frozen_row
from runs import After, request, same, weights, work
from test_weights import Canary

from tailor_bridge import checkpoint
from tailor_bridge.control import move_stale_requests
from tailor_bridge.errors import TrainerError

torch.set_num_threads(1)


@pytest.mark.usefixtures("no_parity")
def test_kill_at_random_moments_then_resume(make_run: MakeRun) -> None:
    """fault: kill -9 host at every journal operation (the trainer's side: its own checkpoints and records)"""
    whole = make_run("run-whole", save__everySteps=1)
    assert work(whole) == 0
    run = make_run("run-killed", save__everySteps=1)
    rng = random.Random(7)
    attempt = 0
    kills = 0
    while not (run.path / "events.jsonl").exists() or not run.of_done():
        attempt += 1
        child = os.fork()
        if child == 0:
            os._exit(work(run, attempt))
        # The first attempts are killed, later ones sooner or later left to finish.
        if attempt <= 6:
            time.sleep(rng.uniform(0.05, 0.6))
            os.kill(child, signal.SIGKILL)
            kills += 1
        os.waitpid(child, 0)
        for _, path in checkpoint.committed(run.path):
            checkpoint.verify(path)
    assert kills > 0
    assert same(weights(run), weights(whole))
    steps = [m["step"] for m in run.of("metrics")]
    assert set(steps) == set(range(1, 11))


@pytest.mark.usefixtures("no_parity")
def test_kill_at_every_operation_of_a_commit(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dies before the n-th rename, sync or hash of the second checkpoint: the first stays, nothing half counts."""
    whole = make_run("run-whole")
    assert work(whole) == 0
    for number in range(1, 9):
        run = make_run(f"run-{number}")
        child = os.fork()
        if child == 0:
            left = [number]

            def dying(act: Any, left: list[int] = left, run: RunFolder = run) -> Any:
                def call(*args: Any, **kwargs: Any) -> Any:
                    if len(checkpoint.committed(run.path)) == 1:
                        left[0] -= 1
                        if left[0] == 0:
                            os.kill(os.getpid(), signal.SIGKILL)
                    return act(*args, **kwargs)

                return call

            for name in ("fsync_file", "fsync_folder", "sha256_file", "write_atomic"):
                monkeypatch.setattr(
                    checkpoint.jsonio, name, dying(getattr(checkpoint.jsonio, name))
                )
            os._exit(work(run, 1))
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the operation was never reached"
        assert [step for step, _ in checkpoint.committed(run.path)] == [3]
        assert work(run, 2) == 0
        assert not list((run.path / "checkpoints").glob("*.tmp"))
        assert same(weights(run), weights(whole))


@pytest.mark.usefixtures("no_parity")
def test_a_damaged_checkpoint_is_passed_over(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run()
    with monkeypatch.context() as patch:
        After(patch, "metrics", 7, lambda: request(run, "cancel", 1))
        assert work(run, 1) == 3
    newest = checkpoint.committed(run.path)[0][1]
    data = bytearray((newest / "optimizer.safetensors").read_bytes())
    data[-1] ^= 1
    (newest / "optimizer.safetensors").write_bytes(bytes(data))
    move_stale_requests(run.path, 2)
    assert work(run, 2) == 0
    assert "checkpoint-damaged" in [w["code"] for w in run.of("warning")]
    assert next(m["step"] for m in run.of("metrics") if m["attempt"] == 2) == 7
    assert [p.name for p in newest.parent.glob("damaged-*")] == ["damaged-step-000007.1"]


@pytest.mark.usefixtures("no_parity")
@pytest.mark.parametrize("change", ["config", "data"])
def test_another_configuration_or_data_is_a_mismatch(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    run = make_run()
    with monkeypatch.context() as patch:
        After(patch, "metrics", 4, lambda: request(run, "cancel", 1))
        assert work(run, 1) == 3
    move_stale_requests(run.path, 2)
    if change == "config":
        run.config["optim"]["lr"] = 1e-4
    else:
        other = make_run("run-other", rows=[frozen_row(k) for k in range(9)])
        run.config["data"] = other.config["data"]
    run.save_config()
    assert work(run, 2) == 1
    assert run.events[-1]["code"] == "CKPT_MISMATCH"


def test_threat_13_a_pickle_among_checkpoints_is_refused(make_run: MakeRun, tmp_path: Path) -> None:
    """threat 13: malicious weights"""
    run = make_run()
    canary = tmp_path / "touched"
    folder = run.path / "checkpoints" / "step-000005"
    folder.mkdir(parents=True)
    torch.save({"w": Canary(str(canary))}, folder / "optimizer.pt")
    hashes = {"optimizer.pt": checkpoint.jsonio.sha256_file(folder / "optimizer.pt")}
    (folder / "COMMITTED").write_text(json.dumps({"v": 1, "step": 5, "files": hashes}))
    with pytest.raises(TrainerError, match="names other files"):
        checkpoint.verify(folder)
    assert work(run, resume=str(folder)) == 1
    assert run.events[-1]["code"] == "CKPT_MISMATCH"
    assert not canary.exists()


@pytest.mark.usefixtures("no_parity")
def test_disk_full_at_checkpoint_keeps_the_older_one(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """fault: disk full (journal, snapshot, checkpoint, dataset save)"""
    run = make_run()
    save_file = checkpoint.save_file

    def failing(tensors: Any, path: Path) -> None:
        if "step-000006" in str(path) and path.name == "optimizer.safetensors":
            path.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        save_file(tensors, path)

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "save_file", failing)
        assert work(run, 1) == 1
    assert (run.events[-1]["code"], run.events[-1]["retryable"]) == ("DISK_FULL", True)
    assert [p.name for p in (run.path / "checkpoints").iterdir()] == ["step-000003"]
    assert work(run, 2) == 0


@pytest.mark.usefixtures("no_parity")
def test_a_really_full_disk(make_run: MakeRun, tmp_path: Path) -> None:
    """fault: disk full (journal, snapshot, checkpoint, dataset save)"""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a tmpfs is not allowed here")
    try:
        run = make_run()
        # A checkpoint takes 0.3 MB: the first fit, then there is too little space for another.
        run.path = small
        run.save_config()
        assert work(run, 1) == 1
        assert run.events[-1]["code"] == "DISK_FULL"
        kept = checkpoint.committed(small)
        assert len(kept) >= 1
        for _, path in kept:
            checkpoint.verify(path)
        subprocess.run(["mount", "-o", "remount,size=8m", str(small)], check=True)
        assert work(run, 2) == 0
    finally:
        subprocess.run(["umount", "-l", str(small)], check=False)
