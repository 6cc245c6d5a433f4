"""Memory and time before a run: formulas at known values, and the range around a run that really happened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import MakeRun, RunFolder, write_student
from test_supervisor import PATIENCE_S, exit_record, start

from tailor_bridge import estimate, system
from tailor_bridge.config import LORA_TARGETS, LoraConfig, load_config
from tailor_bridge.dry_run import dry_run
from tailor_bridge.engine import DEEPSPEED
from tailor_bridge.estimate import Load, Shape

LORA = LoraConfig(16, 32.0, 0.05, LORA_TARGETS)
SEVEN = Shape(
    parameters=7_615_616_512, linear=6_525_288_448, layers=28, hidden=3584, intermediate=18944,
    q=3584, kv=512, vocab=152064,
    sizes={
        "q_proj": (3584, 3584), "k_proj": (3584, 512), "v_proj": (3584, 512),
        "o_proj": (3584, 3584), "gate_proj": (3584, 18944), "up_proj": (3584, 18944),
        "down_proj": (18944, 3584),
    },
)  # fmt: skip


def report_of(run: RunFolder, capsys: pytest.CaptureFixture) -> dict[str, Any]:
    assert dry_run(run.path) == 0
    return json.loads(capsys.readouterr().out)


def test_a_seven_billion_student_by_mode() -> None:
    # Seven billion: 122 GB in full, 15 GB of weights with adapters in bf16, under 6 in four bits.
    gigabytes = {mode: estimate.state_bytes(SEVEN, mode, LORA, 2) / 1e9 for mode in estimate.MODES}
    assert gigabytes["full"] == pytest.approx(121.8, abs=0.1)
    assert gigabytes["lora"] == pytest.approx(15.2 + 16 * SEVEN.adapters(LORA) / 1e9, abs=0.1)
    assert SEVEN.adapters(LORA) == 40_370_176
    assert 5 < gigabytes["qlora"] < 7
    load = Load(4096, 900)
    whole = estimate.activation_bytes(SEVEN, load, 2, checkpointed=False)
    less = estimate.activation_bytes(SEVEN, load, 2, checkpointed=True)
    assert whole / less > 5


def test_shape_and_adapters_are_those_of_the_model(tmp_path: Path) -> None:
    from tailor_bridge.lora import attach, trained
    from tailor_bridge.weights import load_student

    folder = write_student(tmp_path / "s", tie_word_embeddings=False)
    shape = Shape.read(folder)
    student = load_student(folder, frozen=True)
    assert shape.parameters == sum(p.numel() for p in student.parameters())
    assert shape.linear == sum(layer.weight.numel() for _, layer in student.projections())
    attach(student, LORA, 0)
    assert shape.adapters(LORA) == sum(p.numel() for p in trained(student).values())


def test_tokens_and_the_longest_row_are_those_of_the_steps(
    make_run: MakeRun, capsys: pytest.CaptureFixture
) -> None:
    from tailor_bridge.batch import rows_of_step
    from tailor_bridge.prepare import prepare_run

    run = make_run()
    made = report_of(run, capsys)["estimate"]
    data, plan, _, _ = prepare_run(run.path, load_config(run.path), None)
    rows = [row.length for step in plan.steps for row in rows_of_step(data.questions, step)]
    assert (made["tokens"], made["longestRow"]) == (sum(rows), max(rows))
    assert made["modes"].keys() == {"full", "lora", "qlora"}
    assert made["seconds"]["low"] <= made["seconds"]["high"]


def test_what_does_not_fit_is_said(
    make_run: MakeRun, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "gpus", lambda: [("Tiny", 1.0)])
    made = report_of(make_run(device="auto"), capsys)["estimate"]
    assert made["device"] == {"kind": "cuda", "name": "Tiny", "availableMB": 1}
    assert {mode["fits"] for mode in made["modes"].values()} == {"no"}
    assert [estimate.verdict(1, 2, at) for at in (3, 1.5, 0.5, None)] == [
        "yes", "perhaps", "no", "unknown",
    ]  # fmt: skip


@pytest.mark.parametrize("mode", ["full", "lora"])
def test_the_range_holds_what_a_run_takes(
    make_run: MakeRun, tmp_path: Path, capsys: pytest.CaptureFixture, mode: str
) -> None:
    folder = write_student(
        tmp_path / "larger", hidden_size=768, intermediate_size=2048, num_hidden_layers=6,
        num_attention_heads=12, num_key_value_heads=6, head_dim=64, vocab_size=4096,
    )  # fmt: skip
    run = make_run(mode=mode, base=folder, optim__epochs=1, optim__globalBatch=16)
    span = report_of(run, capsys)["estimate"]["modes"][mode]
    # The peak of the training itself: the export reads the student again beside transformers.
    process = start(run)
    assert process.wait(PATIENCE_S) == 0
    used = max(m["memMB"] for m in run.of("metrics"))
    assert span["low"] <= used <= span["high"], (span, used, exit_record(run))


def test_a_student_that_is_shared_out_needs_less_of_each_process(
    make_run: MakeRun,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    version = system.package_version
    there = {"accelerate": "1.15.0", "deepspeed": DEEPSPEED}
    monkeypatch.setattr(system, "package_version", lambda name: there.get(name) or version(name))
    # Seven billion on eight GPUs: 15.2 GB of 122, two layers at a time with gradients, and the output matrix.
    layers = 4 * 2 * SEVEN.linear / 28
    output = 8 * 152064 * 3584
    expected = SEVEN.parameters * 2 + layers + output
    assert estimate.state_bytes(SEVEN, "full", LORA, 2, 8) == pytest.approx(expected)
    assert expected / 1e9 == pytest.approx(21.5, abs=0.1)
    assert estimate.state_bytes(SEVEN, "lora", LORA, 2, 8) == estimate.state_bytes(
        SEVEN, "lora", LORA, 2
    )
    config = tmp_path / "accelerate.yaml"
    launch = {"processes": 8, "accelerate": str(config)}
    base = write_student(tmp_path / "wide", hidden_size=512, intermediate_size=1024)
    spans = []
    stage = "\ndeepspeed_config:\n  zero_stage: "
    fsdp = "'FSDP'\nfsdp_config:\n  fsdp_version: 2"
    for kind in ("MULTI_GPU", fsdp, f"DEEPSPEED{stage}1", "DEEPSPEED"):
        config.write_text(f"compute_environment: LOCAL_MACHINE\ndistributed_type: {kind}\n")
        run = make_run(f"run-{len(spans)}", base=base, launch=launch)
        spans.append(report_of(run, capsys)["estimate"]["modes"])
    assert spans[1]["full"]["high"] < spans[0]["full"]["high"]
    assert all(span["lora"] == spans[0]["lora"] for span in spans)
    # DeepSpeed leaves every process the weights, in stage 1 the gradients too; stage 2 is what accelerate takes.
    assert spans[3]["full"]["high"] < spans[2]["full"]["high"] < spans[0]["full"]["high"]
    for zero, each in ((1, 8 + 16 / 8), (2, 4 + 20 / 8)):
        found = estimate.state_bytes(SEVEN, "full", LORA, 2, 8, zero)
        assert found == pytest.approx(SEVEN.parameters * each)
