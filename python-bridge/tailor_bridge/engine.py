"""What a configuration of accelerate asks of the processes, as its launcher says it in the environment. No torch.

Each process holds the whole student and gradients are added up (MULTI_GPU), or the processes share the student's
matrices out (FSDP version 2: sharding.py). Everything else would silently do nothing, so it is refused.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from . import system
from .errors import TrainerError

# Of FSDP2: what sharding.py calls is public from here on.
LEAST_TORCH = (2, 13)


@dataclass(frozen=True)
class Engine:
    """sharded: matrices, gradients and moments are shared out · reshard: a layer is let go after its forward"""

    sharded: bool = False
    reshard: bool = True

    @property
    def reasons(self) -> dict[str, str]:
        """What the `ready` record says of it."""
        if not self.sharded:
            return {}
        kept = "gathered twice a micro-batch" if self.reshard else "kept between its two passes"
        return {
            "sharding": f"FSDP2: each process holds its rows of the matrices; a layer is {kept}"
        }


def engine_of_environment(mode: str) -> Engine:
    """The engine of a group of processes in this mode of training."""
    for name, what in (("DEEPSPEED", "DeepSpeed"), ("MEGATRON_LM", "Megatron")):
        if _says(f"ACCELERATE_USE_{name}", "true"):
            raise _refused(
                what,
                "Use distributed_type FSDP with fsdp_version 2 for students that do not fit on one GPU, MULTI_GPU for"
                " others; or mode lora or qlora.",
            )
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


def asks_for_fsdp(configuration: str | None) -> bool:
    """Whether a configuration file of accelerate will lead to sharding; for what is said before a run."""
    if configuration is None:
        return False
    try:
        text = Path(configuration).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return re.search(r"^distributed_type:\s*['\"]?FSDP\b", text, re.MULTILINE) is not None


def _says(name: str, value: str, default: str = "") -> bool:
    said = os.environ.get(name, default).lower()
    return ("true" if said == "1" and value == "true" else said) == value


def _refused(what: str, hint: str) -> TrainerError:
    return TrainerError(
        "BAD_CONFIG",
        f"The configuration of accelerate asks for {what}, which this trainer does not use.",
        hint,
    )
