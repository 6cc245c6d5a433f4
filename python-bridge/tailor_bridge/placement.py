"""Where a run's student lies: whole in every process, or shared out between them; and what goes differently then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from . import checkpoint, quantise
from .config import RunConfig
from .device import Device
from .group import Group
from .lora import attach
from .objective import Objective
from .step import Stepper
from .weights import load_student


@dataclass(frozen=True)
class Placement:
    """save, restore, stepper: with the parameters of `checkpoint.save`, `checkpoint.restore`, `Stepper`."""

    objective: Objective
    # Then saving is for all processes together, and no one of them can answer a question.
    shared: bool
    save: Callable[..., Path]
    restore: Callable[..., None]
    stepper: Callable[..., Stepper]


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
    return Placement(objective, False, checkpoint.save, checkpoint.restore, Stepper)
