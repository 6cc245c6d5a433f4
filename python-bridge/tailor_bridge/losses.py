"""The formulas of the objective as pure functions of tensors; test/fixtures/vectors/losses.json holds their values.

Sums and counts are kept apart, so that a global batch cut into micro-batches gives exactly the loss of the whole:
first all counts, then each part's sum divided by the global count.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

# A mean log-probability of a token that is nearer to 0 counts as this.
SURE = 1e-6


def weighted_sum(ce: Tensor, weights: Tensor) -> Tensor:
    """Σ w·c over supervised tokens; ce and weights of one shape."""
    return (ce * weights).sum()


def lm_divisor(prompt_tokens: Tensor, completion_tokens: Tensor, normalise: str) -> Tensor:
    """What Σ w·c is divided by. `completion`: completion tokens, EOS included. `repo`: all predicted tokens, Σ (n − 1).

    Shapes: one entry per anchor.
    """
    if normalise == "repo":
        return (prompt_tokens + completion_tokens - 1).sum()
    return completion_tokens.sum()


def triplet_terms(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Per row max(0, margin + cos(a,n) − cos(a,p)), and the two cosines; inputs [rows, hidden], in fp32 at least."""
    exact = torch.promote_types(anchor.dtype, torch.float32)
    a, p, n = anchor.to(exact), positive.to(exact), negative.to(exact)
    cos_pos = functional.cosine_similarity(a, p, dim=-1)
    cos_neg = functional.cosine_similarity(a, n, dim=-1)
    return (margin + cos_neg - cos_pos).clamp_min(0.0), cos_pos, cos_neg


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Mean over the valid rows; 0 when none is valid."""
    return (values * mask).sum() / mask.sum().clamp_min(1)


# Of pairs of texts: tensors of one shape, an entry a pair. The log-probabilities of dpo and tpo are sums over a text's
# tokens, or means (`lengthNormalise`), those of the reference as well; those of orpo are means.


def dpo_margin(
    chosen: Tensor, rejected: Tensor, ref_chosen: Tensor, ref_rejected: Tensor, beta: float
) -> Tensor:
    """β((π_c − ref_c) − (π_r − ref_r)): by how much more than the reference the chosen text is preferred (Rafailov et
    al. 2023)."""
    return beta * ((chosen - ref_chosen) - (rejected - ref_rejected))


def tpo_margin(chosen: Tensor, rejected: Tensor, beta: float) -> Tensor:
    """β(π_c − π_r): the pair term of TPO, DPO without a reference."""
    return beta * (chosen - rejected)


def orpo_log_odds_ratio(chosen: Tensor, rejected: Tensor) -> Tensor:
    """log odds_c − log odds_r, with odds = p / (1 − p) (Hong et al. 2024)."""

    def log_odds(logp: Tensor) -> Tensor:
        # Where a text is certain its odds are infinite, and their gradient is no number.
        logp = logp.clamp_max(-SURE)
        return logp - torch.log(-torch.expm1(logp))

    return log_odds(chosen) - log_odds(rejected)


def preference_term(margin: Tensor) -> Tensor:
    """−log σ(margin), an entry a pair: what all three make of their margin."""
    return -functional.logsigmoid(margin)
