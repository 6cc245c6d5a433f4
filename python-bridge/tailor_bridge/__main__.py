"""python -m tailor_bridge {probe | train | join | export | chat | record | selftest | practice | smollm2} …"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from .errors import EXIT_OTHER, TrainerError

# Each command imports only what it needs: `probe` and the supervisor must answer before torch could be imported.
COMMANDS = {
    "probe": "what this Python environment has and lacks",
    "train": "one training run: --run DIR [--resume auto|PATH] [--dry-run] [--events stdout]",
    "join": "another machine's part in a run: --runs DIR --machine K",
    "export": "a student folder from a checkpoint: --run DIR [--checkpoint PATH]",
    "chat": "a student's chat template as the texts around one message: --student DIR",
    "record": "parity.json for a student that was not trained here: --student DIR [--texts FILE]",
    "selftest": "checks the arithmetic of this installation in seconds",
    "practice": "builds the practice student",
    "smollm2": "converts SmolLM2-135M-Instruct from its PyPI package",
}


def main(argv: Sequence[str]) -> int:
    """Runs one command; returns its exit code."""
    if not argv or argv[0] in ("-h", "--help"):
        print(__doc__, *(f"  {name:9} {about}" for name, about in COMMANDS.items()), sep="\n")
        return 0
    if argv[0] not in COMMANDS:
        print(f"unknown command {argv[0]}; one of {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        module = importlib.import_module(f".{argv[0]}", __package__)
        return int(module.main(list(argv[1:])) or 0)
    except TrainerError as error:
        print(f"{error.code}: {error.message} {error.hint}", file=sys.stderr)
        return error.exit_code
    except ModuleNotFoundError as error:
        print(
            f"DEPS_MISSING: {error}. `probe` names the command that installs it.", file=sys.stderr
        )
        return EXIT_OTHER


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
