"""Planned anchors as tensors: one packed row per question, `[prompt · text · text · …]`, each text once.

A text sees the prompt and its own past (positions restart after the prompt), so that every text has the hidden states
of a row of its own. Anchors read their next-token losses, pairs the representation of their three texts. Rows of like
length share a micro-batch. What all prompts of a run begin with may be left out of the rows (head.py). Where pairs are
about log-probabilities (`said`), what a text in a pair is read for are the predictions of its tokens; those of an
anchor are there already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from .data import Question, Text, TextKey
from .group import share
from .plan import PlannedAnchor

# What starting another micro-batch costs, in padded tokens (some 40 small kernels a layer).
MICRO_BATCH_COST = 100
# Added to a score that must not count. Not −inf: fp32 and bf16 both hold it, and no softmax becomes NaN.
UNSEEN = -1e30


@dataclass(frozen=True)
class Pair:
    """Indices into a row's texts."""

    anchor: int
    positive: int
    negative: int


@dataclass(frozen=True)
class PackedRow:
    """A question's share of a step. `anchors` and `pairs` index `texts`; `reference` is of each text what the student
    of before the first step said to it, a summed log-probability, where the objective asks for that."""

    prompt: tuple[int, ...]
    texts: tuple[Text, ...]
    anchors: tuple[int, ...]
    pairs: tuple[Pair, ...]
    reference: tuple[float, ...] = ()

    @property
    def length(self) -> int:
        return len(self.prompt) + sum(len(text.ids) for text in self.texts)


@dataclass(frozen=True)
class Batch:
    """One micro-batch. `read` names per row the positions whose hidden states the loss needs; all later indices go
    into the flattened [rows · read] of those.

    ids, positions: [rows, length] · mask: [rows, length, length], 0 or UNSEEN · read: [rows, read]
    lm_at, lm_target, lm_weight, lm_own, lm_anchor: one entry per supervised prediction; `lm_anchor` counts anchors
    repr_at, repr_text: hidden states that make up the representation of a text, or, where texts are `said`, the
        predictions that make up its log-probability; `pairs` [n, 3] indexes those texts (of `said` ones the anchor has
        no part, and the positive stands in its place)
    reference: [n, 2], of the positive and the negative of each pair; zeros where nobody asks
    """

    ids: Tensor
    positions: Tensor
    mask: Tensor
    read: Tensor
    lm_at: Tensor
    lm_target: Tensor
    lm_weight: Tensor
    lm_own: Tensor  # predictions of completion tokens, as opposed to prompt tokens
    lm_anchor: Tensor
    repr_at: Tensor
    repr_text: Tensor
    pairs: Tensor
    reference: Tensor
    repr_texts: int
    sources: tuple[str, ...]  # of each anchor
    pair_sources: tuple[str, ...]  # of each pair's anchor; of its positive where texts are said
    tokens: int  # padding aside

    @property
    def rows(self) -> int:
        return self.ids.shape[0]

    @property
    def anchors(self) -> int:
        return len(self.sources)

    @property
    def padded(self) -> int:
        return self.ids.numel()


def rows_of_step(
    questions: Sequence[Question],
    planned: Sequence[PlannedAnchor],
    reference: Mapping[TextKey, float] | None = None,
) -> list[PackedRow]:
    """Gathers a step's anchors by question: each distinct text is packed, and computed, once."""
    by_question: dict[int, list[PlannedAnchor]] = {}
    for anchor in planned:
        by_question.setdefault(anchor.question, []).append(anchor)
    rows = []
    for index, anchors in by_question.items():
        question = questions[index]
        slots: dict[tuple[str, int], int] = {
            ("positive", a.anchor): i for i, a in enumerate(anchors)
        }
        pairs = []
        for a in anchors:
            if a.positive is None or a.negative is None:
                continue
            positive = slots.setdefault(("positive", a.positive), len(slots))
            negative = slots.setdefault(("negative", a.negative), len(slots))
            pairs.append(Pair(slots["positive", a.anchor], positive, negative))
        texts = tuple(
            question.positives[at] if kind == "positive" else question.negatives[at]
            for kind, at in slots
        )
        row = PackedRow(question.prompt_ids, texts, tuple(range(len(anchors))), tuple(pairs))
        if reference is not None:
            paired = {at for pair in pairs for at in (pair.positive, pair.negative)}
            known = [
                reference[index, side, k] if at in paired else 0.0
                for (side, k), at in slots.items()
            ]
            row = replace(row, reference=tuple(known))
        rows.append(row)
    return rows


def cut_micro_batches(
    rows: Sequence[PackedRow], token_budget: int, max_rows: int, head: int = 0
) -> list[list[PackedRow]]:
    """The cheapest cut of the length-sorted rows: padded tokens plus a fixed cost per micro-batch.

    No micro-batch exceeds `token_budget` padded tokens (a longer single row stands alone) or `max_rows`. The first
    `head` tokens of the rows are not in their micro-batches.
    """
    ordered = sorted(rows, key=lambda row: row.length)
    lengths = [row.length - head for row in ordered]
    best = [0.0] + [float("inf")] * len(ordered)
    start = [0] * (len(ordered) + 1)
    for end in range(1, len(ordered) + 1):
        longest = lengths[end - 1]
        least = max(0, end - max(1, min(max_rows, token_budget // longest)))
        for begin in range(least, end):
            cost = best[begin] + (end - begin) * longest + MICRO_BATCH_COST
            if cost < best[end]:
                best[end], start[end] = cost, begin
    cuts: list[list[PackedRow]] = []
    end = len(ordered)
    while end > 0:
        cuts.append(ordered[start[end] : end])
        end = start[end]
    # Longest first: too little memory shows at once.
    return cuts


def cut_for_all(
    rows: Sequence[PackedRow], processes: int, token_budget: int, max_rows: int, head: int = 0
) -> list[list[list[PackedRow]]]:
    """The micro-batches of every process, by rank; none where a process has no rows.

    Where processes meet in every micro-batch, each knows by this how many all others have.
    """
    return [
        cut_micro_batches(share(rows, rank, processes), token_budget, max_rows, head)
        for rank in range(processes)
    ]


class _Builder:
    """Collects the indices of one micro-batch."""

    def __init__(
        self, rows: Sequence[PackedRow], prompt_weight: float, reads: str, head: int
    ) -> None:
        self.prompt_weight = prompt_weight
        self.pool = reads == "pool"
        self.said = reads == "said"
        self.head = head
        self.length = max(row.length for row in rows) - head
        shape = (len(rows), self.length)
        self.ids = np.zeros(shape, dtype=np.int64)
        self.positions = np.zeros(shape, dtype=np.int64)
        # 0 prompt, k text k; padding gets a number of its own per position, so that it sees itself only.
        self.segment = -1 - np.broadcast_to(np.arange(self.length), shape).astype(np.int64)
        self.read: list[list[int]] = [[] for _ in rows]
        # row, read, target, weight, completion?, anchor
        self.lm: list[tuple[int, int, int, float, bool, int]] = []
        self.repr: list[tuple[int, int, int]] = []  # row, read, text; said: 0, prediction, text
        self.pairs: list[tuple[int, int, int]] = []
        self.reference: list[tuple[float, float]] = []
        self.sources: list[str] = []
        self.pair_sources: list[str] = []
        self.texts = 0
        for at, row in enumerate(rows):
            self._add(at, row)

    def _read(self, row: int, position: int) -> int:
        """Index of a position among those read in its row."""
        positions = self.read[row]
        if positions and positions[-1] == position:
            return len(positions) - 1
        positions.append(position)
        return len(positions) - 1

    def _add(self, at: int, row: PackedRow) -> None:
        prompt = row.prompt[self.head :]
        size = len(prompt)
        self.ids[at, :size] = prompt
        self.positions[at, :size] = np.arange(self.head, len(row.prompt))
        self.segment[at, :size] = 0
        needed = {index for pair in row.pairs for index in (pair.positive, pair.negative)}
        if not self.said:
            needed |= {pair.anchor for pair in row.pairs}
        first_anchor = len(self.sources)
        self.sources += [row.texts[index].source for index in row.anchors]
        if self.prompt_weight > 0:
            # All anchors predict the same there: once, with the weight of all.
            weight = self.prompt_weight * len(row.anchors)
            for j in range(size - 1):
                read = self._read(at, j)
                self.lm.append((at, read, prompt[j + 1], weight, False, first_anchor))
        border = self._read(at, size - 1)
        slots: dict[int, int] = {}
        begin = size
        for index, text in enumerate(row.texts):
            ids = text.ids
            end = begin + len(ids)
            self.ids[at, begin:end] = ids
            self.positions[at, begin:end] = np.arange(len(ids)) + len(row.prompt)
            self.segment[at, begin:end] = index + 1
            first = len(self.lm)
            is_anchor = index in row.anchors
            if is_anchor or (self.said and index in needed):
                anchor = first_anchor + (row.anchors.index(index) if is_anchor else 0)
                weight = 1.0 if is_anchor else 0.0
                self.lm.append((at, border, ids[0], weight, is_anchor, anchor))
                for j, target in enumerate(ids[1:]):
                    read = self._read(at, begin + j)
                    self.lm.append((at, read, target, weight, is_anchor, anchor))
            if index in needed:
                slots[index] = self.texts
                self.texts += 1
            if index in needed and self.said:
                self.repr += [(0, first + j, slots[index]) for j in range(len(ids))]
            elif index in needed:
                # Several predictions may already read these positions: look them up, append what is missing.
                places = {position: i for i, position in enumerate(self.read[at])}
                for position in range(begin if self.pool else end - 1, end):
                    read = places.get(position)
                    if read is None:
                        read = self._read(at, position)
                    self.repr.append((at, read, slots[index]))
            begin = end
        known = row.reference or (0.0,) * len(row.texts)
        for pair in row.pairs:
            about = pair.positive if self.said else pair.anchor
            self.pairs.append((slots[about], slots[pair.positive], slots[pair.negative]))
            self.pair_sources.append(row.texts[about].source)
            self.reference.append((known[pair.positive], known[pair.negative]))


def build_batch(
    rows: Sequence[PackedRow],
    *,
    prompt_weight: float = 0.0,
    representation: str = "last",
    device: str = "cpu",
    head: int = 0,
) -> Batch:
    """Builds the tensors of one micro-batch on `device`, without the first `head` tokens of its rows.

    representation: what is read of texts in pairs, `PairConfig.reads`
    """
    b = _Builder(rows, prompt_weight, representation, head)
    width = max(len(read) for read in b.read)
    # Unused slots read position 0, whose hidden state exists and is used by nothing.
    read = np.zeros((len(rows), width), dtype=np.int64)
    for at, positions in enumerate(b.read):
        read[at, : len(positions)] = positions
    # A query sees what is not later than itself and is prompt or of its own segment.
    own = b.segment[:, :, None] == b.segment[:, None, :]
    prompt = (b.segment == 0)[:, None, :] & (b.segment >= 0)[:, :, None]
    seen = (own | prompt) & np.tri(b.length, dtype=bool)[None]
    mask = np.where(seen, np.float32(0.0), np.float32(UNSEEN))
    # Everyone sees the whole head.
    mask = np.pad(mask, ((0, 0), (0, 0), (head, 0)))
    lm = np.array(b.lm, dtype=np.float64).reshape(-1, 6)
    lm_index = lm[:, [0, 1, 2, 5]].astype(np.int64)
    rep = np.array(b.repr, dtype=np.int64).reshape(-1, 3)

    def put(array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(device)

    return Batch(
        ids=put(b.ids),
        positions=put(b.positions),
        mask=put(mask),
        read=put(read),
        lm_at=put(lm_index[:, 0] * width + lm_index[:, 1]),
        lm_target=put(lm_index[:, 2]),
        lm_weight=put(lm[:, 3].astype(np.float32)),
        lm_own=put(lm[:, 4] > 0),
        lm_anchor=put(lm_index[:, 3]),
        repr_at=put(rep[:, 0] * width + rep[:, 1]),
        repr_text=put(rep[:, 2]),
        pairs=put(np.array(b.pairs, dtype=np.int64).reshape(-1, 3)),
        reference=put(np.array(b.reference, dtype=np.float32).reshape(-1, 2)),
        repr_texts=b.texts,
        sources=tuple(b.sources),
        pair_sources=tuple(b.pair_sources),
        tokens=sum(row.length - head for row in rows),
    )
