"""`train --dry-run`: everything that can be checked without torch, as one JSON object. Writes only first-batch.json."""

from __future__ import annotations

import json
import math
import struct
import sys
from pathlib import Path
from typing import Any

from . import jsonio, system
from .config import load_config
from .errors import EXIT_DONE, TrainerError
from .prepare import accepted, prepare_run

MAX_HEADER = 100 << 20


def dry_run(run_folder: Path) -> int:
    """Prints what `accepted` would say, with the longest row and a memory estimate; an error as JSON otherwise."""
    try:
        config = load_config(run_folder)
        data, plan, _, _ = prepare_run(run_folder, config, None)
        longest = max(
            len(q.prompt_ids) + sum(len(t.ids) for t in (*q.positives[:2], *q.negatives[:1]))
            for q in data.questions
        )
        parameters = parameter_count(Path(config.model.path))
        report: dict[str, Any] = {
            "type": "accepted",
            **accepted(config, data, plan),
            "warnings": [*config.warnings, *data.warnings],
            "longestRow": longest,
            "parameters": parameters,
            # fp32 weights, gradients and two moments, plus activations between an eighth and one times that.
            "memoryMB": {
                "low": round(parameters * 18 / 1e6 + 300),
                "high": round(parameters * 32 / 1e6 + 1000),
                "available": system.memory_mb()[1],
            },
        }
    except TrainerError as error:
        report = {
            "type": "error",
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
        }
        print(json.dumps(report, ensure_ascii=True))
        print(f"{error.code}: {error.message}", file=sys.stderr)
        return error.exit_code
    print(json.dumps(report, ensure_ascii=True))
    return EXIT_DONE


def parameter_count(folder: Path) -> int:
    """Numbers in the safetensors files of a folder, from their headers."""
    total = 0
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise TrainerError(
            "MODEL_LOAD",
            "The student folder has no model.safetensors (other formats are refused).",
            f"Check {folder}.",
        )
    for file in files:
        with file.open("rb") as stream:
            size = struct.unpack("<Q", stream.read(8).ljust(8, b"\0"))[0]
            if size > min(MAX_HEADER, file.stat().st_size):
                raise TrainerError("MODEL_LOAD", f"{file.name} is damaged.", f"Check {file}.")
            header = jsonio.loads(stream.read(size))
        total += sum(math.prod(t["shape"]) for k, t in header.items() if k != "__metadata__")
    return total
