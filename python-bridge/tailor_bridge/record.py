"""parity.json for a student that the trainer did not make, so that whoever answers for it can be checked too.

    python -m tailor_bridge record --student DIR [--texts FILE] [--replace]

FILE: JSON `{"prompts": [...], "texts": [...]}`, texts of the project's data; the built-in ones without it. Computed on
the CPU in fp32, as after a training: the student is held twice, 8 bytes for each parameter. Nothing else in the folder
is touched.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import jsonio
from .errors import EXIT_DONE, TrainerError

FILE = "parity.json"


def record_student(
    folder: Path, prompts: Sequence[str], texts: Sequence[str], *, replace: bool = False
) -> dict[str, Any]:
    """Writes the folder's parity.json as a whole; returns it."""
    from .merge import base_dtype
    from .parity import make_parity
    from .tokens import StudentTokens

    target = folder / FILE
    if target.exists() and not replace:
        raise TrainerError(
            "BAD_CONFIG",
            f"The student has a record already: {target}.",
            "Say --replace to make it again.",
        )
    parity = make_parity(folder, StudentTokens(folder), prompts, texts, base_dtype(folder))
    jsonio.write_atomic(target, jsonio.dumps(parity) + "\n")
    return parity


def _texts(path: Path | None) -> tuple[list[str], list[str]]:
    if path is None:
        return [], []
    try:
        value = jsonio.loads(path.read_bytes())
        lists = (value["prompts"], value["texts"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainerError(
            "BAD_CONFIG", f"{path} holds no prompts and texts: {error}.", "Leave out --texts."
        ) from error
    for one in lists:
        if not isinstance(one, list) or not all(isinstance(text, str) for text in one):
            raise TrainerError(
                "BAD_CONFIG", f"{path} holds something else than texts.", "Leave out --texts."
            )
    return lists


def main(argv: Sequence[str]) -> int:
    """Records one student; prints what was recorded as one JSON object."""
    parser = argparse.ArgumentParser(prog="tailor_bridge record")
    parser.add_argument("--student", required=True, type=Path, help="a Hugging Face folder")
    parser.add_argument("--texts", type=Path, help="JSON with prompts and texts of the data")
    parser.add_argument("--replace", action="store_true", help="write over a record")
    args = parser.parse_args(argv)
    folder: Path = args.student.resolve()
    prompts, texts = _texts(args.texts)
    parity = record_student(folder, prompts, texts, replace=args.replace)
    said = {
        "file": str(folder / FILE),
        "weightsSha256": parity["weightsSha256"],
        "prompts": len(parity["prompts"]),
        "steps": sum(len(prompt["greedyIds"]) for prompt in parity["prompts"]),
    }
    print(jsonio.dumps(said))
    return EXIT_DONE
