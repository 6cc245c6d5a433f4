"""A student shared out over processes (FSDP2): losses and weights as of one process; whatever one meets, all do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import MakeRun
from runs import weights, work
from safetensors.torch import load_file
from test_group import assert_like, both, finished, pair_of_runs
from test_probes import PROBES

from tailor_bridge.engine import engine_of_environment
from tailor_bridge.errors import TrainerError

FSDP2 = {"ACCELERATE_USE_FSDP": "true", "FSDP_VERSION": "2"}
# As `accelerate config` writes it.
ACCELERATE = """compute_environment: LOCAL_MACHINE
distributed_type: FSDP
fsdp_config:
  fsdp_activation_checkpointing: false
  fsdp_auto_wrap_policy: TRANSFORMER_BASED_WRAP
  fsdp_cpu_ram_efficient_loading: true
  fsdp_offload_params: false
  fsdp_reshard_after_forward: true
  fsdp_state_dict_type: SHARDED_STATE_DICT
  fsdp_version: 2
machine_rank: 0
mixed_precision: 'no'
num_machines: 1
num_processes: 2
use_cpu: false
"""


@pytest.fixture
def fsdp2(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in FSDP2.items():
        monkeypatch.setenv(name, value)


def together(
    tmp_path: Path, make_run: MakeRun, calls: str, processes: int = 2
) -> list[dict[str, Any]]:
    """Runs functions of sharded_steps.py in so many processes."""
    run = make_run("run-steps")
    script = (
        "from pathlib import Path\nimport sharded_steps as steps\n"
        f"run, folder = Path({str(run.path)!r}), Path({str(tmp_path)!r})\n"
        f"base = Path({run.config['model']['path']!r})\ngroup = steps.join()\n{calls}\n"
    )
    return both(tmp_path, script, processes)


@pytest.mark.usefixtures("fsdp2")
def test_steps_equal_those_of_one_process(tmp_path: Path, make_run: MakeRun) -> None:
    """Three processes, so that no matrix can be cut evenly."""
    told = together(tmp_path, make_run, "steps.equal_steps(run, folder, group, tell)", 3)
    names = ["tied", "untied", "qwen2", "qwen3", "bfloat16", "float16"]
    assert sorted(one["student"] for one in told) == sorted(names * 3)
    for one in told:
        assert max(one["differences"]) < 1e-5, one
        assert one["distance"] < 1e-5, one
        assert one["alike"], one
        assert one["copies"] == 0, one
        assert one["resumed"], one
        assert one["whole"] < 1e-5, one
        assert one["share"] < 0.4, one
        assert one["dtypes"] == ["torch.float32"]
    # The root and two layers: gathered, gathered again, added up. An untied embedding is one more of each.
    exchanges = {one["student"]: one["exchanges"] for one in told}
    assert (exchanges["tied"], exchanges["qwen2"], exchanges["untied"]) == (8, 6, 11)
    for name in names:
        counts = {one["microBatches"] for one in told if one["student"] == name}
        assert len(counts) > 1, "all processes had the same number of micro-batches"


@pytest.mark.usefixtures("fsdp2")
def test_what_one_process_meets_all_do(tmp_path: Path, make_run: MakeRun) -> None:
    calls = "\n".join(
        f"steps.{name}(run, base, group, tell)"
        for name in ("lack_of_memory", "request_to_stop", "not_finite")
    )
    told = together(tmp_path, make_run, calls)
    lacks = [one for one in told if "where" in one]
    assert len(lacks) == 4
    for one in lacks:
        # Memory ran out on rank 1 alone; both went smaller, to the weights of smaller micro-batches.
        assert (one["times"] > 0) == (one["rank"] == 1)
        assert one["seen"][-1][1] == one["rows"] == 1, one
        assert one["same"], one
    stops = [one for one in told if "stopped" in one]
    assert [one["stopped"] for one in stops] == [True, True]
    assert [one["looks"] for one in stops] == [2, 2]
    assert all(one["same"] for one in stops)
    skips = [one for one in told if "skipped" in one]
    assert [(one["norm"], one["skipped"]) for one in skips] == [(None, [1]), (None, [1])]


@pytest.mark.usefixtures("fsdp2")
def test_a_run_that_is_stopped_and_resumed_equals_one_process(
    make_run: MakeRun, tmp_path: Path
) -> None:
    """First by torchrun, to be stopped after a certain step; then as a person starts it, by accelerate."""
    pytest.importorskip("accelerate")
    config = tmp_path / "accelerate.yaml"
    config.write_text(ACCELERATE)
    pair = {"kind": "dpo", "ratio": 0.5}
    one, two = pair_of_runs(make_run, optim__lr=1e-3, save__everySteps=6, objective__pair=pair)
    two.config["launch"]["accelerate"] = str(config)
    two.config["probes"] = PROBES
    two.save_config()
    assert work(one) == 0
    script = f"import sharded_steps\nsharded_steps.stop_after(9, {str(two.path)!r}, tell)\n"
    assert sorted(both(tmp_path, script)) == [0, 3], two.events[-1]
    ends = [(e["type"], e.get("kind"), e.get("step")) for e in two.events]
    assert ("checkpoint", "periodic", 6) in ends
    assert ("checkpoint", "cancel", 9) in ends
    assert ends[-1][0] == "cancelled"
    finished(two)
    first, second = two.of("ready")
    for ready in (first, second):
        assert (ready["worldSize"], ready["backend"]) == (2, "gloo")
        assert ready["reasons"]["sharding"].startswith("FSDP2: ")
    assert_like(one, two)
    # No process has the whole student, so nobody asks it anything, and the records of both starts say so.
    said = [told["message"] for told in two.of("warning") if told["code"] == "probes"]
    assert len(said) == 2 and all("no probes are asked" in text for text in said)
    assert two.of("sample") == []
    final = sorted((two.path / "checkpoints").iterdir())[-1]
    assert final.name == "step-000020"
    kept = load_file(final / "model.safetensors")
    assert all(torch.equal(kept[name], tensor) for name, tensor in weights(two).items())


def asked_for(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name, value in {"WORLD_SIZE": "2", "RANK": "0", **environment}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("environment", "message", "hint"),
    [
        ({"ACCELERATE_USE_FSDP": "true"}, "asks for FSDP version 1", "fsdp_version: 2"),
        ({**FSDP2, "FSDP_VERSION": "1"}, "asks for FSDP version 1", "fsdp_version: 2"),
        ({"ACCELERATE_USE_MEGATRON_LM": "true"}, "asks for Megatron", "fsdp_version 2"),
        ({**FSDP2, "FSDP_OFFLOAD_PARAMS": "true"}, "asks for fsdp_offload_params", "false"),
        (
            {**FSDP2, "FSDP_ACTIVATION_CHECKPOINTING": "true"},
            "asks for fsdp_activation_checkpointing",
            "training.gradCheckpoint",
        ),
    ],
)
def test_what_would_do_nothing_is_refused(
    make_run: MakeRun,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    message: str,
    hint: str,
) -> None:
    run = make_run(launch={"processes": 2})
    asked_for(monkeypatch, environment)
    assert work(run) == 4
    assert run.events[-1]["code"] == "BAD_CONFIG"
    assert message in run.events[-1]["message"]
    assert hint in run.events[-1]["hint"]


@pytest.mark.parametrize("mode", ["lora", "qlora"])
def test_adapters_are_not_shared_out(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    asked_for(monkeypatch, FSDP2)
    run = make_run(launch={"processes": 2}, mode="lora", lora={})
    assert work(run) == 4
    assert "shards mode full only, not lora" in run.events[-1]["message"]
    with pytest.raises(TrainerError, match=f"not {mode}"):
        engine_of_environment(mode)


def test_the_engine_of_an_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not engine_of_environment("lora").sharded
    for name, value in FSDP2.items():
        monkeypatch.setenv(name, value)
    assert engine_of_environment("full").reshard
    monkeypatch.setenv("FSDP_RESHARD_AFTER_FORWARD", "false")
    kept = engine_of_environment("full")
    assert (kept.sharded, kept.reshard) == (True, False)
    monkeypatch.setattr("tailor_bridge.system.package_version", lambda name: "2.12.1")
    with pytest.raises(TrainerError, match=r"needs torch 2\.13") as refused:
        engine_of_environment("full")
    assert refused.value.code == "DEPS_MISSING"
