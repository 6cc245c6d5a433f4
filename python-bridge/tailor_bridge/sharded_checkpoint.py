"""Checkpoints of a student that is shared out: the files of any other, gathered to rank 0 one tensor at a time.

No process ever holds more of it than its own part and one tensor: rank 0 writes what it gathers as it comes, and on
resuming each process reads its own rows of the files.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor

from . import checkpoint
from .model import Student
from .sharding import Sharding

MOMENTS = ("exp_avg", "exp_avg_sq")
STEP = "step"


def save(
    sharding: Sharding,
    run_folder: Path,
    step: int,
    student: Student,
    optimizer: torch.optim.Optimizer,
    state: dict[str, Any],
    identity: checkpoint.Identity,
    *,
    keep: int,
) -> Path:
    """`checkpoint.save` by all processes together; rank 0 writes."""
    target = checkpoint.folder_of(run_folder, step)
    there = sharding.group.first and (target / checkpoint.COMMITTED).is_file()
    if sharding.group.tell("there" if there else None) is not None:
        return target
    parameters = dict(student.named_parameters())

    def write(folder: Path | None) -> None:
        shapes = {name: p.shape for name, p in parameters.items()}
        weights = (sharding.whole(p) for p in parameters.values())
        write_as_they_come(folder and folder / checkpoint.FILES[0], shapes, weights)
        moments = {
            f"{name}.{key}": optimizer.state[p][key]
            for name, p in parameters.items()
            if p in optimizer.state
            for key in (STEP, *MOMENTS)
        }
        shapes = {name: moment.shape for name, moment in moments.items()}
        gathered = (sharding.whole(moment) for moment in moments.values())
        write_as_they_come(folder and folder / checkpoint.FILES[1], shapes, gathered)

    if not sharding.group.first:
        write(None)
        return target
    return checkpoint.save(
        run_folder, step, student, optimizer, state, identity, keep=keep, write=write
    )


def restore(
    sharding: Sharding,
    path: Path,
    state: dict[str, Any],
    student: Student,
    optimizer: torch.optim.Optimizer,
) -> None:
    """`checkpoint.restore`, each process its own rows."""
    parameters = dict(student.named_parameters())

    def read() -> None:
        with safe_open(path / checkpoint.FILES[0], framework="pt") as weights:
            checkpoint.require_tensors(path, weights.keys(), parameters)
            for name, parameter in parameters.items():
                sharding.fill(parameter, weights.get_tensor(name))
        with safe_open(path / checkpoint.FILES[1], framework="pt") as moments:
            known = set(moments.keys())
            for name, parameter in parameters.items():
                if f"{name}.{STEP}" not in known:
                    continue
                own = optimizer.state[parameter]
                own[STEP] = moments.get_tensor(f"{name}.{STEP}").to(sharding.group.device)
                for key in MOMENTS:
                    own[key] = torch.zeros_like(parameter)
                    sharding.fill(own[key], moments.get_tensor(f"{name}.{key}"))

    checkpoint.restore(path, state, student, optimizer, read=read)


def write_as_they_come(
    path: Path | None, shapes: Mapping[str, Sequence[int]], tensors: Iterable[Tensor | None]
) -> None:
    """A safetensors file of fp32 tensors, written as they come; without a path they only come."""
    header: dict[str, Any] = {}
    at = 0
    for name, shape in shapes.items():
        end = at + 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [at, end]}
        at = end
    if path is None:
        for _ in tensors:
            continue
        return
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("xb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for tensor in tensors:
            if tensor is None or tensor.dtype != torch.float32:
                raise ValueError("what is trained is fp32, and rank 0 has it")
            file.write(tensor.contiguous().flatten().numpy().data)
