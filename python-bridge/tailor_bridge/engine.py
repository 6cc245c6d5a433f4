"""What a configuration of accelerate asks of the processes, as its launcher says it in the environment. No torch.

Each process holds the whole student and gradients are added up (MULTI_GPU); or the processes share the student's
matrices out (FSDP version 2: sharding.py); or they share out what belongs to its weights (DeepSpeed's ZeRO, stages 1
and 2: zero.py). Everything else would silently do nothing, so it is refused.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from . import system
from .errors import TrainerError

# Of FSDP2: what sharding.py calls is public from here on.
LEAST_TORCH = (2, 13)
# Of DeepSpeed: what zero.py calls is not all public, so it is used as it was tested.
DEEPSPEED = "0.19.8"
# What accelerate takes where its file does not say.
ZERO_STAGE = "2"
# What its files can ask of DeepSpeed, and the trainer does itself or not at all: the variable of accelerate's launcher,
# the field, what asks for nothing, and what to do instead.
NOT_DEEPSPEEDS = (
    (
        "DEEPSPEED_CONFIG_FILE",
        "deepspeed_config_file",
        (),
        "Write zero_stage: 1 or 2 into its deepspeed_config instead: all else are settings of training.",
    ),
    (
        "DEEPSPEED_OFFLOAD_OPTIMIZER_DEVICE",
        "offload_optimizer_device",
        (),
        "Set it to none; where memory lacks use more GPUs, FSDP, or mode lora.",
    ),
    (
        "DEEPSPEED_OFFLOAD_PARAM_DEVICE",
        "offload_param_device",
        (),
        "Set it to none; where memory lacks use more GPUs, FSDP, or mode lora.",
    ),
    (
        "GRADIENT_ACCUMULATION_STEPS",
        "gradient_accumulation_steps",
        ("1",),
        "Set it to 1: a step is training.optim.globalBatch rows, tokenBudget tokens at a time.",
    ),
    (
        "GRADIENT_CLIPPING",
        "gradient_clipping",
        ("0", "0.0"),
        "Leave it out: gradients are clipped by training.optim.clip.",
    ),
    (
        "MIXED_PRECISION",
        "mixed_precision",
        ("no",),
        "Set it to 'no': training.precision says in what products are computed.",
    ),
    (
        "DEEPSPEED_MOE_LAYER_CLS_NAMES",
        "deepspeed_moe_layer_cls_names",
        (),
        "Leave it out: no student has layers of experts.",
    ),
)


@dataclass(frozen=True)
class Engine:
    """sharded: matrices, gradients and moments are shared out · reshard: a layer is let go after its forward · zero:
    DeepSpeed's stage, of which 1 shares moments out and 2 gradients too; 0 without DeepSpeed"""

    sharded: bool = False
    reshard: bool = True
    zero: int = 0

    @property
    def reasons(self) -> dict[str, str]:
        """What the `ready` record says of it."""
        if self.zero > 0:
            what = "moments" if self.zero == 1 else "gradients and moments"
            return {
                "sharding": f"DeepSpeed ZeRO {self.zero}: each process holds the whole student, and its part of the"
                f" {what}"
            }
        if not self.sharded:
            return {}
        kept = "gathered twice a micro-batch" if self.reshard else "kept between its two passes"
        return {
            "sharding": f"FSDP2: each process holds its rows of the matrices; a layer is {kept}"
        }


def engine_of_environment(mode: str) -> Engine:
    """The engine of a group of processes in this mode of training."""
    if _says("ACCELERATE_USE_MEGATRON_LM", "true"):
        raise _refused(
            "Megatron",
            "Use distributed_type FSDP with fsdp_version 2 for students that do not fit on one GPU, MULTI_GPU for"
            " others; or mode lora or qlora.",
        )
    if _says("ACCELERATE_USE_DEEPSPEED", "true"):
        return _zero()
    if not _says("ACCELERATE_USE_FSDP", "true"):
        return Engine()
    if not _says("FSDP_VERSION", "2", default="1"):
        raise _refused("FSDP version 1", "Set fsdp_version: 2 in its fsdp_config.")
    if mode != "full":
        raise TrainerError(
            "BAD_CONFIG",
            f"The configuration of accelerate asks for FSDP, which shards mode full only, not {mode}.",
            "Use distributed_type MULTI_GPU: adapters are small, and mode qlora holds the base in four bits.",
        )
    if _says("FSDP_OFFLOAD_PARAMS", "true"):
        raise _refused("fsdp_offload_params", "Set it to false, or use more GPUs or mode lora.")
    if _says("FSDP_ACTIVATION_CHECKPOINTING", "true"):
        raise _refused(
            "fsdp_activation_checkpointing",
            "Set it to false, and training.gradCheckpoint to true: that is the same.",
        )
    found = (system.package_version("torch") or "0").split(".")
    if tuple(int(part) for part in found[:2] if part.isdigit()) < LEAST_TORCH:
        least = ".".join(str(part) for part in LEAST_TORCH)
        raise TrainerError(
            "DEPS_MISSING",
            f"FSDP needs torch {least}, and {'.'.join(found)} is installed.",
            f"Install torch {least} or later, or use distributed_type MULTI_GPU.",
        )
    return Engine(True, not _says("FSDP_RESHARD_AFTER_FORWARD", "false"))


def _zero() -> Engine:
    stage = os.environ.get("ACCELERATE_DEEPSPEED_ZERO_STAGE", ZERO_STAGE)
    for variable, field, nothing, hint in NOT_DEEPSPEEDS:
        said = os.environ.get(f"ACCELERATE_{variable}", "")
        if said.lower() not in ("", "none", *nothing):
            raise _refused(f"{field} {said}", hint)
    if stage not in ("1", "2"):
        raise _refused(
            f"ZeRO stage {stage}",
            "Set zero_stage to 1 or 2; for a student that does not fit on one GPU use distributed_type FSDP with"
            " fsdp_version 2.",
        )
    missing = missing_deepspeed()
    if missing is not None:
        raise missing
    return Engine(zero=int(stage))


def missing_deepspeed() -> TrainerError | None:
    """What to say where the environment lacks DeepSpeed, or has another than was tested."""
    found = system.package_version("deepspeed")
    if found == DEEPSPEED:
        return None
    problem = "which is not installed" if found is None else f"tested with {DEEPSPEED}, not {found}"
    return TrainerError(
        "DEPS_MISSING",
        f"The configuration of accelerate asks for DeepSpeed, {problem}.",
        f"Run: {sys.executable} -m pip install --no-compile deepspeed=={DEEPSPEED}.",
    )


def asks_for_fsdp(configuration: str | None) -> bool:
    """Whether a configuration file of accelerate will lead to sharding; for what is said before a run."""
    return _field(configuration, "distributed_type") == "FSDP"


def asks_for_deepspeed(configuration: str | None) -> bool:
    """Whether a configuration file of accelerate will lead to its launcher for DeepSpeed."""
    return _field(configuration, "distributed_type") == "DEEPSPEED"


def zero_stage_of(configuration: str | None) -> int:
    """The stage of DeepSpeed's ZeRO that a configuration file of accelerate will lead to; 0 without DeepSpeed."""
    if not asks_for_deepspeed(configuration):
        return 0
    stage = _field(configuration, "zero_stage") or ZERO_STAGE
    return int(stage) if stage.isdecimal() else 0


def _field(configuration: str | None, name: str) -> str | None:
    """A word of a configuration file, wherever in it; read without a parser, which may not be there."""
    if configuration is None:
        return None
    try:
        text = Path(configuration).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    found = re.search(rf"^[ \t]*{name}:[ \t]*['\"]?(\w+)", text, re.MULTILINE)
    return None if found is None else found[1]


def _says(name: str, value: str, default: str = "") -> bool:
    said = os.environ.get(name, default).lower()
    return ("true" if said == "1" and value == "true" else said) == value


def _refused(what: str, hint: str) -> TrainerError:
    return TrainerError(
        "BAD_CONFIG",
        f"The configuration of accelerate asks for {what}, which this trainer does not use.",
        hint,
    )
