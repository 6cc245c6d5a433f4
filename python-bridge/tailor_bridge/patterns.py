"""Patterns in a run's figures that a person is warned of. No torch.

A pair term that has no pairs, tells nothing apart, or has nothing left to do; a language-model loss that rises; chosen
texts that become less likely. What is counted over steps is in the run's counters, so that a stop does not begin it
anew; means over epochs do begin anew.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections import deque
from typing import TYPE_CHECKING, Literal

from .config import PairConfig
from .events import EventLog

if TYPE_CHECKING:
    from .objective import Figures
    from .plan import Plan
    from .watch import Counters

# What is said of single steps is said once it has held for so many in a row.
LASTING_STEPS = 50
FLAT_COSINE = 0.01
# A preference's term below this, with every pair won, moves nothing.
WON_TERM = 0.01
# Log-probabilities a token of the chosen texts, as means over so many steps at least (single steps hold different
# questions): they fall where each mean is so much below the last one.
LOGP_STEPS = 25
LOGP_FALL = 0.01
LOGP_FALLS = 3


class Patterns:
    """Looks at the figures of one step after the other; `no-pairs` is said at the beginning of a run."""

    def __init__(self, events: EventLog, pair: PairConfig, plan: Plan, counters: Counters) -> None:
        self.events = events
        self.pair = pair
        self.plan = plan
        self.counters = counters
        self.epoch_lm: list[float] = []
        self.epoch_means: deque[float] = deque(maxlen=4)
        # As long a stretch as half an epoch: the questions of one are much like those of the next.
        self.stretch = max(LOGP_STEPS, plan.steps_per_epoch // 2)
        paired_rows = any(a.negative is not None for step in plan.steps for a in step)
        if counters.step == 0 and pair.kind != "none" and not paired_rows:
            events.warning(
                "no-pairs",
                "No question has both a second right attempt and a wrong one, so the pair term does nothing.",
            )

    def after(self, figures: Figures) -> None:
        """Called once per optimizer step, when `counters` have counted it."""
        if figures.pairs > 0 and self.pair.preference:
            self._look_at_preferences(figures)
        elif figures.pairs > 0:
            self._look_at_triplets(figures)
        self._look_at_epochs(figures)

    def _lasting(self, counter: Literal["flat", "idle"], holds: bool, code: str, what: str) -> None:
        """Warns once of what holds for LASTING_STEPS steps with pairs in a row; `counter` counts these."""
        row = getattr(self.counters, counter) + 1 if holds else 0
        setattr(self.counters, counter, row)
        if row == LASTING_STEPS:
            self.events.warning(code, f"Step {self.counters.step}: {what}")

    def _look_at_triplets(self, figures: Figures) -> None:
        self._lasting(
            "flat",
            abs(figures.cos_pos - figures.cos_neg) < FLAT_COSINE,
            "pair-flat",
            "right and wrong attempts have looked alike to the student for "
            f"{LASTING_STEPS} steps (cosines differ by less than {FLAT_COSINE}).",
        )
        self._lasting(
            "idle",
            figures.active == 0,
            "pair-idle",
            f"no pair has been within the margin for {LASTING_STEPS} steps, so the pair "
            "term changes nothing; raise objective.pair.margin.",
        )

    def _look_at_preferences(self, figures: Figures) -> None:
        # A step that is left out says nothing of the texts, and its numbers would be no JSON in a checkpoint.
        if not math.isfinite(figures.logp_chosen):
            return
        self._lasting(
            "idle",
            # A mean of ones over processes and micro-batches may come out a hair below one.
            figures.won > 1 - 1e-6 and figures.pair < WON_TERM,
            "pair-won",
            f"for {LASTING_STEPS} steps every chosen text has been preferred to the "
            f"rejected one and the pair term was below {WON_TERM}, so it changes next to nothing.",
        )
        counters = self.counters
        counters.logp.append(figures.logp_chosen)
        if len(counters.logp) < self.stretch:
            return
        counters.logp_means.append(statistics.fmean(counters.logp))
        counters.logp.clear()
        means = counters.logp_means = counters.logp_means[-1 - LOGP_FALLS :]
        falls = [b < a - LOGP_FALL for a, b in itertools.pairwise(means)]
        if len(falls) == LOGP_FALLS and all(falls):
            counters.logp_means = means[-1:]
            self.events.warning(
                "likelihood-displacement",
                f"Step {counters.step}: the chosen texts have become less likely {LOGP_FALLS} times running "
                f"(means over {self.stretch} steps: {means[0]:.3f} to {means[-1]:.3f} a token). The pair term "
                "pushes both texts down, the rejected one more: likelihood displacement. Lower "
                "objective.pair.ratio.",
            )

    def _look_at_epochs(self, figures: Figures) -> None:
        step = self.counters.step
        # Means over epochs, not steps: single steps hold different questions.
        if math.isfinite(figures.lm):
            self.epoch_lm.append(figures.lm)
        if step % self.plan.steps_per_epoch == 0 and self.epoch_lm:
            self.epoch_means.append(statistics.fmean(self.epoch_lm))
            self.epoch_lm.clear()
            means = list(self.epoch_means)
            if len(means) == 4 and all(a < b for a, b in itertools.pairwise(means)):
                self.events.warning(
                    "lm-rising", f"Step {step}: the language-model loss rose three epochs running."
                )
