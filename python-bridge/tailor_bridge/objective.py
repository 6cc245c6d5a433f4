"""L = L_lm + ratio · L_pair over a global batch: its counts, and the part and figures of one micro-batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from .batch import Batch, PackedRow
from .config import LmConfig, PairConfig
from .head_pass import HeadPass
from .losses import (
    dpo_margin,
    lm_divisor,
    orpo_log_odds_ratio,
    preference_term,
    tpo_margin,
    triplet_terms,
    weighted_sum,
)
from .model import Student
from .pair_sums import PAIR_SUMS, pair_sums

# Logits of one chunk: 64 M floats = 256 MB.
LOGIT_CHUNK = 1 << 26

SUMS = ("lm", *PAIR_SUMS, "pairs", "tokens", "padded")
OF_SOURCE = 3 + 1 + len(PAIR_SUMS)


@dataclass(frozen=True)
class Counts:
    """What the sums of a global batch are divided by."""

    lm: float
    pairs: int
    anchors: int


def counts_of(rows: Sequence[PackedRow], lm: LmConfig) -> Counts:
    """Counted over all rows of the step before the first micro-batch."""
    prompts = [len(row.prompt) for row in rows for _ in row.anchors]
    completions = [len(row.texts[at].ids) for row in rows for at in row.anchors]
    divisor = lm_divisor(torch.tensor(prompts), torch.tensor(completions), lm.normalise)
    return Counts(float(divisor), sum(len(row.pairs) for row in rows), len(prompts))


@dataclass
class Figures:
    """Sums over the micro-batches of one step; means are taken by `metrics`."""

    lm: float = 0.0
    pair: float = 0.0
    cos_pos: float = 0.0
    cos_neg: float = 0.0
    active: float = 0.0
    logp_chosen: float = 0.0
    logp_rejected: float = 0.0
    margin: float = 0.0
    won: float = 0.0
    pairs: int = 0
    tokens: int = 0
    padded: int = 0
    source_ce: dict[str, list[float]] = field(default_factory=dict)  # source: n, Σ ce, tokens
    # source: n, and sums of PAIR_SUMS
    source_pair: dict[str, list[float]] = field(default_factory=dict)

    def add(self, other: Figures) -> None:
        for name in SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for mine, theirs in (
            (self.source_ce, other.source_ce),
            (self.source_pair, other.source_pair),
        ):
            for source, values in theirs.items():
                old = mine.get(source, [0.0] * len(values))
                mine[source] = [a + b for a, b in zip(old, values, strict=True)]

    def packed(self, sources: Sequence[str]) -> list[float]:
        """All sums as one list, for adding up over processes."""
        out = [float(getattr(self, name)) for name in SUMS]
        for source in sources:
            out += self.source_ce.get(source, [0.0] * 3)
            out += self.source_pair.get(source, [0.0] * (OF_SOURCE - 3))
        return out

    def unpack(self, values: Sequence[float], sources: Sequence[str]) -> None:
        """The inverse of `packed`."""
        for name, value in zip(SUMS, values, strict=False):
            setattr(self, name, int(value) if name in ("pairs", "tokens", "padded") else value)
        for at, source in enumerate(sources):
            own = list(values[len(SUMS) + OF_SOURCE * at :][:OF_SOURCE])
            if own[0] > 0:
                self.source_ce[source] = own[:3]
            if own[3] > 0:
                self.source_pair[source] = own[3:]


@dataclass(frozen=True)
class MicroResult:
    """The differentiable part of the loss, and detached per-anchor and per-pair values for the figures."""

    loss: Tensor
    lm_sum: Tensor
    anchor_ce: Tensor  # [anchors, 2]: Σ ce over completion tokens, their number
    # [pairs, 3]: term, cos(a,p), cos(a,n); of preferences [pairs, 4]: term, log-probabilities a token, margin
    terms: Tensor
    logp: Tensor  # [texts in pairs]: summed log-probabilities; empty where pairs are about hidden states


class Objective(torch.nn.Module):
    """The only thing the loop calls: a micro-batch in, its share of the global loss out."""

    def __init__(self, student: Student, lm: LmConfig, pair: PairConfig) -> None:
        super().__init__()
        self.student = student
        self.lm = lm
        self.pair = pair

    def begin(self, ids: Tensor, anchors: int, counts: Counts) -> HeadPass:
        """Computes the head of a step's rows, ids [length + 1] int64: the last one is predicted, and still in the rows.

        `anchors`: how many this process's rows have; each of them predicts the head's tokens (`prompt_weight`).
        """
        weight = self.lm.prompt_weight
        hidden, states = self.student.head_states(ids[:-1], whole=weight > 0)
        if weight == 0:
            return HeadPass(states, None, 0.0)
        ce = self._cross_entropy(hidden, ids[1:])
        lm_sum = weighted_sum(ce, torch.full_like(ce, weight * anchors))
        return HeadPass(states, lm_sum / counts.lm, float(lm_sum.detach()) / counts.lm)

    def forward(self, batch: Batch, counts: Counts, head: HeadPass | None = None) -> MicroResult:
        states = None if head is None else head.states
        hidden = self.student.hidden(batch, states).flatten(0, 1)
        ce = self._cross_entropy(hidden[batch.lm_at], batch.lm_target)
        lm_sum = weighted_sum(ce, batch.lm_weight)
        loss = lm_sum / counts.lm
        terms, logp = hidden.new_zeros((0, 3)), hidden.new_zeros(0)
        if batch.pairs.shape[0] > 0:
            if self.pair.preference:
                logp, found = self._preferences(batch, ce)
            else:
                found = self._triplets(batch, hidden)
            loss = loss + self.pair.ratio * found[0].sum() / counts.pairs
            terms = torch.stack(found, dim=1).detach()
        with torch.no_grad():
            own = batch.lm_own
            anchor_ce = hidden.new_zeros((batch.anchors, 2))
            values = torch.stack((ce.detach()[own], torch.ones_like(ce[own])), dim=1).to(
                hidden.dtype
            )
            anchor_ce.index_add_(0, batch.lm_anchor[own], values)
        return MicroResult(loss, lm_sum.detach(), anchor_ce, terms, logp.detach())

    def _triplets(self, batch: Batch, hidden: Tensor) -> tuple[Tensor, ...]:
        """Of every pair its term, cos(a,p), cos(a,n)."""
        sums = hidden.new_zeros((batch.repr_texts, hidden.shape[1]))
        # cos ignores length, so the sum stands for the mean of `pool`; `last` has one state per text.
        states = sums.index_add(0, batch.repr_text, hidden[batch.repr_at])
        anchor, positive, negative = (states[batch.pairs[:, k]] for k in range(3))
        return triplet_terms(anchor, positive, negative, self.pair.margin)

    def _preferences(self, batch: Batch, ce: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Of every text in a pair its summed log-probability; of every pair its term, both texts' log-probabilities a
        token, and its margin."""
        said = -ce[batch.repr_at]
        zeros = said.new_zeros(batch.repr_texts)
        logp = zeros.index_add(0, batch.repr_text, said)
        tokens = zeros.index_add(0, batch.repr_text, torch.ones_like(said))
        chosen, rejected = batch.pairs[:, 1], batch.pairs[:, 2]
        mean = logp / tokens
        kind, beta = self.pair.kind, self.pair.beta
        if kind == "orpo":
            margin = orpo_log_odds_ratio(mean[chosen], mean[rejected])
        else:
            divisor = tokens if self.pair.length_normalise else torch.ones_like(tokens)
            value = logp / divisor
            if kind == "tpo":
                margin = tpo_margin(value[chosen], value[rejected], beta)
            else:
                ref_chosen = batch.reference[:, 0] / divisor[chosen]
                ref_rejected = batch.reference[:, 1] / divisor[rejected]
                margin = dpo_margin(value[chosen], value[rejected], ref_chosen, ref_rejected, beta)
        return logp, (preference_term(margin), mean[chosen], mean[rejected], margin)

    def _cross_entropy(self, hidden: Tensor, targets: Tensor) -> Tensor:
        """Cross-entropies [n]; in chunks whose logits are recomputed in the backward pass where all would be large."""
        rows = max(1, LOGIT_CHUNK // self.student.config.vocab)
        if hidden.shape[0] <= rows:
            return self._chunk(hidden, targets)
        parts = [
            checkpoint(self._chunk, h, t, use_reentrant=False)
            for h, t in zip(hidden.split(rows), targets.split(rows), strict=True)
        ]
        return torch.cat([part for part in parts if isinstance(part, Tensor)])

    def _chunk(self, hidden: Tensor, targets: Tensor) -> Tensor:
        return functional.cross_entropy(self.student.logits(hidden), targets, reduction="none")


def figures_of(result: MicroResult, batch: Batch, counts: Counts) -> Figures:
    """Moves the detached values off the device, once per micro-batch."""
    figures = Figures(tokens=batch.tokens, padded=batch.padded, pairs=len(batch.pair_sources))
    figures.lm = float(result.lm_sum) / counts.lm
    for source, (ce, n) in zip(batch.sources, result.anchor_ce.tolist(), strict=True):
        old = figures.source_ce.get(source, [0.0, 0.0, 0.0])
        figures.source_ce[source] = [old[0] + 1, old[1] + ce, old[2] + n]
    for source, values in zip(batch.pair_sources, result.terms.tolist(), strict=True):
        sums = pair_sums(values)
        for name, value in zip(PAIR_SUMS, sums, strict=True):
            setattr(figures, name, getattr(figures, name) + value / counts.pairs)
        old = figures.source_pair.get(source, [0.0] * (1 + len(PAIR_SUMS)))
        figures.source_pair[source] = [a + b for a, b in zip(old, [1.0, *sums], strict=True)]
    return figures
