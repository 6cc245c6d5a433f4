"""Where a run's student and its moments lie: whole in every process, or shared out; and what goes differently then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from . import checkpoint, quantise
from .config import RunConfig
from .device import Device
from .group import Group
from .lora import attach
from .objective import Objective
from .step import Stepper, make_optimizer
from .weights import load_student


@dataclass(frozen=True)
class Placement:
    """optimizer, save, restore, stepper: with the parameters of `make_optimizer`, `checkpoint.save`,
    `checkpoint.restore`, `Stepper`."""

    objective: Objective
    # Then no process has the whole student, and none can answer a question alone.
    shared: bool
    # Then saving is for all processes together.
    together: bool
    save: Callable[..., Path]
    restore: Callable[..., None]
    stepper: Callable[..., Stepper]
    optimizer: Callable[..., Any] = make_optimizer


def place(config: RunConfig, group: Group, device: Device) -> Placement:
    """Loads the student that a run begins with."""
    if group.engine.sharded:
        # Asks for more of torch than the rest does.
        from . import sharded_checkpoint
        from .sharded_step import ShardedStepper
        from .sharding import Sharding

        sharding = Sharding.load(config, group, device.compute)
        return Placement(
            sharding.objective,
            True,
            True,
            partial(sharded_checkpoint.save, sharding),
            partial(sharded_checkpoint.restore, sharding),
            partial(ShardedStepper, sharding),
        )
    student = load_student(
        Path(config.model.path),
        compute=device.compute,
        grad_checkpoint=config.grad_checkpoint,
        device=device.kind,
        frozen=config.lora is not None,
        quantise=quantise.nf4() if config.mode == "qlora" else None,
    )
    if config.lora is not None:
        attach(student, config.lora, config.seed)
    objective = Objective(student, config.lm, config.pair)
    if group.engine.zero > 0:
        # DeepSpeed may be absent where nobody asks for it.
        from . import zero_checkpoint
        from .zero import Zero
        from .zero_step import ZeroStepper

        return Placement(
            objective,
            False,
            True,
            zero_checkpoint.save,
            zero_checkpoint.restore,
            ZeroStepper,
            partial(Zero, group=group),
        )
    return Placement(objective, False, False, checkpoint.save, checkpoint.restore, Stepper)
