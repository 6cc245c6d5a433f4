"""What this Python environment has and lacks for training, as one JSON object.

    python -m tailor_bridge probe [--devices] [--fit JSON]

Versions come from metadata, so that the answer takes a fraction of a second; `--devices` imports torch and asks it.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import VERSION, system
from .errors import TrainerError

# Lowest version, first version that is not known to work, and why the lowest.
NEEDED: dict[str, tuple[str, str]] = {
    "torch": ("2.6", "3"),
    "transformers": ("4.57", "6"),
    "safetensors": ("0.5", "1"),
    "tokenizers": ("0.21", "1"),
    "numpy": ("1.26", "3"),
}
EXTRA = ("accelerate", "bitsandbytes", "deepspeed", "gguf")
PYTHON_FLOOR = (3, 10)
LOW_DISK_MB = 2_000
LOW_MEMORY_MB = 2_000


def _number(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: "2.13.0+cpu" → (2, 13, 0)."""
    numbers = []
    for part in version.split("+")[0].split("."):
        digits = "".join(c for c in part if c.isdigit())
        if digits == "":
            break
        numbers.append(int(digits))
    return tuple(numbers)


def package_problems(packages: dict[str, str | None]) -> list[dict[str, str]]:
    """One problem per missing or unsuitable package, each with the command that mends it."""
    requirements = Path(__file__).resolve().parent.parent / "requirements.txt"
    pins = dict(
        line.split("==")
        for line in requirements.read_text().split()
        if "==" in line and not line.startswith("#")
    )
    problems = []
    for name, (low, high) in NEEDED.items():
        found = packages[name]
        fix = f"{sys.executable} -m pip install --no-compile {name}=={pins.get(name, low)}"
        if found is None:
            problems.append(_problem("DEPS_MISSING", f"{name} is not installed.", fix))
        elif not _number(low) <= _number(found) < _number(high):
            message = f"{name} {found} is installed; {low} or newer and below {high} is needed."
            problems.append(_problem("DEPS_VERSION", message, fix))
    return problems


def _problem(code: str, message: str, fix: str) -> dict[str, str]:
    return {"code": code, "message": message, "fix": fix}


def probe(devices: bool) -> dict[str, Any]:
    """The whole answer."""
    packages = {name: system.package_version(name) for name in (*NEEDED, *EXTRA)}
    problems = package_problems(packages)
    if sys.version_info < PYTHON_FLOOR:
        problems.append(
            _problem(
                "PYTHON_VERSION",
                f"Python {platform.python_version()} is too old; 3.10 or newer is needed.",
                "Name another interpreter.",
            )
        )
    total, available = system.memory_mb()
    free = round(system.disk_free_bytes(Path.cwd()) / 1e6)
    if free < LOW_DISK_MB:
        problems.append(_problem("LOW_DISK", f"Only {free} MB of disk are free.", "Free some."))
    if available is not None and available < LOW_MEMORY_MB:
        message = f"Only {available:.0f} MB of memory are available."
        problems.append(_problem("LOW_MEMORY", message, "Close other programs."))
    physical, logical = system.cores()
    report: dict[str, Any] = {
        "v": 1,
        "trainer": VERSION,
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "packages": packages,
        "memoryMB": {"total": total, "available": available},
        "diskFreeMB": free,
        "cpu": {
            "name": system.cpu_name(),
            "physicalCores": physical,
            "logicalCores": logical,
            "features": system.cpu_features(),
        },
        "problems": problems,
    }
    if devices:
        report["devices"] = _devices(problems)
    return report


def start_problems(text: str) -> list[dict[str, str]]:
    """What a project's settings of training, as `--fit` has them, need and do not find here."""
    from .config import LaunchConfig
    from .launching import problems_at_start

    asked = json.loads(text)
    launch = LaunchConfig(
        int(asked.get("processes", 1)), asked.get("accelerate"), int(asked.get("machines", 1))
    )
    return [_problem(e.code, e.message, e.hint) for e in problems_at_start(launch, asked["mode"])]


def _devices(problems: list[dict[str, str]]) -> list[dict[str, Any]]:
    try:
        import torch
    except Exception as error:  # a broken installation fails in many ways
        fix = f"{sys.executable} -m pip install --no-compile --force-reinstall torch"
        problems.append(_problem("DEPS_BROKEN", f"torch does not load: {error}.", fix))
        return []
    found = [{"kind": "cpu", "name": system.cpu_name(), "memoryMB": system.memory_mb()[0]}]
    for index in range(torch.cuda.device_count()):
        facts = torch.cuda.get_device_properties(index)
        found.append(
            {"kind": "cuda", "name": facts.name, "memoryMB": round(facts.total_memory / 1e6)}
        )
    return found


def main(argv: Sequence[str]) -> int:
    """Prints the answer; 0 even with problems, which are part of it."""
    parser = argparse.ArgumentParser(prog="tailor_bridge probe")
    parser.add_argument("--devices", action="store_true", help="import torch and list devices")
    parser.add_argument("--fit", metavar="JSON", help="also whether a student fits: its settings")
    args = parser.parse_args(argv)
    report = probe(args.devices)
    if args.fit is not None:
        report["problems"] += start_problems(args.fit)
        try:
            from .estimate import fit_of

            report["fit"] = fit_of(args.fit)
        except (TrainerError, ValueError, KeyError, OSError, ImportError):
            # A student that cannot be read is the exam's to complain of; missing packages are among the problems.
            report["fit"] = None
    print(json.dumps(report, ensure_ascii=True))
    return 0
