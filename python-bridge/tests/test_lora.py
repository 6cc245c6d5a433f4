"""Adapters: the forward, what is trained and kept, resuming, merging, and the file format of PEFT."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import MakeRun, RunFolder, write_student
from runs import After, request, same, weights, work
from safetensors.torch import load_file
from torch import Tensor, nn

from tailor_bridge import checkpoint, export, merge
from tailor_bridge.batch import build_batch
from tailor_bridge.config import LORA_TARGETS, LmConfig, LoraConfig, OptimConfig, PairConfig
from tailor_bridge.control import move_stale_requests
from tailor_bridge.errors import TrainerError
from tailor_bridge.lora import attach, trained
from tailor_bridge.model import Student
from tailor_bridge.objective import Objective, counts_of
from tailor_bridge.parity import own_logits
from tailor_bridge.selftest import random_rows
from tailor_bridge.step import Stepper, StepState, make_optimizer
from tailor_bridge.weights import load_student

torch.set_num_threads(1)
LORA = LoraConfig(4, 8.0, 0.0, LORA_TARGETS)
OPTIM = OptimConfig(1e-2, "constant", 0.0, 0.01, 1.0, 1, 16, 4096)
IDS = [5, 9, 30, 41, 7, 120]


def with_adapters(folder: Path, config: LoraConfig = LORA, **options: Any) -> Student:
    """Adapters whose second half is no longer zero, as after some steps."""
    student = load_student(folder, frozen=True, **options)
    attach(student, config, 1)
    torch.manual_seed(5)
    for name, parameter in trained(student).items():
        if name.endswith(".up"):
            nn.init.normal_(parameter, std=0.05)
    return student


def gradients(student: Student) -> dict[str, Tensor]:
    objective = Objective(
        student, LmConfig(0.1, "completion", "uniform"), PairConfig("triplet", 0.5, 1.0, "last")
    )
    rows = random_rows(random.Random(3), 6, 300)
    student.zero_grad(set_to_none=True)
    objective(build_batch(rows, prompt_weight=0.1), counts_of(rows, objective.lm)).loss.backward()
    return {name: p.grad for name, p in student.named_parameters() if p.grad is not None}


def test_the_first_forward_is_that_of_the_base(student_folder: Path) -> None:
    student = load_student(student_folder, frozen=True)
    plain = own_logits(load_student(student_folder), IDS)
    attach(student, LORA, 1)
    assert torch.allclose(own_logits(student, IDS), plain, atol=1e-6)


def test_only_adapters_are_trained(student_folder: Path) -> None:
    names = set(gradients(with_adapters(student_folder)))
    assert len(names) == 2 * len(LORA_TARGETS) * 2
    assert all(name.endswith((".adapter.up", ".adapter.down")) for name in names)


@pytest.mark.parametrize(
    "changes",
    [{}, {"attention_bias": True, "mlp_bias": True, "tie_word_embeddings": False}],
    ids=["plain", "biased"],
)
@pytest.mark.parametrize("targets", [LORA_TARGETS, ("q_proj", "v_proj", "up_proj")])
def test_gradients_are_those_of_the_merged_weights(
    tmp_path: Path, targets: tuple[str, ...], changes: dict[str, Any]
) -> None:
    """With W = W0 + s·B·A: dL/dB = s·dL/dW·Aᵀ and dL/dA = s·Bᵀ·dL/dW, from the full model's own gradient."""
    folder = write_student(tmp_path / "student", **changes)
    student = with_adapters(folder, LoraConfig(4, 8.0, 0.0, targets))
    low = gradients(student)
    full = load_student(folder)
    with torch.no_grad():
        wanted = dict(full.named_parameters())
        for name, layer in student.projections():
            if layer.adapter is not None:
                wanted[f"{name}.weight"].add_(layer.adapter.delta())
    whole = gradients(full)
    checked = 0
    for name, layer in student.projections():
        adapter = layer.adapter
        if adapter is None:
            continue
        outer = adapter.scale * whole[f"{name}.weight"]
        for kind, expected in (("up", outer @ adapter.down.T), ("down", adapter.up.T @ outer)):
            got = low[f"{name}.adapter.{kind}"]
            assert float((got - expected).norm() / expected.norm()) < 1e-4
            checked += 1
    assert checked == 4 * len(targets)


def test_checkpointing_and_small_micro_batches_change_nothing(student_folder: Path) -> None:
    plain = gradients(with_adapters(student_folder))
    less = gradients(with_adapters(student_folder, grad_checkpoint=True))
    assert all(torch.allclose(plain[name], less[name], atol=1e-7) for name in plain)
    rows = random_rows(random.Random(3), 6, 300)

    def after(max_rows: int, oom_at: int | None) -> dict[str, Tensor]:
        student = with_adapters(student_folder)
        objective = Objective(
            student, LmConfig(0.0, "completion", "uniform"), PairConfig("triplet", 0.5, 1.0, "last")
        )
        stepper = Stepper(objective, make_optimizer(objective, OPTIM), OPTIM, StepState(max_rows))
        inner = stepper._micro_step

        def short(part: Any, *rest: Any) -> Any:
            if oom_at is not None and len(part) >= oom_at:
                raise torch.OutOfMemoryError("CUDA out of memory")
            return inner(part, *rest)

        stepper._micro_step = short  # type: ignore[method-assign]
        stepper.step(rows, 1, 2)
        return {name: p.detach() for name, p in trained(student).items()}

    assert same(after(1 << 20, 4), after(3, None)) or same(after(1 << 20, 4), after(1, None))


def test_frozen_matrices_lie_in_the_precision_of_the_products(student_folder: Path) -> None:
    student = with_adapters(student_folder, compute=torch.bfloat16)
    kinds = {name: p.dtype for name, p in student.named_parameters()}
    assert kinds["model.embed_tokens.weight"] == torch.bfloat16
    assert kinds["model.layers.0.mlp.up_proj.weight"] == torch.bfloat16
    assert kinds["model.norm.weight"] == torch.float32
    assert all(p.dtype == torch.float32 for p in trained(student).values())
    exact = gradients(with_adapters(student_folder))
    rough = gradients(student)
    norm = sum(float(g.norm() ** 2) for g in exact.values()) ** 0.5
    off = sum(float((rough[name] - exact[name]).norm() ** 2) for name in exact) ** 0.5
    assert off / norm < 0.1


def lora_run(make_run: MakeRun, name: str = "run-a", **changes: Any) -> RunFolder:
    return make_run(name, mode="lora", optim__lr=1e-2, **changes)


def test_a_run_with_adapters_and_its_merged_student(make_run: MakeRun) -> None:
    run = lora_run(make_run, optim__epochs=4)
    assert work(run) == 0
    metrics = run.of("metrics")
    assert metrics[-1]["lm"] < metrics[0]["lm"] * 0.8
    path = checkpoint.committed(run.path)[0][1]
    kept = load_file(path / "model.safetensors")
    assert all(".adapter." in name for name in kept)
    base = load_file(Path(run.config["model"]["path"]) / "model.safetensors")
    merged = weights(run)
    assert merged.keys() == base.keys()
    for name, tensor in merged.items():
        prefix = name.removesuffix(".weight")
        expected = base[name].float()
        if f"{prefix}.adapter.up" in kept:
            expected = expected + 2 * kept[f"{prefix}.adapter.up"] @ kept[f"{prefix}.adapter.down"]
        assert torch.allclose(tensor, expected, atol=1e-6), name
    (done,) = run.of("done")
    named = {Path(a["path"]).relative_to(run.student).as_posix() for a in done["artifacts"]}
    assert {"adapter/adapter_config.json", "adapter/adapter_model.safetensors"} < named
    about = json.loads((run.student / "tailor.student.json").read_text())
    assert (about["mode"], about["files"].keys()) == ("lora", named - {"tailor.student.json"})
    shutil.rmtree(run.student)
    assert export.main(["--run", str(run.path)]) == 0
    assert same(weights(run), merged)


def test_peft_reads_the_adapter_and_computes_the_same(make_run: MakeRun) -> None:
    peft = pytest.importorskip("peft")
    from transformers import AutoModelForCausalLM

    run = lora_run(make_run, lora={"r": 4, "alpha": 12, "targets": ["q_proj", "o_proj", "up_proj"]})
    assert work(run) == 0
    base: Any = AutoModelForCausalLM.from_pretrained(
        run.config["model"]["path"], dtype=torch.float32
    )
    theirs = peft.PeftModel.from_pretrained(base, run.student / "adapter").eval()
    with torch.no_grad():
        logits = theirs(input_ids=torch.tensor([IDS])).logits[0]
        ours = own_logits(load_student(run.student), IDS)
        plain = own_logits(load_student(Path(run.config["model"]["path"])), IDS)
    assert float((logits - ours).abs().max()) < 1e-4
    assert float((plain - ours).abs().max()) > 1e-2
    merged = theirs.merge_and_unload(safe_merge=True).state_dict()
    for name, tensor in weights(run).items():
        assert torch.allclose(merged[name], tensor, atol=1e-6), name


@pytest.mark.usefixtures("no_parity")
def test_resumed_is_uninterrupted_bit_for_bit_with_dropout(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {"lora": {"dropout": 0.3}, "optim__tokenBudget": 200}
    whole = lora_run(make_run, "run-whole", **changes)
    assert work(whole) == 0
    for at in (1, 4, 7):
        run = lora_run(make_run, f"run-cut-{at}", **changes)
        with monkeypatch.context() as patch:
            After(patch, "metrics", at, lambda run=run: request(run, "cancel", 1))
            assert work(run, 1) == 3
        move_stale_requests(run.path, 2)
        assert work(run, 2) == 0
        assert same(weights(run), weights(whole))
    still = lora_run(make_run, "run-still", **{**changes, "lora": {"dropout": 0.0}})
    assert work(still) == 0
    assert not same(weights(still), weights(whole))


@pytest.mark.usefixtures("no_parity")
def test_a_merge_that_changes_the_student_is_refused(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = lora_run(make_run)

    def wrong(student: Student) -> None:
        for _, layer in student.projections():
            layer.adapter = None

    monkeypatch.setattr(merge, "merge", wrong)
    assert work(run) == 1
    assert "other logits than its adapters" in run.events[-1]["message"]
    assert not run.student.exists()


@pytest.mark.usefixtures("no_parity")
@pytest.mark.parametrize("kind", ["float32", "bfloat16", "float16"])
def test_a_merged_student_has_the_precision_of_its_base(
    make_run: MakeRun, tmp_path: Path, kind: str
) -> None:
    from safetensors.torch import save_file

    folder = write_student(tmp_path / "base")
    tensors = load_file(folder / "model.safetensors")
    cast = {name: tensor.to(getattr(torch, kind)) for name, tensor in tensors.items()}
    save_file(cast, folder / "model.safetensors", metadata={"format": "pt"})
    run = lora_run(make_run, base=folder, export__dtype="base", optim__epochs=1)
    assert work(run) == 0
    expected = "float32" if kind == "float16" else kind
    assert {str(t.dtype) for t in weights(run).values()} == {f"torch.{expected}"}
    assert json.loads((run.student / "config.json").read_text())["dtype"] == expected


class Rounded:
    """A stand-in for four bits: a weight rounded to sixteenths."""

    def __init__(self, weight: Tensor) -> None:
        self._codes = (weight * 16).round().to(torch.int8)

    def weight(self, dtype: torch.dtype) -> Tensor:
        return (self._codes.float() / 16).to(dtype)


def test_qlora_trains_on_quantised_weights_and_merges_into_the_base(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tailor_bridge.quantise.nf4", lambda: Rounded)
    run = make_run(mode="qlora", optim__lr=1e-2, optim__epochs=3)
    assert work(run) == 0
    plain = lora_run(make_run, "run-plain", optim__epochs=3)
    assert work(plain) == 0
    assert run.of("metrics")[0]["lm"] != plain.of("metrics")[0]["lm"]
    assert run.of("metrics")[-1]["lm"] < run.of("metrics")[0]["lm"]
    kept = load_file(checkpoint.committed(run.path)[0][1] / "model.safetensors")
    base = load_file(Path(run.config["model"]["path"]) / "model.safetensors")
    name = "model.layers.0.self_attn.q_proj"
    delta = 2 * kept[f"{name}.adapter.up"] @ kept[f"{name}.adapter.down"]
    assert torch.allclose(weights(run)[f"{name}.weight"], base[f"{name}.weight"] + delta, atol=1e-6)


def test_qlora_without_its_package_names_the_command(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "bitsandbytes", None)
    run = make_run(mode="qlora")
    assert work(run) == 1
    last = run.events[-1]
    assert last["code"] == "DEPS_MISSING"
    assert "pip install --no-compile bitsandbytes" in last["hint"]
    with pytest.raises(TrainerError, match="needs the package bitsandbytes"):
        __import__("tailor_bridge.quantise").quantise.nf4()


def test_qlora_with_bitsandbytes(make_run: MakeRun) -> None:
    pytest.importorskip("bitsandbytes")
    run = make_run(mode="qlora", optim__lr=1e-2, optim__epochs=2)
    assert work(run) == 0, run.events[-1]
    assert run.of("metrics")[-1]["lm"] < run.of("metrics")[0]["lm"]


@pytest.mark.usefixtures("no_parity")
@pytest.mark.parametrize("mode", ["full", "lora"])
def test_half_precision_scales_the_loss_and_resumes(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    run = make_run(mode=mode, precision="float16", optim__lr=5e-3, optim__epochs=3)
    with monkeypatch.context() as patch:
        After(patch, "metrics", 5, lambda: request(run, "cancel", 1))
        assert work(run, 1) == 3
    state = checkpoint.verify(checkpoint.committed(run.path)[0][1])
    assert state["counters"]["scale"] >= 2.0
    move_stale_requests(run.path, 2)
    assert work(run, 2) == 0
    (ready, _) = run.of("ready")
    assert ready["precision"] == "float16"
    assert ready["reasons"]["lossScale"].startswith("on")
    assert run.of("metrics")[-1]["lm"] < run.of("metrics")[0]["lm"]
    assert not run.of("warning")
