"""What a run says of itself while it trains: counters, `metrics`, `progress`, and what patterns.py warns of."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import system
from .config import RunConfig
from .events import EventLog, finite
from .pair_sums import PAIR_SUMS
from .patterns import Patterns

if TYPE_CHECKING:
    from .objective import Figures
    from .plan import Plan
    from .step import StepResult

PROGRESS_S = 0.5
METRICS_RECORDS = 1000


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
    preference: dict[str, Any] | None = None
    max_rows: int = 1 << 20
    skipped: list[int] = field(default_factory=list)
    probed: int = 0  # epochs whose probes were asked
    scale: float | None = None  # of the loss, with fp16
    calm: int = 0
    flat: int = 0  # steps in a row whose right and wrong attempts looked alike
    idle: int = 0  # steps in a row whose pairs gave no gradient, or next to none
    logp: list[float] = field(default_factory=list)  # of the chosen texts, step by step
    logp_means: list[float] = field(default_factory=list)  # of these, stretch by stretch


@dataclass
class Clock:
    """When the step in progress began, for the heartbeat."""

    step: int = 0
    began: float = field(default_factory=time.monotonic)


class Watch:
    """Turns what a step returns into `metrics` and `progress`; warnings of patterns come after them."""

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
        self.patterns = Patterns(events, config.pair, plan, counters)

    def after(self, result: StepResult, seconds: float, rate: float) -> None:
        """Called once per optimizer step."""
        counters, figures = self.counters, result.figures
        now = time.monotonic()
        self.clock.step, self.clock.began = counters.step, now
        self.recent.append(seconds)
        paired = figures.pairs > 0
        preference = self.config.pair.preference
        triplets = paired and not preference
        loss = figures.lm + self.config.pair.ratio * figures.pair
        values = {
            "loss": finite(loss),
            "lm": finite(figures.lm),
            "pair": finite(figures.pair) if paired else None,
            "cosPos": finite(figures.cos_pos) if triplets else None,
            "cosNeg": finite(figures.cos_neg) if triplets else None,
            "activeFrac": finite(figures.active) if triplets else None,
            "preference": _preference(vars(figures), figures.pairs) if preference else None,
        }
        if counters.first_loss is None:
            counters.first_loss, counters.first_lm = values["loss"], values["lm"]
        counters.last_loss, counters.last_lm = values["loss"], values["lm"]
        if paired:
            counters.cos_pos, counters.cos_neg = values["cosPos"], values["cosNeg"]
            counters.active = values["activeFrac"]
            counters.preference = values["preference"]
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
                bySource=_by_source(figures, preference),
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
        self.patterns.after(figures)


def _preference(sums: Mapping[str, float], pairs: float) -> dict[str, Any] | None:
    """`preference` of a record from means over pairs; None where there is no pair."""
    if pairs == 0:
        return None
    return {
        "pairs": int(pairs),
        "logpChosen": finite(sums["logp_chosen"]),
        "logpRejected": finite(sums["logp_rejected"]),
        "margin": finite(sums["margin"]),
        "accuracy": finite(sums["won"]),
    }


def _by_source(figures: Figures, preference: bool) -> dict[str, dict[str, Any]]:
    sources = {}
    # A chosen text need not be an anchor of this step, and then its source may have none.
    for source in sorted(figures.source_ce.keys() | figures.source_pair.keys()):
        n, ce, tokens = figures.source_ce.get(source, [0.0] * 3)
        pairs, *sums = figures.source_pair.get(source, [0.0])
        means = {name: one / pairs for name, one in zip(PAIR_SUMS, sums, strict=False)}
        triplets = {} if preference else means
        sources[source] = {
            "n": int(n),
            "lm": finite(ce / tokens) if tokens else None,
            "pair": finite(means.get("pair")),
            "cosPos": finite(triplets.get("cos_pos")),
            "cosNeg": finite(triplets.get("cos_neg")),
            "activeFrac": finite(triplets.get("active")),
            "preference": _preference(means, pairs) if preference else None,
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
        "preference": counters.preference,
    }
