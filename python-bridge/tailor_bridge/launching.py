"""How the supervisor starts the worker: alone, or as a group through `accelerate launch` or torchrun.

`accelerate launch --cpu` and a configuration of type MULTI_CPU start one process, silently; that is why the worker
compares the number it finds with the number that run.json asks for.
"""

from __future__ import annotations

import importlib.util
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import system
from .config import LaunchConfig
from .engine import asks_for_deepspeed, check_file, missing_deepspeed
from .errors import TrainerError

BUNDLE = Path(__file__).resolve().parent.parent
# -I keeps the working folder, the user's site folder and PYTHON* variables off the import path.
PYTHON = [sys.executable, "-I", "-X", "utf8", "-u"]


@dataclass(frozen=True)
class Place:
    """Where the processes of several machines meet, and which machine this is; 0 leads."""

    address: str
    port: int
    machine: int


def problems_at_start(launch: LaunchConfig, mode: str) -> Iterator[TrainerError]:
    """What would end a run after its start that can be told before it, without torch: what stands in the configuration
    first, then the packages that launch and mode need and the environment lacks."""
    path = launch.accelerate
    # Launchers would end without a word to the run.
    if path is not None:
        refused = None
        try:
            check_file(path, mode, launch.world)
        except TrainerError as error:
            refused = error
            yield error
        if system.package_version("accelerate") is None:
            yield _missing(
                "training.launch names a configuration of accelerate, which is not installed.",
                "accelerate",
            )
        missing = missing_deepspeed() if asks_for_deepspeed(path) else None
        if missing is not None and (refused is None or refused.code != missing.code):
            yield missing
    # Whether it loads as well is known only when it has: that takes seconds.
    has_four_bits = importlib.util.find_spec("bitsandbytes") is not None
    if mode == "qlora" and not has_four_bits:
        yield _missing(
            "Mode qlora needs the package bitsandbytes, which is not installed.",
            "bitsandbytes",
            "; or use mode lora",
        )


def check_start(launch: LaunchConfig, mode: str) -> None:
    """Refuses a run for the first of its `problems_at_start`."""
    for problem in problems_at_start(launch, mode):
        raise problem


def _missing(message: str, package: str, instead: str = "") -> TrainerError:
    command = f"{sys.executable} -m pip install --no-compile {package}"
    return TrainerError("DEPS_MISSING", message, f"Run: {command}{instead}.")


def worker_command(
    launch: LaunchConfig, arguments: list[str], place: Place | None = None
) -> list[str]:
    """The command of one worker, or of what starts them all. Launchers start a bare interpreter: there the
    environment alone keeps foreign modules off the import path (supervisor.worker_environment)."""
    script = str(BUNDLE / "launch.py")
    if launch.accelerate is not None:
        deepspeed = asks_for_deepspeed(launch.accelerate)
        options = ["--config_file", launch.accelerate, "--num_processes", str(launch.world)]
        if place is None:
            options += ["--main_process_port", str(free_port())]
        else:
            options += ["--num_machines", str(launch.machines)]
            options += ["--machine_rank", str(place.machine)]
            options += ["--main_process_ip", place.address]
            options += ["--main_process_port", str(place.port)]
            if deepspeed:
                # Not by a shell on the other machines: each starts its own processes.
                options += ["--deepspeed_multinode_launcher", "standard"]
        return [*PYTHON, "-m", "accelerate.commands.launch", *options, script, *arguments]
    if place is not None:
        options = [f"--nnodes={launch.machines}", f"--node_rank={place.machine}"]
        options += [f"--nproc_per_node={launch.processes}", "--max-restarts=0"]
        options += [f"--master_addr={place.address}", f"--master_port={place.port}"]
        return [*PYTHON, "-m", "torch.distributed.run", *options, "--", script, *arguments]
    if launch.processes > 1:
        # After `--`: torchrun would take --run for the beginning of an option of its own.
        options = ["--standalone", f"--nproc_per_node={launch.processes}", "--max-restarts=0"]
        return [*PYTHON, "-m", "torch.distributed.run", *options, "--", script, *arguments]
    return [*PYTHON, script, *arguments]


def free_port(interface: str = "127.0.0.1") -> int:
    """A port that nobody listens at now; "" asks for all interfaces."""
    with socket.socket() as probe:
        probe.bind((interface, 0))
        return int(probe.getsockname()[1])
