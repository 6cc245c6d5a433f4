"""first-batch.json: the first step token by token, so that a person sees what is trained on before it is. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .data import Question, Text
from .plan import Plan
from .tokens import StudentTokens

PREFERENCE_ROLES = {"positive": "chosen", "negative": "rejected"}


def first_batch(
    questions: Sequence[Question],
    plan: Plan,
    tokens: StudentTokens,
    prompt_weight: float,
    *,
    preference: bool = False,
) -> dict[str, Any]:
    """Per question its prompt and texts: ids, token texts, roles, and the weight with which each token is predicted.

    Where pairs are preferences their texts are chosen and rejected, else positive and negative.
    """
    rows: dict[int, dict[str, Any]] = {}
    for planned in plan.steps[0]:
        question = questions[planned.question]
        row = rows.setdefault(
            planned.question,
            {
                "question": question.id,
                "tokens": [
                    _token(tokens, token, "prompt", prompt_weight if at > 0 else 0.0)
                    for at, token in enumerate(question.prompt_ids)
                ],
                "texts": [],
                "pairs": [],
            },
        )
        anchor = question.positives[planned.anchor]
        _add(row, anchor, "anchor", tokens)
        if planned.positive is not None and planned.negative is not None:
            positive = question.positives[planned.positive]
            negative = question.negatives[planned.negative]
            row["pairs"].append(
                {"anchor": anchor.id, "positive": positive.id, "negative": negative.id}
            )
    for index, row in rows.items():
        question = questions[index]
        for pair in row["pairs"]:
            for side, texts in (("positive", question.positives), ("negative", question.negatives)):
                text = next(text for text in texts if text.id == pair[side])
                _add(row, text, PREFERENCE_ROLES[side] if preference else side, tokens)
    return {"v": 1, "step": 1, "eosId": tokens.eos_id, "rows": list(rows.values())}


def _add(row: dict[str, Any], text: Text, role: str, tokens: StudentTokens) -> None:
    """Each text once: one that is an anchor already is not listed again as another's positive."""
    if any(t["id"] == text.id and _is_wrong(t["role"]) == _is_wrong(role) for t in row["texts"]):
        return
    weight = 1.0 if role == "anchor" else 0.0
    last = len(text.ids) - 1
    row["texts"].append(
        {
            "id": text.id,
            "role": role,
            "source": text.source,
            "tokens": [
                _token(tokens, token, "eos" if at == last else role, weight)
                for at, token in enumerate(text.ids)
            ],
        }
    )


def _is_wrong(role: str) -> bool:
    return role in ("negative", "rejected")


def _token(tokens: StudentTokens, token: int, role: str, weight: float) -> dict[str, Any]:
    return {"id": token, "text": tokens.text_of(token), "role": role, "weight": weight}
