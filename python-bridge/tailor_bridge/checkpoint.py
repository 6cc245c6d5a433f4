"""Checkpoints that exist whole or not at all.

One holds what is trained (all weights, or the adapters), the optimizer and the rest of the state. Everything is written
to `step-000120.tmp/`, flushed, renamed, and counts only once `COMMITTED` with the SHA-256 of every file lies in it.
Tensors are safetensors, the rest JSON: nothing is ever unpickled. A committed checkpoint is deleted only after a newer
one is committed.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from . import VERSION, jsonio, system
from .errors import TrainerError
from .lora import trained
from .model import Student

FILES = ("model.safetensors", "optimizer.safetensors", "state.json")
COMMITTED = "COMMITTED"
# What an unequal part of an identity means, for people.
DIFFERENT = {
    "configHash": "configuration",
    "dataHash": "training set",
    "modelDigest": "starting student",
    "planHash": "order of the data",
    "trainer": "version of the trainer",
}


@dataclass(frozen=True)
class Identity:
    """What a checkpoint must agree with to be resumed from."""

    config_hash: str
    data_hash: str
    model_digest: str
    plan_hash: str

    def json(self) -> dict[str, str]:
        return {
            "configHash": self.config_hash,
            "dataHash": self.data_hash,
            "modelDigest": self.model_digest,
            "planHash": self.plan_hash,
            "trainer": VERSION,
        }


def folder_of(run_folder: Path, step: int) -> Path:
    """Where the checkpoint after `step` optimizer steps lies."""
    return run_folder / "checkpoints" / f"step-{step:06d}"


def committed(run_folder: Path) -> list[tuple[int, Path]]:
    """Committed checkpoints, newest first."""
    found = []
    for path in (run_folder / "checkpoints").glob("step-*"):
        number = path.name.removeprefix("step-")
        if number.isdigit() and (path / COMMITTED).is_file():
            found.append((int(number), path))
    return sorted(found, reverse=True)


def remove_leftovers(run_folder: Path) -> None:
    """Removes what a killed attempt left half written."""
    for path in (run_folder / "checkpoints").glob("step-*"):
        if path.is_dir() and not (path / COMMITTED).is_file():
            shutil.rmtree(path, ignore_errors=True)


def save(
    run_folder: Path,
    step: int,
    student: Student,
    optimizer: torch.optim.Optimizer,
    state: dict[str, Any],
    identity: Identity,
    *,
    keep: int,
    write: Callable[[Path], None] | None = None,
) -> Path:
    """Commits a checkpoint and prunes older ones; one that is already committed for this step is kept as it is.

    write: what writes the tensors into the folder, where this process does not hold them all
    """
    target = folder_of(run_folder, step)
    if (target / COMMITTED).is_file():
        return target
    temp = target.with_name(target.name + ".tmp")
    target.parent.mkdir(parents=True, exist_ok=True)
    for old in (temp, target):
        shutil.rmtree(old, ignore_errors=True)
    try:
        _require_space(run_folder, student)
        temp.mkdir()
        if write is None:
            _write_tensors(temp, student, optimizer)
        else:
            write(temp)
        whole = {
            "v": 1,
            "torch": torch.__version__,
            "step": step,
            **identity.json(),
            "rng": _rng_state(),
            **state,
        }
        (temp / FILES[2]).write_text(jsonio.dumps(whole) + "\n", encoding="ascii")
        for name in FILES:
            jsonio.fsync_file(temp / name)
        hashes = {name: jsonio.sha256_file(temp / name) for name in FILES}
        jsonio.fsync_folder(temp)
        temp.rename(target)
        jsonio.fsync_folder(target.parent)
        jsonio.write_atomic(
            target / COMMITTED, jsonio.dumps({"v": 1, "step": step, "files": hashes}) + "\n"
        )
    except (OSError, SafetensorError) as error:
        for path in (temp, target):
            shutil.rmtree(path, ignore_errors=True)
        if is_disk_full(error):
            raise disk_full("The checkpoint") from error
        raise
    _prune(run_folder, keep)
    return target


def _write_tensors(folder: Path, student: Student, optimizer: torch.optim.Optimizer) -> None:
    own = trained(student)
    names: dict[torch.Tensor, str] = {p: name for name, p in own.items()}
    save_file(
        {name: tensor.detach().cpu().contiguous() for name, tensor in own.items()},
        folder / FILES[0],
    )
    moments = {
        f"{names[parameter]}.{key}": value.detach().cpu().contiguous()
        for parameter, values in optimizer.state.items()
        for key, value in values.items()
    }
    save_file(moments, folder / FILES[1])


def is_disk_full(error: BaseException) -> bool:
    """Whether a write failed for want of space; safetensors tells it only in words."""
    code = getattr(error, "errno", None)
    return code in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error)


def disk_full(what: str) -> TrainerError:
    """The error of a write that found no space."""
    return TrainerError(
        "DISK_FULL",
        f"{what} could not be written: the disk is full.",
        "Free some space and run again: it resumes from the last committed checkpoint.",
        retryable=True,
    )


def _require_space(run_folder: Path, student: Student) -> None:
    """Twice a checkpoint's size must be free: what is trained and two moments in fp32."""
    size = sum(p.numel() for p in trained(student).values()) * 12
    if system.disk_free_bytes(run_folder) < 2 * size:
        raise disk_full("The checkpoint")


def _prune(run_folder: Path, keep: int) -> None:
    for _, path in committed(run_folder)[keep:]:
        # First the word that it counts: a kill in between leaves a leftover, not half a checkpoint.
        (path / COMMITTED).unlink(missing_ok=True)
        shutil.rmtree(path, ignore_errors=True)


def _rng_state() -> dict[str, Any]:
    state: dict[str, Any] = {"torch": bytes(torch.get_rng_state().tolist()).hex(), "cuda": []}
    if torch.cuda.is_available():
        state["cuda"] = [bytes(s.tolist()).hex() for s in torch.cuda.get_rng_state_all()]
    return state


def _restore_rng(state: dict[str, Any]) -> None:
    def tensor(text: str) -> torch.Tensor:
        return torch.frombuffer(bytearray.fromhex(text), dtype=torch.uint8)

    torch.set_rng_state(tensor(state["torch"]))
    if state["cuda"] and torch.cuda.device_count() == len(state["cuda"]):
        torch.cuda.set_rng_state_all([tensor(text) for text in state["cuda"]])


def verify(path: Path) -> dict[str, Any]:
    """Checks every file of a committed checkpoint against its hash and returns state.json."""
    try:
        record = jsonio.loads((path / COMMITTED).read_bytes())
        files = record["files"]
        if sorted(files) != sorted(FILES):
            raise _mismatch(path, f"names other files than {', '.join(FILES)}")
        for name in FILES:
            if jsonio.sha256_file(path / name) != files[name]:
                raise _mismatch(path, f"{name} is not the file that was committed")
        return jsonio.loads((path / FILES[2]).read_bytes())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _mismatch(path, f"cannot be read ({error})") from error


def _mismatch(path: Path, problem: str) -> TrainerError:
    return TrainerError(
        "CKPT_MISMATCH",
        f"Checkpoint {path.name}: {problem}.",
        "Delete that checkpoint to resume from an older one, or start a new run.",
    )


def choose(
    run_folder: Path, resume: str, identity: Identity, warn: Callable[[str, str], None]
) -> tuple[Path, dict[str, Any]] | None:
    """The checkpoint to resume from: the newest whole one (`auto`), or the one named. None: from the start.

    A damaged one is set aside with a warning; one of another configuration, data, model or plan is an error.
    """
    if resume != "auto":
        path = Path(resume) if Path(resume).is_absolute() else run_folder / resume
        state = verify(path)
        _require_same(path, state, identity)
        return path, state
    for _, path in committed(run_folder):
        try:
            state = verify(path)
        except TrainerError as error:
            warn("checkpoint-damaged", f"{error.message} It is set aside; an older one is tried.")
            _set_aside(path)
            continue
        _require_same(path, state, identity)
        return path, state
    return None


def _set_aside(path: Path) -> None:
    """Takes a damaged checkpoint out of the way of the run that comes to its step again; nothing is deleted."""
    number = 1
    while (aside := path.with_name(f"damaged-{path.name}.{number}")).exists():
        number += 1
    path.rename(aside)


def _require_same(path: Path, state: dict[str, Any], identity: Identity) -> None:
    for key, value in identity.json().items():
        if state.get(key) != value:
            what = DIFFERENT[key]
            raise _mismatch(path, f"was written with another {what} ({key})")


def with_reference(state: dict[str, Any], sha256: str | None) -> dict[str, Any]:
    """A state that says with which reference (reference.py) its weights were trained, where there is one."""
    return state if sha256 is None else {**state, "reference": sha256}


def require_reference(path: Path, state: dict[str, Any], sha256: str | None) -> None:
    """Refuses weights that were trained against other values than those that are there now."""
    if state.get("reference") != sha256:
        raise _mismatch(path, "was trained against another reference.jsonl")


def restore(
    path: Path,
    state: dict[str, Any],
    student: Student,
    optimizer: torch.optim.Optimizer,
    *,
    read: Callable[[], None] | None = None,
) -> None:
    """Loads weights, moments and generators of a verified checkpoint; `read`: what loads the first two instead."""
    if read is None:
        _read_tensors(path, student, optimizer)
    else:
        read()
    _restore_rng(state["rng"])


def require_tensors(path: Path, found: Iterable[str], parameters: Mapping[str, Any]) -> None:
    """Refuses the weights of another student."""
    if set(found) != parameters.keys():
        raise _mismatch(path, "holds the tensors of another student")


def _read_tensors(path: Path, student: Student, optimizer: torch.optim.Optimizer) -> None:
    weights = load_file(path / FILES[0])
    moments = load_file(path / FILES[1])
    parameters = trained(student)
    require_tensors(path, weights, parameters)
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(weights[name])
            for key in ("step", "exp_avg", "exp_avg_sq"):
                value = moments.get(f"{name}.{key}")
                if value is not None:
                    optimizer.state[parameter][key] = value.to(parameter.device)
