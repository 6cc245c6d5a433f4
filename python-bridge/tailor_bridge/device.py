"""Automatic choices of device, precision and threads, each with its reason for the `ready` record."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import torch

from . import system
from .config import RunConfig
from .errors import TrainerError


@dataclass(frozen=True)
class Device:
    kind: str  # cpu | cuda
    precision: (
        str  # of the products: float32 | bfloat16 | float16; what is trained is always float32
    )
    compute: torch.dtype
    threads: int
    reasons: dict[str, str] = field(default_factory=dict)

    def describe(self) -> list[dict[str, Any]]:
        """`device` of the `ready` record."""
        if self.kind == "cuda":
            total = torch.cuda.get_device_properties(torch.cuda.current_device()).total_memory / 1e6
            name = torch.cuda.get_device_name()
            return [{"kind": "cuda", "name": name, "memoryMB": round(total, 1)}]
        return [{"kind": "cpu", "name": system.cpu_name(), "memoryMB": system.memory_mb()[0]}]

    def memory_mb(self) -> float | None:
        """Memory that torch holds on the GPU; None on a CPU."""
        return round(torch.cuda.memory_reserved() / 1e6, 1) if self.kind == "cuda" else None


def choose_device(config: RunConfig) -> Device:
    """Reads the configuration against what this computer has, and sets torch's threads and seeds."""
    reasons: dict[str, str] = {}
    present = torch.cuda.is_available()
    if config.device == "cuda" and not present:
        raise TrainerError(
            "NO_GPU",
            "The run asks for a CUDA device, but torch finds none.",
            'Set "device" to "auto", or install a torch build for your driver.',
        )
    kind = "cuda" if config.device != "cpu" and present else "cpu"
    if config.device == "auto":
        reasons["device"] = f"{kind}: torch {'finds' if present else 'finds no'} CUDA device"
    else:
        reasons["device"] = f"{kind}: as configured"
    if kind == "cuda":
        # Each process of a group has a device of its own.
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
    bf16 = kind == "cuda" and torch.cuda.is_bf16_supported()
    kept = "parameters stay float32" if config.lora is None else "adapters stay float32"
    if config.precision == "auto":
        precision = "bfloat16" if bf16 else "float32"
        why = "the device computes in bfloat16" if bf16 else f"bfloat16 is no gain on this {kind}"
        reasons["precision"] = f"{precision}: {why}; {kept}"
    else:
        precision = config.precision
        reasons["precision"] = f"{precision}: as configured; {kept}"
        if precision == "float16":
            reasons["lossScale"] = "on: fp16 gradients would vanish without it"
    physical, logical = system.cores()
    beside = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    threads = config.threads or max(1, physical // beside)
    source = "as configured" if config.threads else f"{physical} physical of {logical} cores"
    if beside > 1 and not config.threads:
        source += f", shared by {beside} processes"
    reasons["threads"] = f"{threads}: {source}"
    torch.set_num_threads(threads)
    torch.manual_seed(config.seed)
    if kind == "cpu":
        torch.use_deterministic_algorithms(True)
        # Filling fresh memory only hides bugs and costs time; nothing here reads it before writing.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        reasons["determinism"] = "deterministic: same weights for same thread count and CPU"
    else:
        reasons["determinism"] = "not promised on CUDA"
    if os.environ.get("OMP_WAIT_POLICY") == "PASSIVE":
        reasons["wait"] = "PASSIVE: idle threads leave the cores to others"
    return Device(
        kind,
        precision,
        getattr(torch, precision),
        threads,
        reasons,
    )
