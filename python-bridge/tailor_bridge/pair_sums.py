"""What is summed up of the pairs of a step, whatever they are about. No torch."""

from __future__ import annotations

from collections.abc import Sequence

# Of every pair its term; of a triplet two cosines and whether it acts; of a preference the log-probabilities a token of
# both texts, by how much the chosen one is preferred, and whether it is, beyond rounding.
PAIR_SUMS = (
    "pair", "cos_pos", "cos_neg", "active", "logp_chosen", "logp_rejected", "margin", "won",
)  # fmt: skip
# Of a margin, as sums of log-probabilities in fp32 are rounded: nearer to 0, neither text is preferred. Before the
# first step of dpo every margin is 0 but for that.
ROUNDING = 1e-6


def pair_sums(values: Sequence[float]) -> list[float]:
    """What one pair adds to PAIR_SUMS, from its row of `MicroResult.terms`."""
    if len(values) == 3:
        term, cos_pos, cos_neg = values
        return [term, cos_pos, cos_neg, float(term > 0), 0.0, 0.0, 0.0, 0.0]
    term, chosen, rejected, margin = values
    return [term, 0.0, 0.0, 0.0, chosen, rejected, margin, float(margin > ROUNDING)]
