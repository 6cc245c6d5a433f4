"""One optimizer step over a global batch, whatever fits into memory at a time.

The loss of the whole batch is exact for every cut into micro-batches: all counts come first. When memory runs out the
step is done again with half the rows per micro-batch; a loss or gradient that is not finite skips the step, once.
Several processes share the rows of a step; what one of them meets (no memory, a request to stop), all of them do.
"""

from __future__ import annotations

import gc
import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch

from .batch import PackedRow, build_batch, cut_micro_batches
from .config import OptimConfig
from .errors import TrainerError, is_out_of_memory
from .group import Group, share
from .head import head_length
from .head_pass import HeadPass
from .objective import Counts, Figures, Objective, counts_of, figures_of
from .scale import LossScale

NONFINITE_WINDOW = 20


def learning_rate(config: OptimConfig, step: int, steps: int) -> float:
    """The rate of step 1 … `steps`: linear warm-up, then cosine or linear to near zero, or constant."""
    warm = round(config.warmup * steps)
    if step <= warm:
        return config.lr * step / warm
    if config.schedule == "constant":
        return config.lr
    done = (step - 1 - warm) / max(1, steps - warm)
    share = 0.5 * (1 + math.cos(math.pi * done)) if config.schedule == "cosine" else 1 - done
    return config.lr * share


def make_optimizer(objective: Objective, config: OptimConfig) -> torch.optim.AdamW:
    """AdamW, fused; norms and biases are not decayed."""
    parameters = [p for p in objective.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in parameters if p.ndim >= 2], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.lr, betas=(0.9, 0.999), eps=1e-8, fused=True)


@dataclass
class StepState:
    """What a checkpoint keeps of the loop besides weights and moments."""

    max_rows: int = 1 << 20  # rows per micro-batch; halved when memory runs out
    skipped: list[int] = field(default_factory=list)  # steps whose loss or gradient was not finite
    scale: LossScale = field(default_factory=LossScale)


@dataclass(frozen=True)
class StepResult:
    figures: Figures
    grad_norm: float | None  # None: the step was skipped


class Stepper:
    """Runs steps. `on_oom` gets old and new rows; `head` is what all rows begin with (`common_head`).

    Alone, `poll` is called before every micro-batch and may raise to stop. In a group `asked` tells rank 0 of a
    request; the others learn of it with the gradients, and only then does `poll` raise, on every rank.
    """

    def __init__(
        self,
        objective: Objective,
        optimizer: torch.optim.Optimizer,
        config: OptimConfig,
        state: StepState,
        *,
        device: str = "cpu",
        seed: int = 0,
        group: Group | None = None,
        poll: Callable[[], None] = lambda: None,
        asked: Callable[[], bool] = lambda: False,
        on_oom: Callable[[int, int], None] = lambda old, new: None,
        warn: Callable[[str, str], None] = lambda code, message: None,
        head: Sequence[int] = (),
    ) -> None:
        self.objective = objective
        self.optimizer = optimizer
        self.config = config
        self.state = state
        self.device = device
        self.seed = seed
        self.group = group or Group()
        self.poll = poll
        self.asked = asked
        self.on_oom = on_oom
        self.warn = warn
        self.head = head
        self.parameters = [p for p in objective.parameters() if p.requires_grad]

    def gradients(self, rows: Sequence[PackedRow], number: int = 0) -> Figures:
        """Adds up the gradients of a global batch; a second attempt with smaller micro-batches starts from zero."""
        counts = counts_of(rows, self.objective.lm)
        sources = sorted({text.source for row in rows for text in row.texts})
        own = share(rows, self.group.rank, self.group.size)
        while True:
            # Dropout is drawn from the step alone: a step done again, or after resuming, draws the same.
            torch.manual_seed(self._noise(number))
            figures, old = self._local(own, counts)
            if self.group.size == 1:
                if old is None:
                    return figures
            else:
                limit, asked = self.group.max(
                    [0.0 if old is None else 1.0 / max(old, 1), float(self.asked())]
                )
                if asked > 0:
                    self.poll()
                if limit == 0:
                    self._add_up()
                    return self._sum(figures, sources)
                old = round(1 / limit)
            # Outside the handler: the traceback holds the tensors that are to be freed.
            self._shrink(old)

    def _noise(self, number: int) -> int:
        text = f"{self.seed}:{number}:{self.group.rank}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")

    def _local(self, own: Sequence[PackedRow], counts: Counts) -> tuple[Figures, int | None]:
        """The gradients of this process's rows; the rows of the largest micro-batch where memory ran out."""
        figures = Figures()
        self.optimizer.zero_grad(set_to_none=True)
        if not own:
            return figures, None
        length = head_length(self.head)
        micro_batches = cut_micro_batches(
            own, self.config.token_budget, self.state.max_rows, length
        )
        try:
            head = None
            if length > 0:
                head = self._begin(own, counts)
                figures.add(Figures(lm=head.lm, tokens=length, padded=length))
            for part in micro_batches:
                if self.group.size == 1:
                    self.poll()
                elif self.asked():
                    return figures, None
                figures.add(self._micro_step(part, counts, head))
            if head is not None:
                head.backward(self.state.scale.value)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            return figures, max(len(part) for part in micro_batches)
        return figures, None

    def _begin(self, own: Sequence[PackedRow], counts: Counts) -> HeadPass:
        """The common head of this process's rows."""
        anchors = sum(len(row.anchors) for row in own)
        ids = torch.tensor(self.head, device=self.device)
        return self.objective.begin(ids, anchors, counts)

    def _add_up(self) -> None:
        """Adds up the gradients of all processes, once all of this step are there."""
        self.group.sum_gradients(self.parameters)

    def _sum(self, figures: Figures, sources: Sequence[str]) -> Figures:
        whole = Figures()
        whole.unpack(self.group.sum(figures.packed(sources)), sources)
        return whole

    def _micro_step(
        self, part: Sequence[PackedRow], counts: Counts, head: HeadPass | None
    ) -> Figures:
        batch = build_batch(
            part,
            prompt_weight=self.objective.lm.prompt_weight,
            representation=self.objective.pair.reads,
            device=self.device,
            head=head_length(self.head),
        )
        result = self.objective(batch, counts, head)
        (result.loss * self.state.scale.value).backward()
        return figures_of(result, batch, counts)

    def _shrink(self, rows: int) -> None:
        self.optimizer.zero_grad(set_to_none=True)
        gc.collect()
        if self.device == "cuda":
            torch.cuda.empty_cache()
        if rows <= 1:
            raise TrainerError(
                "OOM",
                "Memory ran out on a single packed row.",
                "Set training.gradCheckpoint, use training.mode lora, or lower training.maxLen.",
            )
        self.state.max_rows = rows // 2
        self.on_oom(rows, self.state.max_rows)

    def step(self, rows: Sequence[PackedRow], number: int, steps: int) -> StepResult:
        """One optimizer step; `number` counts from 1."""
        scale = self.state.scale
        while True:
            figures = self.gradients(rows, number)
            # Nothing is applied once a person has asked to stop: the step is done again after resuming.
            if self.group.size == 1:
                self.poll()
            if scale.value != 1.0:
                for parameter in self.parameters:
                    if parameter.grad is not None:
                        parameter.grad /= scale.value
            norm = self._clip()
            loss_is_finite = math.isfinite(figures.lm) and math.isfinite(figures.pair)
            if math.isfinite(norm) and loss_is_finite:
                break
            if loss_is_finite and scale.overflowed():
                continue
            self.optimizer.zero_grad(set_to_none=True)
            self._skip(number)
            return StepResult(figures, None)
        rate = learning_rate(self.config, number, steps)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        scale.held()
        return StepResult(figures, norm)

    def _clip(self) -> float:
        """Clips the gradients by their norm, and returns it."""
        return float(torch.nn.utils.clip_grad_norm_(self.parameters, self.config.clip))

    def _skip(self, number: int) -> None:
        recent = [step for step in self.state.skipped if number - step < NONFINITE_WINDOW]
        self.state.skipped = [*recent, number]
        if recent:
            raise TrainerError(
                "NONFINITE",
                f"The loss or gradient was not finite in steps {recent[-1]} and {number}.",
                "Lower the learning rate; the last committed checkpoint is from before.",
            )
        self.warn(
            "nonfinite-step",
            f"Step {number}: the loss or gradient was not finite; the step was skipped.",
        )
