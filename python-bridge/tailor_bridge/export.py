"""A checkpoint as a student folder: configuration, tokenizer, one safetensors file, parity.json, tailor.student.json.

    python -m tailor_bridge export --run DIR [--checkpoint PATH]

Written beside its place and renamed when complete: a student folder exists whole or not at all.
"""

from __future__ import annotations

import argparse
import os
import shutil
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from . import VERSION, checkpoint, jsonio, system
from .config import RunConfig, load_config
from .errors import EXIT_DONE, TrainerError
from .merge import FOLDER as ADAPTER
from .merge import base_dtype, merged_weights, write_adapter
from .tokens import StudentTokens, read_json_object

# Copied as they are where the base has them; real files, never links.
COPIED = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "chat_template.jinja",
    "LICENSE",
    "NOTICE",
)
ABOUT = "tailor.student.json"


def export_student(
    config: RunConfig,
    trained: dict[str, torch.Tensor],
    steps: int,
    prompts: Sequence[str],
    texts: Sequence[str],
    *,
    phase: Callable[[str], None] = lambda name: None,
    poll: Callable[[], None] = lambda: None,
) -> list[dict[str, Any]]:
    """Writes the student folder of a run; returns the `artifacts` of its `done` record, placed as run.json places it.

    `trained`: what a checkpoint holds, fp32 tensors by name · `prompts`, `texts`: training texts for parity.json
    """
    from .parity import make_parity

    target = Path(config.export.path)
    base = Path(config.model.path)
    _refuse_foreign(target, config)
    temp = target.with_name(f".{target.name}.{uuid.uuid4().hex[:12]}.tmp")
    phase("exporting")
    weights = trained if config.lora is None else merged_weights(config, trained, prompts)
    poll()
    dtype = base_dtype(base) if config.export.dtype == "base" else config.export.dtype
    try:
        size = sum(tensor.numel() for tensor in weights.values()) * 4
        target.parent.mkdir(parents=True, exist_ok=True)
        if system.disk_free_bytes(target.parent) < 2 * size:
            raise checkpoint.disk_full("The student folder")
        temp.mkdir()
        tokens = _write_folder(temp, config, dtype, weights)
        if config.lora is not None:
            write_adapter(temp / ADAPTER, config, trained)
        poll()
        phase("parity")
        parity = make_parity(temp, tokens, prompts, texts, dtype, poll)
        (temp / "parity.json").write_text(jsonio.dumps(parity) + "\n", encoding="ascii")
        _write_about(temp, config, dtype, steps)
        files = _files(temp)
        for path in files:
            jsonio.fsync_file(path)
        for folder in {path.parent for path in files}:
            jsonio.fsync_folder(folder)
        _swap(temp, target)
        _remove_unfinished(target)
    except OSError as error:
        if checkpoint.is_disk_full(error):
            raise checkpoint.disk_full("The student folder") from error
        raise
    finally:
        shutil.rmtree(temp, ignore_errors=True)
    return [
        {
            "kind": "weights" if name == "model.safetensors" else "file",
            "path": f"{config.export.written}/{name}",
            "sha256": jsonio.sha256_file(target / name),
            "bytes": (target / name).stat().st_size,
        }
        for name in (path.relative_to(temp).as_posix() for path in files)
    ]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _remove_unfinished(target: Path) -> None:
    """What attempts that were killed during their export left beside the student: whole sets of weights."""
    for path in target.parent.iterdir():
        name, _, ending = path.name.removeprefix(f".{target.name}.").partition(".")
        is_ours = path.name.startswith(f".{target.name}.") and len(name) == 12
        if is_ours and ending in ("tmp", "old"):
            shutil.rmtree(path, ignore_errors=True)


def _refuse_foreign(target: Path, config: RunConfig) -> None:
    """Only a student of this same run may be written again (an attempt that died before its `done`)."""
    if not target.exists():
        return
    about = read_json_object(target / ABOUT, "BAD_CONFIG") if target.is_dir() else {}
    if about.get("runId") != config.run_id:
        raise TrainerError(
            "BAD_CONFIG",
            f"run.json: export.path exists and is not a student of this run: {target}.",
            "Name another student, or move that folder away.",
        )


def _swap(temp: Path, target: Path) -> None:
    if target.exists():
        old = target.with_name(f".{target.name}.{uuid.uuid4().hex[:12]}.old")
        target.rename(old)
        temp.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        temp.rename(target)
    jsonio.fsync_folder(target.parent)


def _write_folder(
    folder: Path, config: RunConfig, dtype: str, weights: dict[str, torch.Tensor]
) -> StudentTokens:
    base = Path(config.model.path)
    raw = read_json_object(base / "config.json")
    for key in ("dtype", "torch_dtype"):
        if key in raw:
            raw[key] = dtype
    # Readers assume tied heads where nothing is said (transformers) or not (others): say it.
    raw["tie_word_embeddings"] = "lm_head.weight" not in weights
    (folder / "config.json").write_text(_pretty(raw), encoding="utf-8")
    for name in COPIED:
        if (base / name).is_file():
            shutil.copyfile(base / name, folder / name)
    tokens = StudentTokens(base, config.chat)
    generation = read_json_object(base / "generation_config.json")
    ids = list(tokens.eos_ids)
    generation["eos_token_id"] = ids if len(ids) > 1 else ids[0]
    (folder / "generation_config.json").write_text(_pretty(generation), encoding="utf-8")
    kind = torch.float32 if dtype == "float32" else torch.bfloat16
    save_file(
        {name: tensor.to(kind).contiguous() for name, tensor in weights.items()},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )
    return tokens


def _pretty(value: dict[str, Any]) -> str:
    import json

    return json.dumps(value, allow_nan=False, ensure_ascii=True, indent=2) + "\n"


def _write_about(folder: Path, config: RunConfig, dtype: str, steps: int) -> None:
    files = {
        path.relative_to(folder).as_posix(): {
            "sha256": jsonio.sha256_file(path),
            "bytes": path.stat().st_size,
        }
        for path in _files(folder)
    }
    about = {
        "v": 1,
        "studentId": config.export.student_id,
        "runId": config.run_id,
        "base": {"path": config.model.path, "digest": config.model.digest},
        "init": config.init,
        "configHash": config.hash,
        "dataHash": config.data.sha256,
        "promptForm": config.prompt_form,
        "mode": config.mode,
        "dtype": dtype,
        "steps": steps,
        "files": files,
        "versions": {
            "tailor_bridge": VERSION,
            "torch": system.package_version("torch"),
            "transformers": system.package_version("transformers"),
        },
    }
    (folder / ABOUT).write_text(_pretty(about), encoding="utf-8")


def main(argv: Sequence[str]) -> int:
    """Exports from a committed checkpoint: the newest, or the one named."""
    from .data import read_frozen

    parser = argparse.ArgumentParser(prog="tailor_bridge export")
    parser.add_argument("--run", required=True, type=Path, help="the run folder")
    parser.add_argument("--checkpoint", type=Path, help="default: the newest committed one")
    args = parser.parse_args(argv)
    run_folder = Path(os.path.abspath(args.run))
    config = load_config(run_folder)
    path = args.checkpoint
    if path is None:
        found = checkpoint.committed(run_folder)
        if not found:
            raise TrainerError(
                "CKPT_MISMATCH", "The run has no committed checkpoint.", "Train first."
            )
        path = found[0][1]
    state = checkpoint.verify(path.resolve())
    if (state.get("configHash"), state.get("dataHash")) != (config.hash, config.data.sha256):
        raise TrainerError(
            "CKPT_MISMATCH",
            f"Checkpoint {path.name} was written by another run.",
            "Name a checkpoint of this run.",
        )
    rows = read_frozen(config.data)
    artifacts = export_student(
        config,
        load_file(path / checkpoint.FILES[0]),
        int(state["step"]),
        [row.prompt for row in rows],
        [positive.completion for row in rows for positive in row.positives],
    )
    print(jsonio.dumps({"student": config.export.path, "artifacts": artifacts}))
    return EXIT_DONE
