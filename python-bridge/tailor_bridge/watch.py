"""What a run says of itself while it trains: counters, `metrics`, `progress`, and two warnings."""

from __future__ import annotations

import itertools
import statistics
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import system
from .config import RunConfig
from .events import EventLog, finite

if TYPE_CHECKING:
    from .objective import Figures
    from .plan import Plan
    from .step import StepResult

PROGRESS_S = 0.5
METRICS_RECORDS = 1000
FLAT_STEPS = 50
FLAT_COSINE = 0.01


@dataclass
class Counters:
    """What a resumed run continues to count; part of every checkpoint."""

    step: int = 0  # optimizer steps done, skipped ones included
    seconds: float = 0.0
    tokens: int = 0
    first_loss: float | None = None
    first_lm: float | None = None
    last_loss: float | None = None
    last_lm: float | None = None
    cos_pos: float | None = None
    cos_neg: float | None = None
    active: float | None = None
    max_rows: int = 1 << 20
    skipped: list[int] = field(default_factory=list)
    probed: int = 0  # epochs whose probes were asked
    scale: float | None = None  # of the loss, with fp16
    calm: int = 0
    flat: int = 0  # steps in a row whose right and wrong attempts looked alike
    idle: int = 0  # steps in a row whose pairs gave no gradient


@dataclass
class Clock:
    """When the step in progress began, for the heartbeat."""

    step: int = 0
    began: float = field(default_factory=time.monotonic)


class Watch:
    """Turns what a step returns into `metrics` and `progress`, and warns of two patterns."""

    def __init__(
        self, events: EventLog, config: RunConfig, plan: Plan, counters: Counters, clock: Clock
    ) -> None:
        self.events = events
        self.config = config
        self.plan = plan
        self.counters = counters
        self.clock = clock
        self.every = max(1, len(plan.steps) // METRICS_RECORDS)
        self.recent: deque[float] = deque(maxlen=20)
        self.last_progress = 0.0
        self.epoch_lm: list[float] = []
        self.epoch_means: deque[float] = deque(maxlen=4)
        paired_rows = any(a.negative is not None for step in plan.steps for a in step)
        if counters.step == 0 and config.pair.kind != "none" and not paired_rows:
            events.warning(
                "no-pairs",
                "No question has both a second right attempt and a wrong one, so the pair term does nothing.",
            )

    def after(self, result: StepResult, seconds: float, rate: float) -> None:
        """Called once per optimizer step."""
        counters, figures = self.counters, result.figures
        now = time.monotonic()
        self.clock.step, self.clock.began = counters.step, now
        self.recent.append(seconds)
        paired = figures.pairs > 0
        loss = figures.lm + self.config.pair.ratio * figures.pair
        values = {
            "loss": finite(loss),
            "lm": finite(figures.lm),
            "pair": finite(figures.pair) if paired else None,
            "cosPos": finite(figures.cos_pos) if paired else None,
            "cosNeg": finite(figures.cos_neg) if paired else None,
            "activeFrac": finite(figures.active) if paired else None,
        }
        if counters.first_loss is None:
            counters.first_loss, counters.first_lm = values["loss"], values["lm"]
        counters.last_loss, counters.last_lm = values["loss"], values["lm"]
        if paired:
            counters.cos_pos, counters.cos_neg = values["cosPos"], values["cosNeg"]
            counters.active = values["activeFrac"]
        last = counters.step == len(self.plan.steps)
        if counters.step % self.every == 0 or last or result.grad_norm is None:
            self.events.emit(
                "metrics",
                step=counters.step,
                epoch=self.plan.epoch_of(counters.step),
                **values,
                pairsInBatch=figures.pairs,
                lr=rate,
                gradNorm=finite(result.grad_norm),
                tokPerS=round(figures.tokens / max(seconds, 1e-9), 1),
                padFrac=round(1 - figures.tokens / max(1, figures.padded), 4),
                memMB=system.rss_mb(),
                bySource=_by_source(figures),
            )
        if last or now - self.last_progress >= PROGRESS_S:
            self.last_progress = now
            left = len(self.plan.steps) - counters.step
            self.events.emit(
                "progress",
                step=counters.step,
                steps=len(self.plan.steps),
                epoch=self.plan.epoch_of(counters.step),
                etaMs=round(left * statistics.median(self.recent) * 1e3),
            )
        self._warn(paired, figures)

    def _warn(self, paired: bool, figures: Figures) -> None:
        step = self.counters.step
        counters = self.counters
        if paired:
            alike = abs(figures.cos_pos - figures.cos_neg) < FLAT_COSINE
            counters.flat = counters.flat + 1 if alike else 0
            if counters.flat == FLAT_STEPS:
                self.events.warning(
                    "pair-flat",
                    f"Step {step}: right and wrong attempts have looked alike to the student for "
                    f"{FLAT_STEPS} steps (cosines differ by less than {FLAT_COSINE}).",
                )
            counters.idle = counters.idle + 1 if figures.active == 0 else 0
            if counters.idle == FLAT_STEPS:
                self.events.warning(
                    "pair-idle",
                    f"Step {step}: no pair has been within the margin for {FLAT_STEPS} steps, so the pair "
                    "term changes nothing; raise objective.pair.margin.",
                )
        # Means over epochs, not steps: single steps hold different questions.
        self.epoch_lm.append(figures.lm)
        if step % self.plan.steps_per_epoch == 0:
            self.epoch_means.append(statistics.fmean(self.epoch_lm))
            self.epoch_lm.clear()
            means = list(self.epoch_means)
            if len(means) == 4 and all(a < b for a, b in itertools.pairwise(means)):
                self.events.warning(
                    "lm-rising", f"Step {step}: the language-model loss rose three epochs running."
                )


def _by_source(figures: Figures) -> dict[str, dict[str, Any]]:
    sources = {}
    for source, (n, ce, tokens) in sorted(figures.source_ce.items()):
        pairs, *sums = figures.source_pair.get(source, [0.0] * 5)
        pair, cos_pos, cos_neg, active = (finite(one / pairs) if pairs else None for one in sums)
        sources[source] = {
            "n": int(n),
            "lm": finite(ce / max(1.0, tokens)),
            "pair": pair,
            "cosPos": cos_pos,
            "cosNeg": cos_neg,
            "activeFrac": active,
        }
    return sources


def summary(counters: Counters) -> dict[str, Any]:
    """The `summary` of the `done` record."""
    return {
        "steps": counters.step,
        "seconds": round(counters.seconds, 3),
        "tokens": counters.tokens,
        "firstLoss": counters.first_loss,
        "lastLoss": counters.last_loss,
        "firstLm": counters.first_lm,
        "lastLm": counters.last_lm,
        "cosPos": counters.cos_pos,
        "cosNeg": counters.cos_neg,
        "activeFrac": counters.active,
    }
