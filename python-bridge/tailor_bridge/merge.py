"""Adapters become a student: merged in fp32 into the base's own weights, and kept in the file format of PEFT.

The base is read afresh and unquantised. The merged forward must equal the forward with adapters on the probe prompts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from .config import LoraConfig, RunConfig
from .errors import TrainerError
from .lora import attach, merge, trained
from .parity import own_logits, parity_prompts
from .tokens import StudentTokens
from .weights import load_student, weight_files

# Logits of 1 or less; larger ones are compared relative to the largest.
TOLERANCE = 1e-4
FOLDER = "adapter"
_DOWN, _UP = ".adapter.down", ".adapter.up"


def merged_weights(
    config: RunConfig, adapter: dict[str, torch.Tensor], prompts: Sequence[str]
) -> dict[str, torch.Tensor]:
    """The base's tensors with the adapters added, fp32, on the CPU."""
    base = Path(config.model.path)
    student = load_student(base, frozen=True)
    attach(student, _required(config), config.seed)
    own = trained(student)
    if own.keys() != adapter.keys():
        raise TrainerError(
            "CKPT_MISMATCH", "The checkpoint holds other adapters than run.json names.", ""
        )
    student.eval()
    with torch.no_grad():
        for name, parameter in own.items():
            parameter.copy_(adapter[name])
        ids = [prompt.ids for prompt in parity_prompts(StudentTokens(base), prompts)]
        before = [own_logits(student, one) for one in ids]
        merge(student)
        after = [own_logits(student, one) for one in ids]
    for one, other in zip(before, after, strict=True):
        delta = float((one - other).abs().max())
        if not delta <= TOLERANCE * max(1.0, float(one.abs().max())):
            raise TrainerError(
                "INTERNAL",
                f"The merged student computes other logits than its adapters (difference {delta:.2g}).",
                "The checkpoint is kept; please report this with run.json.",
            )
    return {name: p.detach() for name, p in student.named_parameters()}


def base_dtype(folder: Path) -> str:
    """The precision of a student's own files; what is neither bf16 nor fp32 is written as fp32."""
    with safe_open(weight_files(folder)[0], framework="pt") as tensors:
        names = list(tensors.keys())
        kind = tensors.get_slice(names[0]).get_dtype() if names else "F32"
    return "bfloat16" if kind == "BF16" else "float32"


def write_adapter(folder: Path, config: RunConfig, adapter: dict[str, torch.Tensor]) -> None:
    """adapter_config.json and adapter_model.safetensors as `peft` reads them."""
    lora = _required(config)
    folder.mkdir()
    renamed = {}
    for name, tensor in adapter.items():
        for ours, theirs in ((_DOWN, ".lora_A.weight"), (_UP, ".lora_B.weight")):
            if name.endswith(ours):
                renamed[f"base_model.model.{name.removesuffix(ours)}{theirs}"] = tensor
    save_file(
        {name: tensor.float().contiguous() for name, tensor in renamed.items()},
        folder / "adapter_model.safetensors",
        metadata={"format": "pt"},
    )
    about = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": config.model.path,
        "r": lora.r,
        "lora_alpha": lora.alpha,
        "lora_dropout": lora.dropout,
        "target_modules": list(lora.targets),
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
        "init_lora_weights": True,
        "modules_to_save": None,
        "use_dora": False,
        "use_rslora": False,
    }
    text = json.dumps(about, allow_nan=False, ensure_ascii=True, indent=2) + "\n"
    (folder / "adapter_config.json").write_text(text, encoding="utf-8")


def _required(config: RunConfig) -> LoraConfig:
    if config.lora is None:
        raise ValueError("a full run has no adapters")
    return config.lora
