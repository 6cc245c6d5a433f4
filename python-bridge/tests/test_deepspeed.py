"""DeepSpeed's ZeRO, stages 1 and 2: losses and weights as of one process; whatever one meets, all do.

What runs DeepSpeed is skipped where it is not installed; the soak makes an environment that has it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import MakeRun, write_student
from runs import weights, work
from safetensors.torch import load_file
from test_group import assert_ends, assert_like, both, finished, pair_of_runs, uneven_rows

from tailor_bridge import launching, system
from tailor_bridge.config import LaunchConfig
from tailor_bridge.engine import DEEPSPEED, engine_of_environment, missing_deepspeed
from tailor_bridge.errors import TrainerError

ASKED = {"ACCELERATE_USE_DEEPSPEED": "true", "ACCELERATE_MIXED_PRECISION": "no"}
STAGE = "ACCELERATE_DEEPSPEED_ZERO_STAGE"
MANUAL = Path(__file__).resolve().parents[2] / "docs" / "gpu.md"
# As `accelerate config` writes it.
ACCELERATE = """compute_environment: LOCAL_MACHINE
debug: false
deepspeed_config:
  gradient_accumulation_steps: 1
  offload_optimizer_device: none
  offload_param_device: none
  zero3_init_flag: false
  zero_stage: {stage}
distributed_type: DEEPSPEED
downcast_bf16: 'no'
enable_cpu_affinity: false
machine_rank: 0
main_training_function: main
mixed_precision: 'no'
num_machines: 1
num_processes: 2
rdzv_backend: static
same_network: true
tpu_env: []
tpu_use_cluster: false
tpu_use_sudo: false
use_cpu: false
"""


def manual() -> str:
    """The example of the manual, for two processes."""
    blocks = re.findall(r"```yaml\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    (example,) = [block for block in blocks if "DEEPSPEED" in block]
    return example.replace("num_processes: 4", "num_processes: 2")


runs_deepspeed = pytest.mark.skipif(
    missing_deepspeed() is not None, reason=f"deepspeed {DEEPSPEED} is not installed"
)
both_stages = pytest.mark.parametrize("stage", [1, 2])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ASKED.items():
        monkeypatch.setenv(name, value)


def together(tmp_path: Path, calls: str, processes: int) -> list[dict[str, Any]]:
    """Runs functions of deepspeed_steps.py in so many processes."""
    base = write_student(tmp_path / "base")
    script = (
        "from pathlib import Path\nimport deepspeed_steps as steps\n"
        f"folder, base = Path({str(tmp_path)!r}), Path({str(base)!r})\n"
        f"group = steps.join()\n{calls}\n"
    )
    return both(tmp_path, script, processes)


@runs_deepspeed
@both_stages
@pytest.mark.usefixtures("asked")
def test_steps_equal_those_of_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: int
) -> None:
    """Three processes, so that parts end in the middle of matrices."""
    monkeypatch.setenv(STAGE, str(stage))
    told = together(tmp_path, "steps.equal_steps(folder, group, tell)", 3)
    names = ["tied", "untied", "qwen2", "qwen3", "bfloat16", "float16", "head", "lora"]
    assert sorted(one["student"] for one in told) == sorted(names * 3)
    for one in told:
        assert max(one["differences"]) < 1e-5, one
        assert one["distance"] < 1e-5, one
        assert one["resumed"], one
        assert one["whole"] < 1e-5, one
        assert one["share"] < 0.34, one
        assert one["tensors"] == 0, one
        assert one["moved"] > 0, one


@runs_deepspeed
@both_stages
@pytest.mark.usefixtures("asked")
def test_what_one_process_meets_all_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: int
) -> None:
    monkeypatch.setenv(STAGE, str(stage))
    calls = "\n".join(
        f"steps.{name}(base, group, tell)"
        for name in ("lack_of_memory", "request_to_stop", "not_finite", "small_buckets")
    )
    told = together(tmp_path, calls, 2)
    lacks = [one for one in told if "where" in one]
    assert len(lacks) == 4
    for one in lacks:
        # Memory ran out on rank 1 alone; both went smaller, to the weights of smaller micro-batches.
        assert (one["times"] > 0) == (one["rank"] == 1)
        assert one["seen"][-1][1] == one["rows"] == 1, one
        assert one["same"], one
    stops = [one for one in told if "stopped" in one]
    assert stops == [{"stopped": True, "unchanged": True, "again": True}] * 2
    skips = [one for one in told if "skipped" in one]
    assert skips == [{"norm": None, "skipped": [1], "unchanged": True, "next": True}] * 2
    held = [one for one in told if "held" in one]
    assert len(held) == 2
    for one in held:
        # Only stage 2 lets gradients go while they come.
        assert one["held"] == 1.0 if stage == 1 else one["held"] < 1.0, one
        assert one["distance"] < 1e-5
        assert one["norms"][0] == pytest.approx(one["norms"][1], abs=1e-5)


@runs_deepspeed
@both_stages
def test_a_run_that_is_stopped_and_resumed_equals_one_process(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: int
) -> None:
    """First by torchrun, to be stopped after a certain step; then as a person starts it, by accelerate."""
    pytest.importorskip("accelerate")
    config = tmp_path / "accelerate.yaml"
    config.write_text(manual() if stage == 2 else ACCELERATE.format(stage=stage))
    one, two = pair_of_runs(make_run, optim__lr=1e-3, save__everySteps=6)
    two.config["launch"]["accelerate"] = str(config)
    two.save_config()
    assert work(one) == 0
    script = f"import sharded_steps\nsharded_steps.stop_after(9, {str(two.path)!r}, tell)\n"
    with monkeypatch.context() as environment:
        for name, value in {**ASKED, STAGE: str(stage)}.items():
            environment.setenv(name, value)
        assert sorted(both(tmp_path, script)) == [0, 3], two.events[-1]
    ends = [(e["type"], e.get("kind"), e.get("step")) for e in two.events]
    assert ("checkpoint", "periodic", 6) in ends
    assert ("checkpoint", "cancel", 9) in ends
    assert ends[-1][0] == "cancelled"
    finished(two)
    first, second = two.of("ready")
    for ready in (first, second):
        assert (ready["worldSize"], ready["backend"]) == (2, "gloo")
        assert ready["reasons"]["sharding"].startswith(f"DeepSpeed ZeRO {stage}: ")
    assert_like(one, two)
    final = sorted((two.path / "checkpoints").iterdir())[-1]
    assert final.name == "step-000020"
    kept = load_file(final / "model.safetensors")
    assert all(torch.equal(kept[name], tensor) for name, tensor in weights(two).items())
    names = sorted(path.name for path in final.iterdir())
    assert names == ["COMMITTED", "model.safetensors", "optimizer.safetensors", "state.json"]


@runs_deepspeed
def test_one_killed_process_ends_the_group(make_run: MakeRun, tmp_path: Path) -> None:
    pytest.importorskip("accelerate")
    config = tmp_path / "accelerate.yaml"
    config.write_text(manual())
    launch = {"processes": 2, "accelerate": str(config)}
    assert_ends(make_run(rows=uneven_rows(), optim__epochs=1000, launch=launch))


@pytest.mark.parametrize(
    ("variable", "value", "message", "hint"),
    [
        ("DEEPSPEED_ZERO_STAGE", "3", "asks for ZeRO stage 3", "fsdp_version 2"),
        ("DEEPSPEED_ZERO_STAGE", "0", "asks for ZeRO stage 0", "zero_stage to 1 or 2"),
        (
            "DEEPSPEED_CONFIG_FILE",
            "ds.json",
            "asks for deepspeed_config_file ds.json",
            "zero_stage",
        ),
        (
            "DEEPSPEED_OFFLOAD_OPTIMIZER_DEVICE",
            "cpu",
            "asks for offload_optimizer_device cpu",
            "Set it to none",
        ),
        (
            "DEEPSPEED_OFFLOAD_PARAM_DEVICE",
            "nvme",
            "asks for offload_param_device nvme",
            "Set it to none",
        ),
        (
            "GRADIENT_ACCUMULATION_STEPS",
            "4",
            "asks for gradient_accumulation_steps 4",
            "optim.globalBatch",
        ),
        ("GRADIENT_CLIPPING", "1.0", "asks for gradient_clipping 1.0", "optim.clip"),
        ("MIXED_PRECISION", "fp16", "asks for mixed_precision fp16", "training.precision"),
        (
            "DEEPSPEED_MOE_LAYER_CLS_NAMES",
            "A",
            "asks for deepspeed_moe_layer_cls_names A",
            "experts",
        ),
    ],
)
@pytest.mark.usefixtures("asked")
def test_what_would_do_nothing_is_refused(
    make_run: MakeRun,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    message: str,
    hint: str,
) -> None:
    run = make_run(launch={"processes": 2})
    for name, said in {"WORLD_SIZE": "2", "RANK": "0", f"ACCELERATE_{variable}": value}.items():
        monkeypatch.setenv(name, said)
    assert work(run) == 4
    assert run.events[-1]["code"] == "BAD_CONFIG"
    assert message in run.events[-1]["message"]
    assert hint in run.events[-1]["hint"]


def installed(monkeypatch: pytest.MonkeyPatch, version: str | None) -> None:
    others = system.package_version
    monkeypatch.setattr(
        system, "package_version", lambda name: version if name == "deepspeed" else others(name)
    )


@pytest.mark.usefixtures("asked")
def test_the_engine_of_an_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, DEEPSPEED)
    assert engine_of_environment("full").zero == 2
    monkeypatch.setenv(STAGE, "1")
    for mode in ("full", "lora", "qlora"):
        engine = engine_of_environment(mode)
        assert (engine.zero, engine.sharded) == (1, False)
    monkeypatch.setenv("ACCELERATE_GRADIENT_ACCUMULATION_STEPS", "1")
    monkeypatch.setenv("ACCELERATE_GRADIENT_CLIPPING", "none")
    monkeypatch.setenv("ACCELERATE_DEEPSPEED_OFFLOAD_PARAM_DEVICE", "none")
    assert engine_of_environment("full").zero == 1
    for found in (None, "0.18.0"):
        installed(monkeypatch, found)
        with pytest.raises(TrainerError, match=found or "which is not installed") as refused:
            engine_of_environment("full")
        assert refused.value.code == "DEPS_MISSING"
        assert f"pip install --no-compile deepspeed=={DEEPSPEED}" in refused.value.hint


def test_without_deepspeed_its_configuration_is_refused_at_once(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """accelerate's launcher would end with a line in the log alone."""
    from tailor_bridge.supervisor import supervise

    pytest.importorskip("accelerate")
    config = tmp_path / "accelerate.yaml"
    config.write_text(ACCELERATE.format(stage=2))
    run = make_run(launch={"processes": 2, "accelerate": str(config)})
    installed(monkeypatch, None)
    assert supervise(run.path, resume="auto", echo=False) == 1
    assert [e["type"] for e in run.events] == ["hello", "error"]
    assert run.events[-1]["code"] == "DEPS_MISSING"
    assert "asks for DeepSpeed" in run.events[-1]["message"]


def test_each_machine_starts_its_own_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Left alone, accelerate would log in on the other machines."""
    pytest.importorskip("accelerate")
    installed(monkeypatch, DEEPSPEED)
    config = tmp_path / "accelerate.yaml"
    config.write_text(ACCELERATE.format(stage=2))
    launch = LaunchConfig(2, str(config), 2)
    command = launching.worker_command(launch, ["train"], launching.Place("leader", 29500, 1))
    at = command.index("--deepspeed_multinode_launcher")
    assert command[at + 1] == "standard"
