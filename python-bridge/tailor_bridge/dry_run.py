"""`train --dry-run`: everything that can be checked without torch, as one JSON object. Writes only first-batch.json."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from .config import load_config
from .errors import EXIT_DONE, TrainerError
from .estimate import estimate, parameter_count
from .launching import check_start
from .prepare import accepted, prepare_run


def dry_run(run_folder: Path) -> int:
    """Prints what `accepted` would say, with memory and time as ranges; an error as JSON otherwise."""
    try:
        config = load_config(run_folder)
        check_start(config.launch, config.mode)
        data, plan, _, _ = prepare_run(run_folder, config, None)
        report: dict[str, Any] = {
            "type": "accepted",
            **accepted(config, data, plan),
            "warnings": [*config.warnings, *data.warnings],
            "parameters": parameter_count(Path(config.model.path)),
            "estimate": estimate(config, data.questions, plan),
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
