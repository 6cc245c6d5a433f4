"""JSON that every reader of a run can trust: no NaN, ASCII only, whole files or none."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any


def dumps(value: Any) -> str:
    """One line. NaN and infinities are refused: JavaScript cannot read them."""
    return json.dumps(value, allow_nan=False, ensure_ascii=True, separators=(",", ":"))


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def loads(data: bytes | str) -> Any:
    """Like json.loads, but NaN and Infinity are errors and bytes must be UTF-8."""
    text = data.decode("utf-8") if isinstance(data, bytes) else data
    return json.loads(text, parse_constant=_refuse_constant)


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes as 64 hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def fsync_folder(path: Path) -> None:
    """Makes renames inside a folder durable; Windows has no such call."""
    if os.name == "nt":
        return
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def fsync_file(path: Path) -> None:
    """Flushes a finished file to the disk."""
    fd = os.open(path, os.O_RDWR)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_atomic(path: Path, text: str, *, sync: bool = True) -> None:
    """Writes beside the target, checks the size, renames: a full disk leaves the old file whole."""
    data = text.encode("utf-8")
    temp = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temp.open("wb") as file:
            file.write(data)
            file.flush()
            if sync:
                os.fsync(file.fileno())
        if temp.stat().st_size != len(data):
            raise OSError(f"short write to {temp}")
        temp.replace(path)
        if sync:
            fsync_folder(path.parent)
    except BaseException:
        temp.unlink(missing_ok=True)
        raise
