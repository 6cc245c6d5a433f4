"""The values of method.md §5, from the file that both languages read."""

from __future__ import annotations

import json

import pytest
import torch
from conftest import FIXTURES

from tailor_bridge.losses import (
    dpo_margin,
    lm_divisor,
    masked_mean,
    orpo_log_odds_ratio,
    preference_term,
    tpo_margin,
    triplet_terms,
    weighted_sum,
)

VECTORS = json.loads((FIXTURES / "vectors" / "losses.json").read_text())


def close(value: float) -> object:
    return pytest.approx(value, abs=1e-6)


def weights_of(row: dict, case: dict) -> torch.Tensor:
    """Weight per prediction; the reference reduces one prediction too many: the completion's first token."""
    reduced = row["prefix"] - (1 if case["border"] == "correct" else 0)
    return torch.tensor(
        [case["promptWeight"] if j < reduced else 1.0 for j in range(len(row["ce"]))]
    )


def lm_value(case: dict) -> float:
    """Global counts first, then the sum of the micro-batches' parts: what the trainer does."""
    rows = [row for micro in case["microBatches"] for row in micro]
    prompts = torch.tensor([row["prefix"] for row in rows])
    completions = torch.tensor([row["tokens"] - row["prefix"] for row in rows])
    if case["divisor"] == "weights":
        divisor = sum(weights_of(row, case).sum() for row in rows)
    else:
        divisor = lm_divisor(prompts, completions, case["divisor"])
    total = sum(
        weighted_sum(torch.tensor(row["ce"]), weights_of(row, case))
        for micro in case["microBatches"]
        for row in micro
    )
    return float(total / divisor)


def pair_value(case: dict) -> float:
    valid = sum(row["mask"] for micro in case["microBatches"] for row in micro)
    value = 0.0
    for micro in case["microBatches"]:
        a, p, n = (
            torch.tensor([[float(x) for x in row[key]] for row in micro])
            for key in ("anchor", "positive", "negative")
        )
        term, _, _ = triplet_terms(a, p, n, case["margin"])
        mask = torch.tensor([float(row["mask"]) for row in micro])
        value += float((term * mask).sum()) / max(valid, 1)
    return case["ratio"] * value


@pytest.mark.parametrize("case", VECTORS["lm"], ids=lambda c: c["name"])
def test_lm(case: dict) -> None:
    assert lm_value(case) == close(case["expect"])


@pytest.mark.parametrize("case", VECTORS["triplet"], ids=lambda c: c["name"])
def test_triplet(case: dict) -> None:
    assert pair_value(case) == close(case["expect"])


def test_mean_of_means_is_another_number() -> None:
    bug = VECTORS["meanOfMeansIsTheBug"]
    parts = [
        sum(row["ce"][row["prefix"] - 1 :]) / (row["tokens"] - row["prefix"])
        for (row,) in bug["lm"]["microBatches"]
    ]
    assert sum(parts) / 2 == close(bug["lm"]["meanOfMeans"])
    case = next(c for c in VECTORS["lm"] if c["name"].startswith("accumulation"))
    assert lm_value(case) == close(bug["lm"]["global"])


def test_masked_mean_of_nothing_is_zero() -> None:
    assert float(masked_mean(torch.tensor([float("1e30"), 2.0]), torch.zeros(2))) == 0.0


@pytest.mark.parametrize("case", VECTORS["total"], ids=lambda c: c["name"])
def test_total(case: dict) -> None:
    lm = next(c for c in VECTORS["lm"] if c["name"] == case["lm"])
    triplet = next(c for c in VECTORS["triplet"] if c["name"] == case["triplet"])
    assert lm_value(lm) + pair_value(triplet) == close(case["expect"])


def numbers(case: dict, *keys: str) -> list[torch.Tensor]:
    return [torch.tensor(float(case[key])) for key in keys]


def test_preference_formulas() -> None:
    for case in VECTORS["dpo"]:
        both = numbers(case, "chosen", "rejected")
        margin = dpo_margin(*both, *numbers(case, "refChosen", "refRejected"), beta=case["beta"])
        assert float(preference_term(margin)) == close(case["expect"])
    for case in VECTORS["tpo"]:
        margin = tpo_margin(*numbers(case, "chosen", "rejected"), beta=case["beta"])
        assert float(preference_term(margin)) == close(case["expect"])
    for case in VECTORS["orpo"]:
        margin = orpo_log_odds_ratio(*numbers(case, "chosen", "rejected"))
        assert float(margin) == close(case["ratio"])
        assert float(preference_term(margin)) == close(case["expect"])
