"""Runs as the host starts them: real processes, signals, hostile folders."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import MakeRun, RunFolder

from tailor_bridge import system
from tailor_bridge.supervisor import worker_environment

BRIDGE = Path(__file__).resolve().parents[1]
LAUNCH = [sys.executable, "-I", "-X", "utf8", "-u", str(BRIDGE / "launch.py")]
PATIENCE_S = 120


def start(run: RunFolder, *arguments: str, **options: Any) -> subprocess.Popen:
    with (run.path / "train.log").open("ab") as log:
        return subprocess.Popen(
            [*LAUNCH, "train", "--run", str(run.path), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=options.pop("stdout", log),
            stderr=log,
            start_new_session=True,
            **options,
        )


def until(
    run: RunFolder, process: subprocess.Popen, found: Callable[[dict], bool]
) -> dict[str, Any]:
    """Waits for a record; a process that ends before it fails the test with its log."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for event in run.events:
            if found(event):
                return event
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError((run.path / "train.log").read_text() + str(run.events[-3:]))


def exit_record(run: RunFolder) -> dict[str, Any]:
    return json.loads((run.path / "exit.json").read_text())


def launch_file(run: RunFolder, attempt: int) -> None:
    value = {"v": 1, "attempt": attempt, "nonce": f"nonce-{attempt}", "argv": [], "environment": []}
    (run.path / "launch.json").write_text(json.dumps(value))


def test_threat_2_modules_of_the_workspace_are_not_imported(
    make_run: MakeRun, tmp_path: Path
) -> None:
    """threat 2: `torch.py`, `json.py`, `sitecustomize.py`, `.env` in the workspace hijack the bridge"""
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    canary = tmp_path / "touched"
    for name in ("torch", "json", "sitecustomize", "usercustomize", "tailor_bridge", "tokenizers"):
        (workspace / f"{name}.py").write_text(f"open({str(canary)!r}, 'a').write({name!r})\n")
    (workspace / ".env").write_text("HF_HUB_OFFLINE=0\nHF_ENDPOINT=http://127.0.0.1:9\n")
    run = make_run(optim__epochs=1)
    launch_file(run, 1)
    process = start(
        run,
        "--events",
        "stdout",
        cwd=workspace,
        env={
            **os.environ,
            "PYTHONPATH": str(workspace),
            "PYTHONSTARTUP": str(workspace / "torch.py"),
        },
        stdout=subprocess.PIPE,
    )
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, (run.path / "train.log").read_text()
    assert not canary.exists()
    hello, *rest = run.events
    assert hello["type"] == "hello"
    assert hello["nonce"] == "nonce-1"
    assert hello["pid"] == process.pid
    assert hello["torch"] == system.package_version("torch")
    (ready,) = run.of("ready")
    assert ready["workerPid"] != process.pid
    assert rest[-1]["type"] == "done"
    assert [e["seq"] for e in run.events] == list(range(len(run.events)))
    # The same lines on stdout, and nothing else between them.
    assert [json.loads(line) for line in out.splitlines()] == run.events
    record = exit_record(run)
    assert (record["attempt"], record["code"], record["signal"]) == (1, 0, None)
    assert record["rssPeakMB"] > 50
    assert (run.path / ".gitignore").read_text() == "/checkpoints/\n"
    # A finished run is left as it is.
    before = (run.path / "events.jsonl").read_bytes()
    assert start(run).wait(PATIENCE_S) == 0
    assert (run.path / "events.jsonl").read_bytes() == before


def test_bad_config_ends_before_torch(make_run: MakeRun) -> None:
    run = make_run(mode="adapters")
    assert start(run).wait(PATIENCE_S) == 4
    assert [e["type"] for e in run.events] == ["hello", "error"]
    assert (run.events[1]["code"], run.events[1]["attempt"]) == ("BAD_CONFIG", 1)
    assert exit_record(run)["code"] == 4
    # By hand every start is the next attempt.
    (run.path / "run.json").write_text("{")
    assert start(run).wait(PATIENCE_S) == 4
    assert [e["attempt"] for e in run.events] == [1, 1, 2, 2]


def test_killed_orphaned_and_stopped_then_resumed(make_run: MakeRun) -> None:
    """fault: trainer: SIGKILL (of the worker, then of the supervisor), then SIGTERM to the group"""
    run = make_run(optim__epochs=1000, save__everySteps=5)

    launch_file(run, 1)
    process = start(run)
    worker = until(run, process, lambda e: e["type"] == "ready")["workerPid"]
    until(run, process, lambda e: e["type"] == "checkpoint")
    os.kill(worker, signal.SIGKILL)
    assert process.wait(PATIENCE_S) == 1
    assert run.events[-1]["type"] == "error"
    assert "SIGKILL" in run.events[-1]["message"]
    assert exit_record(run)["signal"] == "SIGKILL"

    launch_file(run, 2)
    process = start(run)
    until(run, process, lambda e: e["type"] == "metrics" and e["attempt"] == 2)
    process.kill()
    process.wait()
    deadline = time.monotonic() + PATIENCE_S
    while run.events[-1]["type"] != "cancelled" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert run.events[-1]["type"] == "cancelled"
    assert run.events[-1]["attempt"] == 2
    assert "supervisor-lost" in [w["code"] for w in run.of("warning")]

    launch_file(run, 3)
    process = start(run)
    first = until(run, process, lambda e: e["type"] == "metrics" and e["attempt"] == 3)
    # Of 5,000 steps every fifth is recorded: nothing between the checkpoint and the first record is missing.
    kept = int(run.of("cancelled")[0]["checkpoint"][-6:])
    assert first["step"] - 5 <= kept < first["step"]
    os.killpg(process.pid, signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 3
    assert [e["type"] for e in run.events[-2:]] == ["checkpoint", "cancelled"]
    assert exit_record(run)["code"] == 3


def test_what_must_be_quick_does_not_import_torch(make_run: MakeRun) -> None:
    run = make_run()
    script = (
        "import sys, runpy; sys.argv = ['x', *{arguments}]; sys.path.insert(0, {bridge!r})\n"
        "try: runpy.run_module('tailor_bridge', run_name='__main__')\n"
        "except SystemExit as stop: assert not stop.code, stop.code\n"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules\n"
        "import tailor_bridge.supervisor, tailor_bridge.train\n"
        "assert {dry} or 'tokenizers' not in sys.modules\n"
    )
    for arguments in (["probe"], ["train", "--run", str(run.path), "--dry-run"], ["--help"]):
        source = script.format(arguments=arguments, bridge=str(BRIDGE), dry=arguments[0] == "train")
        result = subprocess.run(
            [sys.executable, "-c", source], capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stderr
        if arguments[0] == "probe":
            report = json.loads(result.stdout)
            assert report["v"] == 1
            assert report["packages"]["torch"] == system.package_version("torch")
        elif arguments[0] == "train":
            report = json.loads(result.stdout)
            assert (report["type"], report["steps"], report["rows"]) == ("accepted", 10, 17)
            assert report["parameters"] > 20_000
            assert report["estimate"]["modes"]["full"]["low"] > 0
    assert {p.name for p in run.path.iterdir()} == {"run.json", "train.jsonl", "first-batch.json"}


def test_worker_environment_is_clean() -> None:
    kept = worker_environment({"PATH": "/bin", "PYTHONPATH": "/w", "PYTHONDONTWRITEBYTECODE": "1"})
    assert kept["PATH"] == "/bin"
    assert "PYTHONPATH" not in kept
    assert "PYTHONDONTWRITEBYTECODE" not in kept
    assert (kept["HF_HUB_OFFLINE"], kept["OMP_WAIT_POLICY"]) == ("1", "PASSIVE")


def test_start_time_is_that_of_the_process() -> None:
    assert system.start_time_of(os.getpid()) == system.start_time_of(os.getpid()) != ""
    assert system.start_time_of(2**22 + 1) == ""


@pytest.mark.parametrize(
    ("versions", "problems"),
    [
        ({}, []),
        ({"torch": None}, ["DEPS_MISSING"]),
        ({"torch": "2.5.1+cpu"}, ["DEPS_VERSION"]),
        ({"transformers": "6.0.0", "tokenizers": None}, ["DEPS_VERSION", "DEPS_MISSING"]),
    ],
)
def test_probe_names_package_version_and_command(versions: dict, problems: list[str]) -> None:
    from tailor_bridge.probe import package_problems

    good = {"torch": "2.13.0+cpu", "transformers": "5.23.0", "safetensors": "0.8.0"}
    good |= {"tokenizers": "0.23.3", "numpy": "2.4.6"}
    found = package_problems({**good, **versions})
    assert [p["code"] for p in found] == problems
    for (name, _), problem in zip(versions.items(), found, strict=False):
        assert name in problem["message"]
        assert f"pip install --no-compile {name}==" in problem["fix"]
