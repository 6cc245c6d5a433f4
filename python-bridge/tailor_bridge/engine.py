"""What a configuration of accelerate asks of the processes, as its launcher says it in the environment, and before that
as its file does. No torch.

Each process holds the whole student and gradients are added up (MULTI_GPU); or the processes share the student's
matrices out (FSDP version 2: sharding.py); or they share out what belongs to its weights (DeepSpeed's ZeRO, stages 1
and 2: zero.py). Everything else would silently do nothing, so it is refused.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import system
from .accelerate_file import fields_of
from .errors import TrainerError

# Of FSDP2: what sharding.py calls is public from here on.
LEAST_TORCH = (2, 13)
# Of DeepSpeed: what zero.py calls is not all public, so it is used as it was tested.
DEEPSPEED = "0.19.8"
Unused = tuple[str, str, tuple[str, ...], str]
# What accelerate takes where its file does not say.
ZERO_STAGE = "2"
# What its files can ask of DeepSpeed, and the trainer does itself or not at all: the variable of accelerate's launcher,
# the field, what asks for nothing, and what to do instead.
NOT_DEEPSPEEDS: tuple[Unused, ...] = (
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
        "DEEPSPEED_MOE_LAYER_CLS_NAMES",
        "deepspeed_moe_layer_cls_names",
        (),
        "Leave it out: no student has layers of experts.",
    ),
)
# The same of every engine.
NOT_ACCELERATES: tuple[Unused, ...] = (
    (
        "MIXED_PRECISION",
        "mixed_precision",
        ("no",),
        "Set it to 'no': training.precision says in what products are computed.",
    ),
)
# What sets each engine in motion, by the type that its file names.
USES = {
    "DEEPSPEED": "ACCELERATE_USE_DEEPSPEED",
    "FSDP": "ACCELERATE_USE_FSDP",
    "MEGATRON_LM": "ACCELERATE_USE_MEGATRON_LM",
    "MULTI_GPU": None,
}
SAID_OF_FSDP = (
    "FSDP_VERSION",
    "FSDP_OFFLOAD_PARAMS",
    "FSDP_ACTIVATION_CHECKPOINTING",
    "FSDP_RESHARD_AFTER_FORWARD",
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
    return _engine(os.environ, mode)


def check_file(path: str, mode: str, processes: int) -> None:
    """Refuses a configuration file that its launcher, or the processes that it starts, would refuse; before any package
    that is missing."""
    fields = fields_of(path)
    kind = fields.get("distributed_type")
    said = fields.get("num_processes", "-1")
    if kind is None:
        raise TrainerError(
            "BAD_CONFIG",
            f"The configuration file of accelerate {path} has no distributed_type.",
            "Write distributed_type: MULTI_GPU, FSDP or DEEPSPEED into it.",
        )
    if said not in ("-1", "none", str(processes)):
        raise TrainerError(
            "BAD_CONFIG",
            f"The configuration of accelerate asks for {said} processes, training.launch for {processes}.",
            f"Set num_processes: {processes} in it, or change training.launch.processes.",
        )
    asked = _as_launched(fields, kind)
    _refuse_unused(asked, NOT_ACCELERATES)
    if processes == 1:
        # No engine is used then, but its launcher is.
        missing = missing_deepspeed() if kind == "DEEPSPEED" else None
        if missing is not None:
            raise missing
        return
    if kind not in USES:
        raise TrainerError(
            "BAD_CONFIG",
            f"The configuration of accelerate has distributed_type {kind}, which does not start {processes} processes.",
            "Set distributed_type: MULTI_GPU, also on CPUs; FSDP or DEEPSPEED share the student out.",
        )
    _engine(asked, mode)


def _as_launched(fields: Mapping[str, str], kind: str) -> dict[str, str]:
    """The variables that its launcher makes of a file, as far as they are read here."""
    asked = {}
    used = USES.get(kind)
    if used is not None:
        asked[used] = "true"
    for variable in SAID_OF_FSDP:
        asked[variable] = fields.get(variable.lower(), "")
    asked["ACCELERATE_DEEPSPEED_ZERO_STAGE"] = fields.get("zero_stage", "")
    for variable, field, _, _ in (*NOT_DEEPSPEEDS, *NOT_ACCELERATES):
        asked[f"ACCELERATE_{variable}"] = fields.get(field, "")
    return {name: said for name, said in asked.items() if said not in ("", "none")}


def _refuse_unused(asked: Mapping[str, str], unused: Sequence[Unused]) -> None:
    for variable, field, nothing, hint in unused:
        said = asked.get(f"ACCELERATE_{variable}", "")
        if said.lower() not in ("", "none", *nothing):
            raise _refused(f"{field} {said}", hint)


def _engine(asked: Mapping[str, str], mode: str) -> Engine:
    _refuse_unused(asked, NOT_ACCELERATES)
    if _says(asked, "ACCELERATE_USE_MEGATRON_LM", "true"):
        raise _refused(
            "Megatron",
            "Use distributed_type FSDP with fsdp_version 2 for students that do not fit on one GPU, MULTI_GPU for"
            " others; or mode lora or qlora.",
        )
    if _says(asked, "ACCELERATE_USE_DEEPSPEED", "true"):
        return _zero(asked)
    if not _says(asked, "ACCELERATE_USE_FSDP", "true"):
        return Engine()
    if not _says(asked, "FSDP_VERSION", "2", default="1"):
        raise _refused("FSDP version 1", "Set fsdp_version: 2 in its fsdp_config.")
    if mode != "full":
        raise TrainerError(
            "BAD_CONFIG",
            f"The configuration of accelerate asks for FSDP, which shards mode full only, not {mode}.",
            "Use distributed_type MULTI_GPU: adapters are small, and mode qlora holds the base in four bits.",
        )
    if _says(asked, "FSDP_OFFLOAD_PARAMS", "true"):
        raise _refused("fsdp_offload_params", "Set it to false, or use more GPUs or mode lora.")
    if _says(asked, "FSDP_ACTIVATION_CHECKPOINTING", "true"):
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
    return Engine(True, not _says(asked, "FSDP_RESHARD_AFTER_FORWARD", "false"))


def _zero(asked: Mapping[str, str]) -> Engine:
    stage = asked.get("ACCELERATE_DEEPSPEED_ZERO_STAGE", ZERO_STAGE)
    _refuse_unused(asked, NOT_DEEPSPEEDS)
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
    """A word of a configuration file, wherever in it; None where that cannot be read, too."""
    try:
        return None if configuration is None else fields_of(configuration).get(name)
    except TrainerError:
        return None


def _says(asked: Mapping[str, str], name: str, value: str, default: str = "") -> bool:
    said = asked.get(name, default).lower()
    return ("true" if said == "1" and value == "true" else said) == value


def _refused(what: str, hint: str) -> TrainerError:
    return TrainerError(
        "BAD_CONFIG",
        f"The configuration of accelerate asks for {what}, which this trainer does not use.",
        hint,
    )
