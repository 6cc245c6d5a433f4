"""A step of processes that share moments out (ZeRO): as of any group, but for how gradients are added up.

Stage 1 adds them up once, at the end of the step. Stage 2 does so in every backward pass, so that no process ever holds
them all: then all run the same number of micro-batches, with nothing to say where one has no rows left.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import Any

import torch

from .batch import PackedRow, cut_for_all
from .errors import TrainerError, is_out_of_memory
from .head import head_length
from .objective import Counts, Figures, Objective, counts_of
from .step import Stepper
from .zero import Zero


class ZeroStepper(Stepper):
    """Runs steps over a student whose moments are shared out by DeepSpeed."""

    def __init__(self, objective: Objective, zero: Zero, *arguments: Any, **options: Any) -> None:
        optimizer: Any = zero
        super().__init__(objective, optimizer, *arguments, **options)
        self.zero = zero

    def gradients(self, rows: Sequence[PackedRow], number: int = 0) -> Figures:
        """Adds up the gradients of a global batch; each process ends with its own part of them."""
        if self.zero.stage == 1:
            return super().gradients(rows, number)
        counts = counts_of(rows, self.objective.lm)
        sources = sorted({text.source for row in rows for text in row.texts})
        while True:
            torch.manual_seed(self._noise(number))
            figures, old = self._together(rows, counts)
            if old is None:
                return self._sum(figures, sources)
            self._shrink(old)

    def _add_up(self) -> None:
        self.zero.begin()
        self.zero.finish(last=True)

    def _together(self, rows: Sequence[PackedRow], counts: Counts) -> tuple[Figures, int | None]:
        """The micro-batches of all processes, side by side; the rows of the largest where memory ran out."""
        self.optimizer.zero_grad(set_to_none=True)
        length = head_length(self.head)
        budget, most = self.config.token_budget, self.state.max_rows
        cuts = cut_for_all(rows, self.group.size, budget, most, length)
        mine = cuts[self.group.rank]
        largest = max((len(part) for part in mine), default=1)
        figures = Figures()
        head = None
        rounds = max(len(cut) for cut in cuts)
        # The head's backward pass is one more.
        passes = rounds + (1 if length > 0 else 0)
        for at in range(passes):
            lacks = False
            try:
                self.zero.begin()
                if at == 0 and mine and length > 0:
                    head = self._begin([row for part in mine for row in part], counts)
                    figures.add(Figures(lm=head.lm, tokens=length, padded=length))
                if at < len(mine):
                    figures.add(self._micro_step(mine[at], counts, head))
                elif at == rounds and head is not None:
                    head.backward(self.state.scale.value)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                if self.zero.broken:
                    raise _no_way_on() from error
                lacks = True
            # Outside the handler: the traceback holds the tensors that are to be freed.
            if lacks:
                head = None
                gc.collect()
                if self.device == "cuda":
                    torch.cuda.empty_cache()
            self.zero.finish(last=at == passes - 1)
            limit, asked = self.group.max([1.0 / largest if lacks else 0.0, float(self.asked())])
            if asked > 0:
                self.poll()
            if limit > 0:
                return figures, round(1 / limit)
        return figures, None

    def _clip(self) -> float:
        return self.zero.clip(self.config.clip, self.state.scale.value)


def _no_way_on() -> TrainerError:
    return TrainerError(
        "OOM",
        "Memory ran out while the processes added their gradients up.",
        "Set training.gradCheckpoint, or lower optim.tokenBudget or maxLen; running again resumes.",
    )
