"""Whole runs in this process: done, cancelled, resumed, failed."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import MakeRun, RunFolder, frozen_row
from runs import After, request, same, weights, work

from tailor_bridge import checkpoint, export
from tailor_bridge.control import Control, move_stale_requests
from tailor_bridge.errors import Cancelled
from tailor_bridge.events import FIELDS, PHASES
from tailor_bridge.tokens import StudentTokens

torch.set_num_threads(1)


def test_a_run_from_start_to_done(make_run: MakeRun) -> None:
    run = make_run(optim__lr=5e-3, optim__epochs=4)
    assert work(run) == 0
    kinds = [event["type"] for event in run.events]
    assert kinds[-1] == "done"
    assert kinds.index("ready") < kinds.index("accepted") < kinds.index("metrics")
    assert [e["seq"] for e in run.events] == list(range(len(run.events)))
    for event in run.events:
        assert event.keys() == FIELDS[event["type"]] | {"v", "seq", "attempt", "t", "type", "runId"}
    phases = [event["name"] for event in run.of("phase")]
    assert set(phases) <= set(PHASES)
    assert phases[:4] == ["importing", "loading", "probing", "training"]
    assert phases[-3:] == ["saving", "exporting", "parity"]
    (accepted,) = run.of("accepted")
    assert (accepted["steps"], accepted["rows"], accepted["droppedCount"]) == (20, 17, 0)
    metrics = run.of("metrics")
    assert [m["step"] for m in metrics] == list(range(1, 21))
    assert metrics[-1]["lm"] < metrics[0]["lm"] / 2
    assert sum(s["n"] for s in metrics[0]["bySource"].values()) in (3, 4)
    # A step's mean lies between those of its sources.
    for step in metrics:
        own = [s for s in step["bySource"].values() if s["pair"] is not None]
        for name in ("pair", "cosPos", "cosNeg", "activeFrac"):
            values = [s[name] for s in own]
            assert (step["pairsInBatch"] == 0) == (values == [])
            assert not values or min(values) - 1e-6 <= step[name] <= max(values) + 1e-6
    assert run.of("progress")[-1]["etaMs"] == 0
    (done,) = run.of("done")
    assert done["summary"]["steps"] == 20
    assert done["summary"]["lastLm"] == metrics[-1]["lm"]
    assert done["summary"]["tokens"] > 0
    plan = [json.loads(line) for line in (run.path / "plan.jsonl").read_text().splitlines()]
    assert (len(plan), plan[-1]["epoch"], plan[-1]["step"]) == (68, 3, 20)
    assert (run.path / "dropped.jsonl").read_text() == ""
    assert [c["kind"] for c in run.of("checkpoint")][-1] == "final"
    # The last two are kept.
    assert [step for step, _ in checkpoint.committed(run.path)] == [20, 18]


def test_the_student_folder_is_whole_and_loads_in_transformers(make_run: MakeRun) -> None:
    run = make_run(export__dtype="bfloat16")
    assert work(run) == 0
    names = {path.name for path in run.student.iterdir()}
    assert names == {
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "parity.json",
        "tailor.student.json",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    (done,) = run.of("done")
    import hashlib

    assert {Path(a["path"]).name for a in done["artifacts"]} == names
    for artifact in done["artifacts"]:
        data = Path(artifact["path"]).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (
            artifact["sha256"],
            artifact["bytes"],
        )
    about = json.loads((run.student / "tailor.student.json").read_text())
    assert about["files"].keys() == names - {"tailor.student.json"}
    assert (about["runId"], about["dtype"], about["steps"]) == ("run-a", "bfloat16", 10)
    assert not list(run.student.parent.glob(".*"))
    assert json.loads((run.student / "config.json").read_text())["dtype"] == "bfloat16"
    parity = json.loads((run.student / "parity.json").read_text())
    assert parity.keys() == {
        "v", "weightsSha256", "dtype", "bos", "eosIds", "versions", "prompts", "strings",
    }  # fmt: skip
    assert (parity["dtype"], parity["bos"], parity["eosIds"]) == ("bfloat16", False, [1])
    assert len(parity["prompts"]) == 8
    assert 180 <= len(parity["strings"]) <= 220
    assert parity["strings"][0] == {"text": "0", "ids": parity["strings"][0]["ids"]}
    look_alike = next(s for s in parity["strings"] if s["text"] == "<|end|>")
    assert 1 not in look_alike["ids"]
    from transformers.models.llama.modeling_llama import LlamaForCausalLM

    oracle: Any = LlamaForCausalLM.from_pretrained(run.student, dtype=torch.float32)
    for prompt in parity["prompts"]:
        ids = prompt["ids"]
        with torch.no_grad():
            logits = oracle(input_ids=torch.tensor([ids])).logits[0]
            out = oracle.generate(
                torch.tensor([ids]), max_new_tokens=32, do_sample=False, pad_token_id=0
            )
        assert out[0, len(ids) :].tolist() == prompt["greedyIds"]
        assert len(prompt["greedyIds"]) == len(prompt["greedyMargins"])
        logprobs = torch.log_softmax(
            oracle(input_ids=out).logits[0, len(ids) - 1 : -1].detach(), dim=-1
        )
        chosen = logprobs[range(len(prompt["greedyIds"])), prompt["greedyIds"]]
        assert torch.allclose(chosen, torch.tensor(prompt["greedyLogprobs"]), atol=1e-3)
        assert len(prompt["greedyPieces"]) == len(prompt["greedyIds"])
        whole = StudentTokens(run.student).decode(prompt["greedyIds"])
        assert whole.rstrip("\ufffd").startswith("".join(prompt["greedyPieces"]))
        assert len(prompt["logits"]) == 3
        for place in prompt["logits"]:
            assert len(place["topIds"]) == len(place["topValues"]) == 20
            values = logits[place["position"]][place["topIds"]]
            assert torch.allclose(values, torch.tensor(place["topValues"]), atol=1e-4)
        assert prompt["logits"][2]["position"] == len(prompt["ids"]) - 1


def test_export_again_from_a_checkpoint(make_run: MakeRun, capsys: pytest.CaptureFixture) -> None:
    run = make_run()
    assert work(run) == 0
    before = weights(run)
    shutil.rmtree(run.student)
    assert export.main(["--run", str(run.path)]) == 0
    assert same(weights(run), before)
    assert json.loads(capsys.readouterr().out)["student"] == str(run.student)
    older = checkpoint.committed(run.path)[1][1]
    assert export.main(["--run", str(run.path), "--checkpoint", str(older)]) == 0
    assert not same(weights(run), before)


@pytest.mark.usefixtures("no_parity")
def test_an_export_takes_away_what_killed_ones_left(make_run: MakeRun) -> None:
    run = make_run()
    models = run.student.parent
    mine = [f".{run.student.name}.0123456789ab.{ending}" for ending in ("tmp", "old")]
    others = [f".{run.student.name}-2.0123456789ab.tmp", f".{run.student.name}.notes.tmp"]
    for name in mine + others:
        (models / name).mkdir(parents=True)
        (models / name / "model.safetensors").write_bytes(b"half")
    assert work(run) == 0
    left = {path.name for path in models.iterdir()}
    assert left == {run.student.name, *others}


def test_a_foreign_folder_is_never_replaced(make_run: MakeRun) -> None:
    run = make_run()
    run.student.mkdir(parents=True)
    (run.student / "keep.txt").write_text("mine")
    assert work(run) == 4
    assert run.events[-1]["code"] == "BAD_CONFIG"
    assert (run.student / "keep.txt").read_text() == "mine"


@pytest.mark.usefixtures("no_parity")
@pytest.mark.parametrize("budget", [4096, 64], ids=["one micro-batch", "accumulated"])
def test_resumed_equals_uninterrupted_bit_for_bit(
    make_run: MakeRun, budget: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = make_run("run-whole", optim__tokenBudget=budget)
    assert work(whole) == 0
    expected = weights(whole)
    losses = [m["loss"] for m in whole.of("metrics")]
    for step in (1, 2, 3, 5, 9):
        run = make_run(f"run-{budget}-{step}", optim__tokenBudget=budget)
        with monkeypatch.context() as patch:
            After(patch, "metrics", step, lambda run=run: request(run, "cancel", 1))
            assert work(run, 1) == 3
        assert run.events[-1]["checkpoint"] == f"checkpoints/step-{step:06d}"
        assert [e["type"] for e in run.events[-2:]] == ["checkpoint", "cancelled"]
        move_stale_requests(run.path, 2)
        assert work(run, 2) == 0
        # Before its first step it says where it goes on.
        went = next(e for e in run.of("progress") if e["attempt"] == 2)
        assert (went["step"], went["steps"], went["etaMs"]) == (step, 10, None)
        assert run.events.index(went) < run.events.index(
            next(e for e in run.of("metrics") if e["attempt"] == 2)
        )
        assert [m["loss"] for m in run.of("metrics")] == losses
        assert same(weights(run), expected)
        summary = run.of("done")[0]["summary"]
        assert summary["firstLoss"] == losses[0]
        assert summary["tokens"] == whole.of("done")[0]["summary"]["tokens"]


def _in_project(run: RunFolder, project: Path) -> RunFolder:
    """The run in a project's folders, with a run.json that tells nobody where the project lies."""
    folder = project / "rounds" / "0" / "runs" / run.path.name
    folder.mkdir(parents=True)
    shutil.copytree(run.config["model"]["path"], project / "models" / "base")
    (run.path / "train.jsonl").rename(project / "rounds" / "0" / "train.jsonl")
    config = run.config
    config["model"]["path"] = "../../../../models/base"
    config["data"]["path"] = "../../train.jsonl"
    config["export"]["path"] = "../../../../models/made"
    moved = RunFolder(folder, config)
    moved.save_config()
    return moved


@pytest.mark.usefixtures("no_parity")
@pytest.mark.parametrize("mode", ["full", "lora"])
def test_a_stopped_run_goes_on_bit_for_bit_where_its_project_was_moved_to(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    whole = make_run("run-whole", mode=mode)
    assert work(whole) == 0
    run = _in_project(make_run("run-moved", mode=mode), tmp_path / "cluster")
    with monkeypatch.context() as patch:
        After(patch, "metrics", 5, lambda: request(run, "cancel", 1))
        assert work(run, 1) == 3
    assert run.events[-1]["checkpoint"] == "checkpoints/step-000005"
    (tmp_path / "laptop").mkdir()
    (tmp_path / "cluster").rename(tmp_path / "laptop" / "project")
    name = Path("rounds") / "0" / "runs" / run.path.name
    moved = RunFolder(tmp_path / "laptop" / "project" / name, run.config)
    move_stale_requests(moved.path, 2)
    assert work(moved, 2) == 0
    assert not (tmp_path / "cluster").exists()
    # Every step once, and each as in the run that was never stopped.
    told = [[(m["step"], m["loss"]) for m in one.of("metrics")] for one in (whole, moved)]
    assert told[0] == told[1]
    assert same(weights(moved), weights(whole))
    # What it made can be found when the project is moved again.
    for artifact in moved.of("done")[0]["artifacts"]:
        assert artifact["path"].startswith("../../../../models/made/")
        data = (moved.path / artifact["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == artifact["sha256"]


@pytest.mark.usefixtures("no_parity")
@pytest.mark.parametrize(
    ("kind", "number", "checkpoints"),
    [
        ("importing", 1, 0),
        ("loading", 1, 0),
        ("probing", 1, 0),
        ("training", 1, 0),
        ("saving", 1, 1),
        ("exporting", 1, 2),
    ],
)
def test_cancel_at_any_time_is_resumable(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, kind: str, number: int, checkpoints: int
) -> None:
    """fault: cancel at any time"""
    run = make_run()
    with monkeypatch.context() as patch:
        After(patch, kind, number, lambda: request(run, "cancel", 1))
        assert work(run, 1) == 3
    assert "stopping" in [e["name"] for e in run.of("phase")]
    assert len(checkpoint.committed(run.path)) == checkpoints
    assert (run.events[-1]["checkpoint"] is None) == (checkpoints == 0)
    assert not run.student.exists()
    move_stale_requests(run.path, 2)
    assert work(run, 2) == 0


@pytest.mark.usefixtures("no_parity")
def test_discard_writes_no_checkpoint(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run()
    After(monkeypatch, "metrics", 5, lambda: request(run, "cancel", 1, "discard"))
    assert work(run) == 3
    assert run.events[-1]["checkpoint"] == "checkpoints/step-000003"
    assert [step for step, _ in checkpoint.committed(run.path)] == [3]


@pytest.mark.usefixtures("no_parity")
def test_stale_cancel_of_another_attempt_is_ignored(make_run: MakeRun) -> None:
    run = make_run()
    request(run, "cancel", 1)
    request(run, "save", 1)
    assert work(run, 2) == 0
    move_stale_requests(run.path, 2)
    assert not (run.path / "cancel").exists()
    assert (run.path / "cancel.1").exists()
    request(run, "cancel", 2)
    (run.path / "save").write_text("{half a requ")
    move_stale_requests(run.path, 3)
    move_stale_requests(run.path, 3)
    assert {p.name for p in run.path.glob("cancel*")} == {"cancel.1", "cancel.2"}
    assert {p.name for p in run.path.glob("save*")} == {"save.1", "save.2"}


@pytest.mark.usefixtures("no_parity")
def test_save_now(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(save__everySteps=100)
    After(monkeypatch, "metrics", 4, lambda: request(run, "save", 1))
    assert work(run) == 0
    asked = [c for c in run.of("checkpoint") if c["kind"] == "asked"]
    assert [c["step"] for c in asked] == [4]
    assert not (run.path / "save").exists()


def test_second_signal_stops_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tailor_bridge.events import EventLog

    control = Control(tmp_path, 1, EventLog(tmp_path / "events.jsonl", "run-a", 1))
    now = [100.0]
    monkeypatch.setattr("tailor_bridge.control.time.monotonic", lambda: now[0])
    control._on_signal(signal.SIGTERM, None)
    # The same request, by way of the group and of the supervisor.
    control._on_signal(signal.SIGTERM, None)
    with pytest.raises(Cancelled) as caught:
        control.poll()
    assert (caught.value.mode, caught.value.at_once) == ("checkpoint", False)
    now[0] += 5
    with pytest.raises(Cancelled) as caught:
        control._on_signal(signal.SIGTERM, None)
    assert caught.value.at_once


def test_bad_data_is_reported_with_its_place(make_run: MakeRun) -> None:
    row = frozen_row(0)
    row["prompt"] += " "
    run = make_run(rows=[frozen_row(1), row])
    assert work(run) == 4
    assert run.events[-1]["code"] == "DATA_INVALID"
    assert "train.jsonl line 2, prompt: " in run.events[-1]["message"]


def test_missing_package_is_named(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """fault: trainer: import error"""
    run = make_run()
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    for name in ("tokens", "prepare"):
        monkeypatch.delitem(sys.modules, f"tailor_bridge.{name}", raising=False)
    assert work(run) == 1
    monkeypatch.undo()
    assert run.events[-1]["code"] == "DEPS_MISSING"
    assert "tokenizers" in run.events[-1]["message"]


def test_no_gpu_and_out_of_memory_have_their_codes(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not torch.cuda.is_available():
        run = make_run("run-gpu", device="cuda")
        assert work(run) == 1
        assert run.events[-1]["code"] == "NO_GPU"
    run = make_run("run-oom")

    def failing(*args: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr("tailor_bridge.step.Stepper._micro_step", failing)
    assert work(run) == 5
    assert run.events[-1]["code"] == "OOM"
    assert len(run.of("oom")) > 0


@pytest.mark.usefixtures("no_parity")
def test_equal_compute_arm_has_no_pairs(make_run: MakeRun) -> None:
    run = make_run(objective__pair__kind="none")
    assert work(run) == 0
    assert all(m["pair"] is None and m["pairsInBatch"] == 0 for m in run.of("metrics"))
    assert run.of("accepted")[0]["pairCoverage"]["withPair"] == 0


def test_two_threads_give_the_same_bits_again(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tailor_bridge.parity.make_parity", lambda *args, **kwargs: {"v": 1})
    runs = [make_run(f"run-{k}", threads=2, optim__epochs=1) for k in range(2)]
    try:
        for run in runs:
            assert work(run) == 0
    finally:
        torch.set_num_threads(1)
    assert same(weights(runs[0]), weights(runs[1]))
