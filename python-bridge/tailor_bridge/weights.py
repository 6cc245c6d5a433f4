"""A student folder's tensors in the trainer's model: safetensors only, every name and shape checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from .model import Projection, Student
from .quantise import Quantised
from .student_config import StudentConfig, load_error, rotary_frequencies
from .tokens import read_json_object

EMBEDDING = "model.embed_tokens.weight"


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a student; anything else (pickles) is refused unread."""
    single = folder / "model.safetensors"
    if single.is_file():
        return [single]
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        names = set(read_json_object(index).get("weight_map", {}).values())
        if names and all(isinstance(n, str) and Path(n).name == n for n in names):
            return [folder / name for name in sorted(names)]
        raise load_error("model.safetensors.index.json names files outside the folder", folder)
    raise load_error(
        "The student folder has no model.safetensors (other formats are refused)", folder
    )


def load_student(
    folder: Path,
    *,
    compute: torch.dtype = torch.float32,
    grad_checkpoint: bool = False,
    device: str = "cpu",
    frozen: bool = False,
    quantise: Callable[[Tensor], Quantised] | None = None,
) -> Student:
    """Reads a student folder into fp32 parameters, whatever precision its file has.

    frozen: nothing is trained, so matrices lie in `compute` · quantise: the projections' weights are held so
    """
    student = blank_student(folder, compute=compute, grad_checkpoint=grad_checkpoint)
    student.frequencies = rotary_frequencies(student.config).to(device)
    matrices = compute if frozen else torch.float32
    load_weights(student, weight_files(folder), device=device, matrices=matrices, quantise=quantise)
    return student.requires_grad_(not frozen)


def blank_student(
    folder: Path, *, compute: torch.dtype = torch.float32, grad_checkpoint: bool = False
) -> Student:
    """A student without memory, on no device: a large one is never held twice."""
    config = StudentConfig.read(folder)
    with torch.device("meta"):
        return Student(config, compute=compute, grad_checkpoint=grad_checkpoint)


def load_weights(
    student: Student,
    files: list[Path],
    *,
    device: str = "cpu",
    matrices: torch.dtype = torch.float32,
    quantise: Callable[[Tensor], Quantised] | None = None,
    keep: Callable[[Tensor, Tensor], None] | None = None,
) -> None:
    """Sets parameters by name; a missing, foreign or misshapen tensor is MODEL_LOAD.

    keep: what sets a parameter that has its memory already, from the file's tensor
    """
    wanted = dict(student.named_parameters())
    folder = files[0].parent
    found: set[str] = set()
    try:
        for file in files:
            with safe_open(file, framework="pt") as tensors:
                for name in tensors.keys():  # noqa: SIM118 (not a dictionary)
                    if name not in wanted:
                        if name == "lm_head.weight" and student.config.tied:
                            _require_copy(files, tensors.get_tensor(name))
                            continue
                        if name.endswith("rotary_emb.inv_freq"):
                            continue
                        raise load_error(f"{file.name} holds an unknown tensor {name}", folder)
                    tensor = tensors.get_tensor(name)
                    if tensor.shape != wanted[name].shape:
                        raise load_error(
                            f"{name} has shape {list(tensor.shape)}, config.json says "
                            f"{list(wanted[name].shape)}",
                            folder,
                        )
                    if not tensor.is_floating_point():
                        raise load_error(f"{name} is of type {tensor.dtype}", folder)
                    if keep is None:
                        _set(student, name, tensor, device, matrices, quantise)
                    else:
                        keep(wanted[name], tensor)
                    found.add(name)
    except (SafetensorError, OSError) as error:
        raise load_error(f"The student's weights cannot be read ({error})", folder) from error
    missing = sorted(wanted.keys() - found)
    if missing:
        raise load_error(f"The student's weights lack {missing[0]}", folder)


def _require_copy(files: list[Path], head: Tensor) -> None:
    """A tied student may bring its head once more, as small ones of Qwen3 do; another head would be lost in silence."""
    for file in files:
        with safe_open(file, framework="pt") as tensors:
            if EMBEDDING not in tensors.keys():  # noqa: SIM118 (not a dictionary)
                continue
            embedding = tensors.get_tensor(EMBEDDING)
            if embedding.dtype == head.dtype and torch.equal(embedding, head):
                return
    raise load_error(
        "config.json says tie_word_embeddings, but the weights hold another lm_head.weight",
        files[0].parent,
    )


def _set(
    student: Student,
    name: str,
    tensor: Tensor,
    device: str,
    matrices: torch.dtype,
    quantise: Callable[[Tensor], Quantised] | None,
) -> None:
    path, _, leaf = name.rpartition(".")
    owner = student.get_submodule(path)
    dtype = matrices if tensor.ndim >= 2 else torch.float32
    if quantise is not None and leaf == "weight" and isinstance(owner, Projection):
        owner.quantised = quantise(tensor.to(device, torch.float32))
        owner.register_parameter("weight", None)
        return
    # A copy: what safetensors returns may be a view of the file.
    fresh = torch.empty(tensor.shape, dtype=dtype, device=device).copy_(tensor)
    setattr(owner, leaf, nn.Parameter(fresh))
