"""A step of processes that share the student out: in every micro-batch all of them exchange layers.

So all run the same number of micro-batches, with nothing at stake where one has no rows left, and say after each
whether memory sufficed and whether somebody asked to stop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from .batch import PackedRow, build_batch, cut_for_all
from .errors import is_out_of_memory
from .objective import Counts, Figures, counts_of
from .sharding import Sharding
from .step import Stepper


class ShardedStepper(Stepper):
    """Runs steps over a student that is shared out; rows are packed whole, without a common head."""

    def __init__(self, sharding: Sharding, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.sharding = sharding

    def gradients(self, rows: Sequence[PackedRow], number: int = 0) -> Figures:
        """Adds up the gradients of a global batch; each process ends with its own rows of them."""
        counts = counts_of(rows, self.objective.lm)
        sources = sorted({text.source for row in rows for text in row.texts})
        shortest = replace(min(rows, key=lambda row: row.length), pairs=())
        if not self.sharding.rehearsed:
            self.sharding.rehearse(lambda: self._idle(shortest))
        while True:
            torch.manual_seed(self._noise(number))
            figures, old = self._together(rows, counts, shortest)
            if old is None:
                self.group.sum_gradients(self.sharding.vectors)
                return self._sum(figures, sources)
            self._shrink(old)

    def _together(
        self, rows: Sequence[PackedRow], counts: Counts, shortest: PackedRow
    ) -> tuple[Figures, int | None]:
        """The micro-batches of all processes, side by side; the rows of the largest where memory ran out."""
        self.optimizer.zero_grad(set_to_none=True)
        budget, most = self.config.token_budget, self.state.max_rows
        cuts = cut_for_all(rows, self.group.size, budget, most)
        mine = cuts[self.group.rank]
        largest = max((len(part) for part in mine), default=1)
        figures = Figures()
        for at in range(max(len(cut) for cut in cuts)):
            lacks = False
            self.sharding.begin()
            try:
                if at < len(mine):
                    figures.add(self._micro_step(mine[at], counts, None))
                else:
                    self._idle(shortest)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                lacks = True
            # Outside the handler: the traceback holds the tensors that are to be freed.
            if lacks:
                self.sharding.abandon()
            limit, asked = self.group.max([1.0 / largest if lacks else 0.0, float(self.asked())])
            if asked > 0:
                self.poll()
            if limit > 0:
                return figures, round(1 / limit)
        return figures, None

    def _idle(self, row: PackedRow) -> None:
        """A micro-batch that changes nothing, for what is exchanged in it."""
        batch = build_batch([row], device=self.device)
        result = self.objective(batch, Counts(1.0, 1, 1))
        (result.loss * 0.0).backward()

    def _clip(self) -> float:
        return self.sharding.clip(self.config.clip)
