"""What a configuration file of accelerate asks for is told before anything is started: by a dry run, by the supervisor
and by the probe, in the words of the processes that would refuse it later."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import MakeRun, RunFolder
from test_deepspeed import ACCELERATE as DEEPSPEED_FILE
from test_group import ACCELERATE as MULTI_GPU_FILE
from test_sharding import ACCELERATE as FSDP_FILE

from tailor_bridge import probe, system
from tailor_bridge.accelerate_file import fields_of
from tailor_bridge.config import LaunchConfig
from tailor_bridge.dry_run import dry_run
from tailor_bridge.engine import DEEPSPEED, check_file, engine_of_environment
from tailor_bridge.errors import TrainerError
from tailor_bridge.launching import problems_at_start
from tailor_bridge.supervisor import supervise

# Nobody wants packages for a configuration that is refused anyway.
NO_PACKAGES: dict[str, str | None] = {"accelerate": None, "deepspeed": None}
STAGE_2 = DEEPSPEED_FILE.format(stage=2)
WRONG = {
    "stage": (DEEPSPEED_FILE.format(stage=3), "asks for ZeRO stage 3", "zero_stage to 1 or 2"),
    "precision": (
        STAGE_2.replace("'no'\nnum_mach", "bf16\nnum_mach"),
        "asks for mixed_precision bf16",
        "training.precision",
    ),
    "precision of any engine": (
        MULTI_GPU_FILE.replace("'no'", "bf16"),
        "asks for mixed_precision bf16",
        "training.precision",
    ),
    "offloading": (
        STAGE_2.replace("param_device: none", "param_device: cpu"),
        "asks for offload_param_device cpu",
        "Set it to none",
    ),
    "processes": (
        MULTI_GPU_FILE.replace("processes: 2", "processes: 4"),
        "asks for 4 processes, training.launch for 2",
        "num_processes: 2",
    ),
    "processes of DeepSpeed": (
        STAGE_2.replace("processes: 2", "processes: 4"),
        "asks for 4 processes",
        "num_processes: 2",
    ),
    "type": (
        MULTI_GPU_FILE.replace("MULTI_GPU", "MULTI_CPU"),
        "distributed_type MULTI_CPU, which does not start 2 processes",
        "MULTI_GPU, also on CPUs",
    ),
    "no type": (
        "compute_environment: LOCAL_MACHINE\n",
        "has no distributed_type",
        "distributed_type: MULTI_GPU",
    ),
    "version": (
        FSDP_FILE.replace("fsdp_version: 2", "fsdp_version: 1"),
        "asks for FSDP version 1",
        "fsdp_version: 2",
    ),
    "Megatron": (
        MULTI_GPU_FILE.replace("MULTI_GPU", "MEGATRON_LM"),
        "asks for Megatron",
        "fsdp_version 2",
    ),
}


def installed(monkeypatch: pytest.MonkeyPatch, packages: dict[str, str | None]) -> None:
    others = system.package_version
    monkeypatch.setattr(
        system,
        "package_version",
        lambda name: packages[name] if name in packages else others(name),
    )


def four_bits(monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    others = importlib.util.find_spec
    spec = importlib.util.spec_from_loader("bitsandbytes", None) if there else None
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: spec if name == "bitsandbytes" else others(name)
    )


def run_with(make_run: MakeRun, tmp_path: Path, text: str, **changes: Any) -> RunFolder:
    config = tmp_path / "accelerate.yaml"
    config.write_text(text)
    return make_run(launch={"processes": 2, "accelerate": str(config)}, **changes)


def both_say(run: RunFolder, capsys: pytest.CaptureFixture, code: int) -> dict[str, Any]:
    """What the dry run answers; the run itself ends with the same code and words, and starts nothing."""
    assert dry_run(run.path) == code
    said = json.loads(capsys.readouterr().out)
    assert supervise(run.path, resume="auto", echo=False) == code
    assert [e["type"] for e in run.events] == ["hello", "error"]
    assert {key: run.events[-1][key] for key in ("code", "message", "hint")} == {
        key: said[key] for key in ("code", "message", "hint")
    }
    return said


@pytest.mark.parametrize("name", WRONG)
def test_what_would_be_refused_is_refused_before_the_start(
    make_run: MakeRun,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    text, message, hint = WRONG[name]
    installed(monkeypatch, NO_PACKAGES)
    said = both_say(run_with(make_run, tmp_path, text), capsys, 4)
    assert (said["type"], said["code"]) == ("error", "BAD_CONFIG")
    assert message in said["message"]
    assert hint in said["hint"]


def test_a_file_that_is_not_there_or_holds_nothing_is_named(
    make_run: MakeRun, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    for number, text in enumerate((None, "{ not: [yaml\n", "- a list\n", "\udc80")):
        config = tmp_path / f"accelerate-{number}.yaml"
        if text is not None:
            config.write_bytes(text.encode("utf-8", "surrogateescape"))
        launch = {"processes": 2, "accelerate": str(config)}
        said = both_say(make_run(f"run-{number}", launch=launch), capsys, 4)
        assert said["code"] == "BAD_CONFIG"
        assert f"{config} cannot be read: " in said["message"]


def test_packages_are_missed_before_the_start(
    make_run: MakeRun,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed(monkeypatch, {"accelerate": "1.15.0", "deepspeed": None})
    said = both_say(run_with(make_run, tmp_path, STAGE_2), capsys, 1)
    assert (said["code"], "DeepSpeed" in said["message"]) == ("DEPS_MISSING", True)
    four_bits(monkeypatch, False)
    said = both_say(make_run("run-b", mode="qlora"), capsys, 1)
    assert said["code"] == "DEPS_MISSING"
    assert f"{sys.executable} -m pip install --no-compile bitsandbytes" in said["hint"]
    four_bits(monkeypatch, True)
    assert dry_run(make_run("run-c", mode="qlora").path) == 0
    installed(monkeypatch, {"accelerate": "1.15.0", "deepspeed": DEEPSPEED})
    assert dry_run(run_with(make_run, tmp_path, STAGE_2, name="run-d").path) == 0


def test_the_probe_names_all_that_a_project_lacks(
    tmp_path: Path,
    student_folder: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = tmp_path / "accelerate.yaml"
    config.write_text(STAGE_2)
    installed(monkeypatch, NO_PACKAGES)
    four_bits(monkeypatch, False)
    asked = {
        "student": str(student_folder), "mode": "qlora", "maxLen": 64, "tokenBudget": 512,
        "precision": "auto", "gradCheckpoint": False, "processes": 2, "accelerate": str(config),
    }  # fmt: skip

    def lacking(**changes: Any) -> list[str]:
        assert probe.main(["--fit", json.dumps({**asked, **changes})]) == 0
        problems = json.loads(capsys.readouterr().out)["problems"]
        return [f"{one['message']} {one['fix']}" for one in problems]

    whole = lacking()
    for package in ("accelerate", "deepspeed", "bitsandbytes"):
        assert sum(f"pip install --no-compile {package}" in one for one in whole) == 1
    assert not any("bitsandbytes" in one for one in lacking(mode="full"))
    assert not any("pip install" in one for one in lacking(mode="full", accelerate=None))
    config.write_text(MULTI_GPU_FILE)
    assert not any("deepspeed" in one for one in lacking())
    (wrong,) = [one for one in lacking(mode="lora", processes=3) if "num_processes" in one]
    assert "asks for 2 processes" in wrong
    # Where all is lacking, the memory cannot be reckoned, and what is lacking is said all the same.
    monkeypatch.setitem(sys.modules, "tailor_bridge.estimate", None)
    assert any("bitsandbytes" in one for one in lacking())


@pytest.mark.parametrize("parser", ["yaml", "lines"])
def test_fields_are_read_with_and_without_a_parser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parser: str
) -> None:
    if parser == "lines":
        monkeypatch.setitem(sys.modules, "yaml", None)
    else:
        pytest.importorskip("yaml")
    config = tmp_path / "accelerate.yaml"
    for text in (STAGE_2, FSDP_FILE, MULTI_GPU_FILE):
        config.write_text(f"# distributed_type: NO\n{text}main_process_ip:\n")
        fields = fields_of(str(config))
        assert (fields["mixed_precision"], fields["num_processes"]) == ("no", "2")
        assert fields["distributed_type"] in ("DEEPSPEED", "FSDP", "MULTI_GPU")
    config.write_text(STAGE_2)
    fields = fields_of(str(config))
    assert (fields["zero_stage"], fields["offload_param_device"]) == ("2", "none")
    assert fields["use_cpu"] == "false"
    for text, message, _ in WRONG.values():
        config.write_text(text)
        with pytest.raises(TrainerError) as refused:
            check_file(str(config), "full", 2)
        assert message in refused.value.message


def test_a_file_of_json_and_a_bare_no(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    config = tmp_path / "accelerate.json"
    config.write_text('{"distributed_type": "MULTI_GPU", "fsdp_config": {"version": 2}}')
    assert fields_of(str(config)) == {"distributed_type": "MULTI_GPU", "fsdp_version": "2"}
    # To accelerate an unquoted `no` is false, at which its launcher ends with a traceback.
    bare = tmp_path / "accelerate.yaml"
    bare.write_text(MULTI_GPU_FILE.replace("'no'", "no"))
    with pytest.raises(TrainerError, match="mixed_precision false") as refused:
        check_file(str(bare), "full", 2)
    assert "Set it to 'no'" in refused.value.hint


def test_one_process_uses_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, {"accelerate": "1.15.0", "deepspeed": None})
    config = tmp_path / "accelerate.yaml"
    alone = LaunchConfig(1, str(config))
    for text, codes in (
        (MULTI_GPU_FILE.replace("MULTI_GPU", "'NO'"), []),
        (FSDP_FILE, []),
        # Its launcher needs the package all the same.
        (STAGE_2, ["DEPS_MISSING"]),
    ):
        config.write_text(text.replace("processes: 2", "processes: 1"))
        assert [one.code for one in problems_at_start(alone, "lora")] == codes


@pytest.mark.parametrize("name", ["stage", "precision", "offloading", "version", None])
def test_the_launcher_says_the_same_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str | None
) -> None:
    pytest.importorskip("accelerate")
    from accelerate.commands import launch  # pyright: ignore[reportMissingImports]
    from accelerate.utils.launch import (  # pyright: ignore[reportMissingImports]
        prepare_deepspeed_cmd_env,
        prepare_multi_gpu_env,
    )

    installed(monkeypatch, {"deepspeed": DEEPSPEED})
    config = tmp_path / "accelerate.yaml"
    for text in [WRONG[name][0]] if name else [STAGE_2, FSDP_FILE, MULTI_GPU_FILE]:
        config.write_text(text)
        parsed = launch.launch_command_parser().parse_args(
            ["--config_file", str(config), "--main_process_port", "0", "x.py"]
        )
        args, _, _ = launch._validate_launch_command(parsed)
        args.deepspeed_fields_from_accelerate_config = ""
        if args.use_deepspeed:
            _, made = prepare_deepspeed_cmd_env(args)
        else:
            made = prepare_multi_gpu_env(args)
        with monkeypatch.context() as context:
            for key in set(made) | set(os.environ):
                context.setenv(key, made[key]) if key in made else context.delenv(key)
            if name is None:
                engine_of_environment("full")
                check_file(str(config), "full", 2)
                continue
            with pytest.raises(TrainerError) as later:
                engine_of_environment("full")
        with pytest.raises(TrainerError) as before:
            check_file(str(config), "full", 2)
        assert (before.value.message, before.value.hint) == (later.value.message, later.value.hint)
