from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from conftest import FIXTURES, golden

from tailor_bridge.config import (
    LORA_TARGETS,
    PAIR_SETTINGS,
    LoraConfig,
    load_config,
    parse_config,
)
from tailor_bridge.errors import TrainerError


def test_valid_config() -> None:
    data = (FIXTURES / "run" / "run.valid.json").read_bytes()
    config = parse_config(data)
    assert config.run_id == "r0-sft-1"
    assert (config.optim.lr, config.optim.epochs, config.pair.kind) == (0.001, 6, "triplet")
    assert config.threads is None
    assert config.warnings == ()


def test_defaults_are_those_of_the_host() -> None:
    config = parse_config((FIXTURES / "run" / "run.defaults.json").read_bytes())
    assert (config.lm.prompt_weight, config.lm.normalise) == (0.0, "completion")
    assert (config.pair.kind, config.pair.ratio, config.pair.margin) == ("triplet", 0.1, 1.0)
    optim = config.optim
    assert (optim.lr, optim.schedule, optim.warmup, optim.weight_decay) == (
        1e-5,
        "cosine",
        0.03,
        0.01,
    )
    assert (optim.clip, optim.epochs, optim.global_batch, optim.token_budget) == (1.0, 3, 16, 4096)


@pytest.mark.parametrize("case", golden("run/run.invalid.jsonl"), ids=lambda c: c["name"])
def test_invalid_config_names_the_field(case: dict) -> None:
    with pytest.raises(TrainerError) as caught:
        parse_config(json.dumps(case["config"]).encode())
    assert caught.value.code == "BAD_CONFIG"
    assert f"run.json: {case['field']} " in caught.value.message
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("case", golden("run/run.pairs.jsonl"), ids=lambda c: c["name"])
def test_every_kind_of_pair_has_the_hosts_defaults(case: dict) -> None:
    config = json.loads((FIXTURES / "run" / "run.valid.json").read_text())
    config["objective"]["pair"] = case["pair"]
    parsed = parse_config(json.dumps(config).encode())
    given = {"beta": parsed.pair.beta, "lengthNormalise": parsed.pair.length_normalise}
    given.update(margin=parsed.pair.margin, repr=parsed.pair.repr)
    given.update(kind=parsed.pair.kind, ratio=parsed.pair.ratio)
    assert {key: given[key] for key in case["expect"]} == case["expect"]
    assert set(case["expect"]) == {"kind", "ratio", *PAIR_SETTINGS[parsed.pair.kind]}
    assert parsed.warnings == ()


@pytest.mark.parametrize("case", golden("run/run.unknownKeys.jsonl"), ids=lambda c: c["name"])
def test_unknown_keys_are_warnings(case: dict) -> None:
    config = parse_config(json.dumps(case["config"]).encode())
    assert len(config.warnings) == 1
    assert case["field"] in config.warnings[0]


def test_adapters_precision_and_processes() -> None:
    config = parse_config((FIXTURES / "run" / "run.lora.json").read_bytes())
    assert config.lora == LoraConfig(16, 32.0, 0.05, LORA_TARGETS)
    assert (config.precision, config.grad_checkpoint, config.export.dtype) == (
        "float16",
        True,
        "base",
    )
    assert (config.launch.processes, config.launch.accelerate) == (2, "/project/accelerate.yaml")
    assert config.warnings == ()


def test_a_chat_template_is_plain_data() -> None:
    chat = parse_config((FIXTURES / "run" / "run.chat.json").read_bytes()).chat
    assert chat is not None
    assert (chat.prefix, chat.prefix_ids) == ("<|turn|>user\n", (29, 93, 200))
    assert (chat.suffix_ids, chat.end, chat.end_id) == ((1, 200, 29), "<|end|>", 1)
    assert parse_config((FIXTURES / "run" / "run.valid.json").read_bytes()).chat is None


def test_defaults_of_adapters_are_those_of_the_host() -> None:
    config = parse_config((FIXTURES / "run" / "run.loraDefaults.json").read_bytes())
    assert (config.mode, config.optim.lr) == ("qlora", 2e-4)
    assert config.lora == LoraConfig(16, 32.0, 0.05, LORA_TARGETS)
    assert (config.launch.processes, config.launch.accelerate) == (1, None)


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b'{"v": 1, "x": NaN}', b"\xff", b"[" * 100_000])
def test_unreadable_config(text: bytes) -> None:
    with pytest.raises(TrainerError) as caught:
        parse_config(text)
    assert caught.value.code == "BAD_CONFIG"


def test_newer_version_is_a_protocol_error() -> None:
    value = json.loads((FIXTURES / "run" / "run.valid.json").read_text())
    with pytest.raises(TrainerError) as caught:
        parse_config(json.dumps({**value, "v": 2}).encode())
    assert caught.value.code == "PROTOCOL"


@pytest.mark.parametrize("case", golden("run/places.jsonl"), ids=lambda c: c["name"])
def test_paths_count_from_the_run_folder(case: dict) -> None:
    value = json.loads((FIXTURES / "run" / "run.valid.json").read_text())
    value["export"]["path"] = case["written"]
    export = parse_config(json.dumps(value).encode(), Path(case["folder"])).export
    assert (export.path, export.written) == (case["absolute"], case["written"])


def test_every_path_of_a_moved_project_follows_it(tmp_path: Path) -> None:
    data = (FIXTURES / "run" / "run.relative.json").read_bytes()
    for project in (tmp_path / "cluster", tmp_path / "laptop"):
        folder = project / "rounds" / "0" / "runs" / "r0-sft-1"
        folder.mkdir(parents=True)
        (folder / "run.json").write_bytes(data)
        config = load_config(folder)
        assert (config.model.path, config.data.path, config.export.path) == (
            str(project / "models" / "base"),
            str(project / "rounds" / "0" / "train.jsonl"),
            str(project / "models" / "r0"),
        )
        assert config.launch.accelerate == str(project / "accelerate.yaml")
        assert config.hash == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("folder", [None, "run", "rounds/0/run/r0", "rounds/x/runs/r0", "/"])
def test_relative_paths_outside_a_run_folder_are_refused(
    folder: str | None, tmp_path: Path
) -> None:
    data = (FIXTURES / "run" / "run.relative.json").read_bytes()
    with pytest.raises(
        TrainerError, match=r"run\.json: model\.path is relative, .*rounds/N/runs/RUN"
    ):
        parse_config(data, None if folder is None else tmp_path / folder)


def test_a_run_folder_named_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "rounds" / "0" / "runs" / "r0"
    folder.mkdir(parents=True)
    (folder / "run.json").write_bytes((FIXTURES / "run" / "run.relative.json").read_bytes())
    monkeypatch.chdir(tmp_path / "rounds" / "0" / "runs")
    assert load_config(Path("r0")).export.path == str(tmp_path / "models" / "r0")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=r"run\.json cannot be read"):
        load_config(tmp_path)


def test_a_setting_of_another_kind_is_told_with_those_of_its_own() -> None:
    config = json.loads((FIXTURES / "run" / "run.valid.json").read_text())
    config["objective"]["pair"] = {"kind": "dpo", "ratio": 0.1, "margin": 1}
    with pytest.raises(TrainerError) as caught:
        parse_config(json.dumps(config).encode())
    assert caught.value.message == (
        "run.json: objective.pair.margin is a setting of triplet; "
        "dpo has ratio, beta, lengthNormalise: delete it."
    )
