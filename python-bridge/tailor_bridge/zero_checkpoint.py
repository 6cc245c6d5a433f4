"""Checkpoints of a run whose moments are shared out by DeepSpeed: the files of any other run, and nothing pickled.

Rank 0 writes the weights, which it has, and the moments, gathered one tensor at a time; on resuming each process reads
its own part of them. So a checkpoint knows nothing of how many processes wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor

from . import checkpoint
from .lora import trained
from .model import Student
from .sharded_checkpoint import MOMENTS, STEP, write_as_they_come
from .zero import Zero


def save(
    run_folder: Path,
    step: int,
    student: Student,
    optimizer: Zero,
    state: dict[str, Any],
    identity: checkpoint.Identity,
    *,
    keep: int,
) -> Path:
    """`checkpoint.save` by all processes together; rank 0 writes."""
    group, plain = optimizer.group, _plain(optimizer)
    target = checkpoint.folder_of(run_folder, step)
    there = group.first and (target / checkpoint.COMMITTED).is_file()
    if group.tell("there" if there else None) is not None:
        return target
    parameters = trained(student)
    counts = {name: optimizer.count(p) for name, p in parameters.items()}

    def moments() -> Iterator[Tensor | None]:
        for name, p in parameters.items():
            if counts[name] is not None:
                yield counts[name]
                yield from (optimizer.moment(p, key) for key in MOMENTS)

    def write(folder: Path | None) -> None:
        if folder is not None:
            weights = (p.detach().cpu() for p in parameters.values())
            shapes = {name: p.shape for name, p in parameters.items()}
            write_as_they_come(folder / checkpoint.FILES[0], shapes, weights)
        shapes = {
            f"{name}.{key}": torch.Size() if key == STEP else p.shape
            for name, p in parameters.items()
            for key in (STEP, *MOMENTS)
            if counts[name] is not None
        }
        write_as_they_come(folder and folder / checkpoint.FILES[1], shapes, moments())

    if not group.first:
        write(None)
        return target
    return checkpoint.save(
        run_folder, step, student, plain, state, identity, keep=keep, write=write
    )


def restore(path: Path, state: dict[str, Any], student: Student, optimizer: Zero) -> None:
    """`checkpoint.restore`, each process its own part of the moments."""
    parameters = trained(student)

    def read() -> None:
        with safe_open(path / checkpoint.FILES[0], framework="pt") as weights, torch.no_grad():
            checkpoint.require_tensors(path, weights.keys(), parameters)
            for name, parameter in parameters.items():
                parameter.copy_(weights.get_tensor(name))
        optimizer.weights_changed()
        with safe_open(path / checkpoint.FILES[1], framework="pt") as kept:
            known = set(kept.keys())
            for name, parameter in parameters.items():
                if f"{name}.{STEP}" in known:
                    moments = {key: kept.get_tensor(f"{name}.{key}") for key in MOMENTS}
                    optimizer.fill(parameter, kept.get_tensor(f"{name}.{STEP}"), moments)

    checkpoint.restore(path, state, student, _plain(optimizer), read=read)


def _plain(optimizer: Any) -> torch.optim.Optimizer:
    """What is handed through and not looked at: reading and writing are done here."""
    return optimizer
