"""Several processes: the same run as one, started by torchrun and by accelerate, stopped and killed together."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import MakeRun, RunFolder, frozen_row
from runs import same, weights, work
from safetensors.torch import load_file
from test_supervisor import PATIENCE_S, exit_record, start, until

from tailor_bridge import system
from tailor_bridge.batch import PackedRow
from tailor_bridge.data import Text
from tailor_bridge.group import Group, share

ACCELERATE = """compute_environment: LOCAL_MACHINE
distributed_type: MULTI_GPU
num_machines: 1
num_processes: 2
machine_rank: 0
mixed_precision: 'no'
dynamo_config: {}
use_cpu: false
"""


def uneven_rows() -> list[dict[str, Any]]:
    """One question in four has a pair; lengths differ a lot."""
    rows = [frozen_row(i, positives=2, negatives=int(i % 4 == 0)) for i in range(11)]
    for index, row in enumerate(rows):
        row["prompt"] = "Well, " * (index % 5) * 3 + row["prompt"]
    return rows


def pair_of_runs(make_run: MakeRun, **changes: Any) -> tuple[RunFolder, RunFolder]:
    shared = {"rows": uneven_rows(), "optim__epochs": 4, "optim__globalBatch": 5, **changes}
    one = make_run("run-one", **shared)
    two = make_run("run-two", **shared, launch={"processes": 2})
    return one, two


def finished(run: RunFolder) -> None:
    assert start(run).wait(PATIENCE_S) == 0, (run.path / "train.log").read_text()
    assert run.events[-1]["type"] == "done"


def assert_like(one: RunFolder, two: RunFolder) -> None:
    assert (one.path / "plan.jsonl").read_text() == (two.path / "plan.jsonl").read_text()
    first, second = one.of("metrics"), two.of("metrics")
    assert len(first) == len(second) == 20
    for a, b in zip(first, second, strict=True):
        for key in ("loss", "lm", "gradNorm"):
            assert math.isclose(a[key], b[key], rel_tol=1e-5, abs_tol=1e-5), (key, a, b)
        assert a["pairsInBatch"] == b["pairsInBatch"]
        assert {k: v["n"] for k, v in a["bySource"].items()} == {
            k: v["n"] for k, v in b["bySource"].items()
        }
    left, right = weights(one), weights(two)
    assert all(float((left[name] - right[name]).abs().max()) < 1e-5 for name in left)


def assert_like_references(one: RunFolder, two: RunFolder) -> None:
    left, right = (
        [json.loads(line) for line in (run.path / "reference.jsonl").read_text().splitlines()[1:]]
        for run in (one, two)
    )
    assert len(left) > 0
    for a, b in zip(left, right, strict=True):
        assert math.isclose(a.pop("logp"), b.pop("logp"), rel_tol=1e-5)
        assert a == b
    pairs = [
        (a["preference"], b["preference"])
        for a, b in zip(one.of("metrics"), two.of("metrics"), strict=True)
        if a["preference"]
    ]
    assert len(pairs) > 0
    for a, b in pairs:
        assert math.isclose(a["logpChosen"], b["logpChosen"], rel_tol=1e-4)
        assert math.isclose(a["margin"], b["margin"], abs_tol=1e-3)


@pytest.mark.parametrize("mode", ["full", "lora", "dpo"])
def test_two_processes_equal_one(make_run: MakeRun, mode: str) -> None:
    changes: dict[str, Any] = {"mode": mode, "optim__lr": 1e-3}
    if mode == "lora":
        changes["lora"] = {"dropout": 0.0}
    if mode == "dpo":
        changes.update(mode="full", objective__pair={"kind": "dpo", "ratio": 0.5})
    one, two = pair_of_runs(make_run, **changes)
    assert work(one) == 0
    finished(two)
    (ready,) = two.of("ready")
    assert (ready["worldSize"], ready["backend"]) == (2, "gloo")
    assert_like(one, two)
    if mode == "dpo":
        assert_like_references(one, two)
    assert [e["seq"] for e in two.events] == list(range(len(two.events)))


def test_accelerate_starts_the_same_run(make_run: MakeRun, tmp_path: Path) -> None:
    pytest.importorskip("accelerate")
    one, two = pair_of_runs(make_run, optim__lr=1e-3)
    config = tmp_path / "accelerate.yaml"
    config.write_text(ACCELERATE)
    two.config["launch"]["accelerate"] = str(config)
    two.save_config()
    assert work(one) == 0
    finished(two)
    (ready,) = two.of("ready")
    assert (ready["worldSize"], ready["backend"]) == (2, "gloo")
    assert_like(one, two)


def test_fewer_processes_than_asked_for_are_refused(make_run: MakeRun) -> None:
    run = make_run(launch={"processes": 2})
    assert work(run) == 4
    assert "asks for 2 processes, but 1 were started" in run.events[-1]["message"]


def test_an_engine_that_is_not_used_is_refused(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(launch={"processes": 2})
    for name, value in {"WORLD_SIZE": "2", "RANK": "0", "ACCELERATE_USE_FSDP": "true"}.items():
        monkeypatch.setenv(name, value)
    assert work(run) == 4
    assert "asks for FSDP" in run.events[-1]["message"]


def test_without_accelerate_its_configuration_is_refused_at_once(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tailor_bridge.supervisor import supervise

    config = tmp_path / "accelerate.yaml"
    config.write_text(ACCELERATE)
    run = make_run(launch={"processes": 2, "accelerate": str(config)})
    version = system.package_version
    monkeypatch.setattr(
        system, "package_version", lambda name: None if name == "accelerate" else version(name)
    )
    assert supervise(run.path, resume="auto", echo=False) == 1
    assert [e["type"] for e in run.events] == ["hello", "error"]
    assert run.events[-1]["code"] == "DEPS_MISSING"
    assert "pip install --no-compile accelerate" in run.events[-1]["hint"]


def test_stopped_and_resumed_together(make_run: MakeRun) -> None:
    whole, run = pair_of_runs(make_run, optim__lr=1e-3, optim__epochs=30)
    whole.config["launch"] = {"processes": 2}
    whole.save_config()
    finished(whole)
    process = start(run)
    until(run, process, lambda e: e["type"] == "metrics" and e["step"] >= 5)
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 3, (run.path / "train.log").read_text()
    assert [e["type"] for e in run.events[-2:]] == ["checkpoint", "cancelled"]
    assert exit_record(run)["code"] == 3
    finished(run)
    assert run.of("metrics")[-1]["step"] == 150
    assert same(weights(run), weights(whole))


def test_one_killed_process_ends_the_group(make_run: MakeRun) -> None:
    assert_ends(make_run(rows=uneven_rows(), optim__epochs=1000, launch={"processes": 2}))


def assert_ends(run: RunFolder) -> None:
    """Kills the second process of a run, and sees the first one end with an error that says it can be resumed."""
    process = start(run)
    leader = until(run, process, lambda e: e["type"] == "ready")["workerPid"]
    until(run, process, lambda e: e["type"] == "metrics")
    found = subprocess.run(
        ["pgrep", "-P", str(parent_of(leader))], capture_output=True, text=True, check=True
    )
    (other,) = [int(pid) for pid in found.stdout.split() if int(pid) != leader]
    began = time.monotonic()
    os.kill(other, signal.SIGKILL)
    assert process.wait(30) == 1
    assert time.monotonic() - began < 30
    assert run.events[-1]["type"] == "error"
    assert (run.events[-1]["code"], run.events[-1]["retryable"]) == ("INTERNAL", True)


def parent_of(pid: int) -> int:
    stat = Path(f"/proc/{pid}/stat").read_text()
    return int(stat[stat.rindex(")") + 2 :].split()[1])


def test_rows_are_shared_out_whole_and_evenly() -> None:
    rows = [PackedRow((1,) * n, (Text("a", (2,), "a", "teacher"),), (0,), ()) for n in range(1, 20)]
    parts = [share(rows, rank, 3) for rank in range(3)]
    assert sorted(row.length for part in parts for row in part) == [row.length for row in rows]
    loads = [sum(row.length for row in part) for part in parts]
    assert max(loads) - min(loads) <= 19
    assert share(rows[:1], 1, 2) == []


def test_a_process_alone_sums_nothing() -> None:
    group = Group()
    assert group.sum([1.5, 2.0]) == [1.5, 2.0]
    assert group.tell(None) is None
    assert group.tell("é") == "é"


def both(tmp_path: Path, script: str, processes: int = 2) -> list[Any]:
    """Runs a script in two processes, or more; what each of them told."""
    import sys

    file = tmp_path / "both.py"
    bridge = str(Path(__file__).resolve().parents[1])
    # Two processes on one pipe: a line is whole only where one call writes it with its end.
    file.write_text(
        f"import json, os, sys; sys.path[:0] = [{bridge!r}, {bridge + '/tests'!r}]\n"
        "def tell(value): os.write(1, (json.dumps(value) + chr(10)).encode())\n" + script
    )
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command.append(f"--nproc_per_node={processes}")
    out = subprocess.run([*command, str(file)], capture_output=True, text=True, check=False)
    assert out.returncode == 0, out.stderr
    return [json.loads(line) for line in out.stdout.splitlines()]


def test_memory_that_one_process_lacks_makes_all_go_smaller(
    tmp_path: Path, student_folder: Path
) -> None:
    script = f"""
import json, random, torch
from pathlib import Path
from tailor_bridge.group import Group
from tailor_bridge.objective import Objective
from tailor_bridge.config import LmConfig, OptimConfig, PairConfig
from tailor_bridge.selftest import random_rows
from tailor_bridge.step import Stepper, StepState, make_optimizer
from tailor_bridge.weights import load_student
torch.set_num_threads(1)
group = Group.join(2, "cpu")
student = load_student(Path({str(student_folder)!r}))
objective = Objective(student, LmConfig(0.0, "completion", "uniform"), PairConfig("triplet", 0.5, 1.0, "last"))
optim = OptimConfig(1e-3, "constant", 0.0, 0.0, 1.0, 1, 16, 4096)
seen = []
stepper = Stepper(objective, make_optimizer(objective, optim), optim, StepState(), group=group,
                  on_oom=lambda old, new: seen.append([old, new]))
inner = stepper._micro_step
def short(part, *rest):
    if group.rank == 1 and len(part) > 1:
        raise torch.OutOfMemoryError("CUDA out of memory")
    return inner(part, *rest)
stepper._micro_step = short
result = stepper.step(random_rows(random.Random(1), 8, 300), 1, 3)
total = float(sum(p.double().sum() for p in student.parameters()))
# NaN on one process only: all skip.
stepper._micro_step = inner
if group.rank == 1:
    def broken(part, *rest):
        figures = inner(part, *rest)
        figures.lm = float("nan")
        return figures
    stepper._micro_step = broken
skipped = stepper.step(random_rows(random.Random(2), 8, 300), 2, 3).grad_norm is None
tell({{"seen": seen, "norm": result.grad_norm, "total": total, "rows": stepper.state.max_rows,
      "skipped": skipped}})
"""
    first, second = both(tmp_path, script)
    assert first == second
    assert first["rows"] == 1
    assert first["seen"][-1][1] == 1
    assert first["skipped"]


def test_checkpoints_are_those_of_one_process(make_run: MakeRun) -> None:
    _, two = pair_of_runs(make_run, optim__lr=1e-3, optim__epochs=1)
    finished(two)
    folders = sorted((two.path / "checkpoints").iterdir())
    assert [path.name for path in folders][-1] == "step-000005"
    kept = load_file(folders[-1] / "model.safetensors")
    assert all(torch.equal(kept[name], tensor) for name, tensor in weights(two).items())
