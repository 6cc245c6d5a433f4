"""Which texts each optimizer step sees, decided before the first one and written to plan.jsonl.

The order follows from (seed, epoch, data hash) by SHA-256 alone: no generator whose algorithm could change, no
influence of micro-batches. Two anchors of one question are dealt together, so that one packed row serves both: each is
the other's positive, the prompt and the negative are computed once.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from . import jsonio
from .data import Question, TextKey

Item = TypeVar("Item")
DEAL = 2


@dataclass(frozen=True)
class PlannedAnchor:
    """Indices into the data: a question, its anchor, and the pair's other two texts (None: no pair)."""

    question: int
    anchor: int
    positive: int | None
    negative: int | None


@dataclass(frozen=True)
class Plan:
    steps: tuple[tuple[PlannedAnchor, ...], ...]
    steps_per_epoch: int

    def epoch_of(self, step: int) -> float:
        """Epochs completed after `step` steps."""
        return round(step / self.steps_per_epoch, 4)

    def paired_texts(self) -> list[TextKey]:
        """The texts that stand in pairs, each once, in an order of their own."""
        found: set[TextKey] = set()
        for step in self.steps:
            for a in step:
                if a.positive is not None and a.negative is not None:
                    found |= {
                        (a.question, "positive", a.positive),
                        (a.question, "negative", a.negative),
                    }
        return sorted(found)

    def lines(self, questions: Sequence[Question]) -> Iterator[str]:
        """The lines of plan.jsonl: every gradient can be explained from them."""
        for index, anchors in enumerate(self.steps):
            for planned in anchors:
                question = questions[planned.question]
                yield jsonio.dumps(
                    {
                        "epoch": index // self.steps_per_epoch,
                        "step": index + 1,
                        "question": question.id,
                        "item": question.positives[planned.anchor].id,
                        "positive": None
                        if planned.positive is None
                        else question.positives[planned.positive].id,
                        "negative": None
                        if planned.negative is None
                        else question.negatives[planned.negative].id,
                    }
                )


def _shuffled(items: Sequence[Item], keys: Sequence[str], salt: str) -> list[Item]:
    """A permutation that depends on salt and keys only, not on the order of the items."""
    ranked = sorted(
        zip(keys, items, strict=True),
        key=lambda pair: hashlib.sha256(f"{salt}\x00{pair[0]}".encode()).digest(),
    )
    return [item for _, item in ranked]


def make_plan(
    questions: Sequence[Question],
    *,
    seed: int,
    data_hash: str,
    epochs: int,
    global_batch: int,
    pairs: bool,
) -> Plan:
    """Every anchor once an epoch; steps of nearly equal size, none larger than `global_batch`."""
    anchors = sum(len(question.positives) for question in questions)
    per_epoch = -(-anchors // global_batch)
    steps: list[tuple[PlannedAnchor, ...]] = []
    for epoch in range(epochs):
        salt = f"{seed}:{epoch}:{data_hash}"
        deals: list[list[PlannedAnchor]] = []
        keys: list[str] = []
        for index, question in enumerate(questions):
            for number, deal in enumerate(_deals(index, question, epoch, salt, pairs)):
                deals.append(deal)
                keys.append(f"{question.id}\x00{number}")
        order = [planned for deal in _shuffled(deals, keys, salt) for planned in deal]
        # Equal steps instead of a short last one, whose few anchors would count for a whole step.
        cuts = [round(anchors * step / per_epoch) for step in range(per_epoch + 1)]
        steps += [tuple(order[a:b]) for a, b in itertools.pairwise(cuts)]
    return Plan(tuple(steps), per_epoch)


def _deals(
    index: int, question: Question, epoch: int, salt: str, pairs: bool
) -> Iterator[list[PlannedAnchor]]:
    """A question's anchors of one epoch in groups of two, each with its partner and the group's negative."""
    texts = question.positives
    own_salt = f"{salt}:{question.id}"
    order = _shuffled(range(len(texts)), [text.id for text in texts], own_salt)
    groups = [order[at : at + DEAL] for at in range(0, len(order), DEAL)]
    # Negatives take turns over groups and epochs, in an order of their own that no epoch changes.
    turn = _shuffled(
        range(len(question.negatives)), [text.id for text in question.negatives], question.id
    )
    for number, group in enumerate(groups):
        if not (pairs and question.has_pair):
            yield [PlannedAnchor(index, anchor, None, None) for anchor in group]
            continue
        negative = turn[(epoch * len(groups) + number) % len(turn)]
        alone = order[0]
        yield [
            PlannedAnchor(index, anchor, group[1 - at] if len(group) == DEAL else alone, negative)
            for at, anchor in enumerate(group)
        ]
