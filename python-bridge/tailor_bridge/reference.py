"""What a run's starting student says to every text that stands in a pair: dpo's reference, as log-probabilities.

Computed once, before the first step and before any checkpoint is read, and written to reference.jsonl: a resumed run
reads it again. Adapters add nothing before they are trained, so with lora this is the base. The first line says of
what the rest is, and its hash; a checkpoint says with which reference its weights were trained.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from . import jsonio
from .batch import PackedRow, Pair, build_batch, cut_for_all
from .checkpoint import Identity
from .data import Question, TextKey, text_of
from .errors import TrainerError, is_out_of_memory
from .group import Group
from .head import head_length
from .head_pass import HeadPass
from .objective import Counts, Objective
from .plan import Plan

FILE = "reference.jsonl"
# A deal of the plan: two positives and a negative.
TEXTS_OF_A_ROW = 3
PROGRESS_S = 0.5


@dataclass(frozen=True)
class Reference:
    """Summed log-probabilities by text, and the hash of the file that says them."""

    values: dict[TextKey, float]
    sha256: str


def written(
    questions: Sequence[Question], keys: Sequence[TextKey], values: Sequence[float], of: Identity
) -> str:
    """The whole file."""
    lines = []
    for key, value in zip(keys, values, strict=True):
        text = text_of(questions, key)
        lines.append(
            jsonio.dumps(
                {
                    "question": questions[key[0]].id,
                    "side": "chosen" if key[1] == "positive" else "rejected",
                    "text": text.id,
                    "tokens": len(text.ids),
                    "logp": value,
                }
            )
        )
    rest = "".join(line + "\n" for line in lines)
    sha256 = hashlib.sha256(rest.encode()).hexdigest()
    head = {"v": 1, **of.json(), "texts": len(keys), "sha256": sha256}
    return jsonio.dumps(head) + "\n" + rest


def parsed(
    content: str, questions: Sequence[Question], keys: Sequence[TextKey], of: Identity
) -> list[float] | None:
    """The values of a file that is whole and of this very run; None of any other."""
    try:
        lines = content.split("\n")
        values = [float(jsonio.loads(line.encode())["logp"]) for line in lines[1 : len(keys) + 1]]
        # Written anew it must be the same file: damage, other texts and another run all show.
        return values if written(questions, keys, values, of) == content else None
    except (ValueError, KeyError, TypeError):
        return None


@dataclass(frozen=True)
class Reader:
    """How the starting student is asked. poll: raises where `asked` has said that somebody wants to stop; `tell` gets
    how many of this process's micro-batches are done, and how many there are."""

    objective: Objective
    group: Group
    device: str
    token_budget: int
    head: Sequence[int]
    asked: Callable[[], bool]
    poll: Callable[[], None]
    tell: Callable[[int, int], None]

    def values(self, questions: Sequence[Question], keys: Sequence[TextKey]) -> list[float]:
        """Of every text its summed log-probability, on every process alike."""
        rows, places = _rows(questions, keys)
        values = [0.0] * len(keys)
        length = head_length(self.head)
        cuts = cut_for_all(rows, self.group.size, self.token_budget, len(rows), length)
        mine = cuts[self.group.rank]
        most = max(len(cut) for cut in cuts)
        shortest = min(rows, key=lambda row: row.length)
        self.objective.eval()
        with torch.no_grad():
            before = None
            if length > 0:
                ids = torch.tensor(self.head[:-1], device=self.device)
                states = self.objective.student.head_states(ids, whole=False)[1]
                before = HeadPass(states, None, 0.0)
            for at in range(most):
                if self.group.max([float(self.asked())])[0] > 0:
                    self.poll()
                if at < len(mine):
                    for row, said in zip(mine[at], self._said(mine[at], before), strict=True):
                        for place, value in zip(places[id(row)], said, strict=True):
                            values[place] = value
                elif self.group.engine.sharded:
                    # Layers are exchanged in every micro-batch of any process.
                    self._said([shortest], before)
                self.tell(at + 1, most)
        self.objective.train()
        if self.group.engine.sharded:
            # What was gathered and not trained with is let go: the weights may change before the first step.
            root: Any = self.objective
            root.reset_iter_state()
        return self.group.sum(values)

    def _said(self, part: Sequence[PackedRow], before: HeadPass | None) -> list[list[float]]:
        """Of every row the log-probabilities of its texts; in halves where memory does not suffice."""
        try:
            return self._at_once(part, before)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error) or len(part) == 1 or self.group.engine.sharded:
                raise
        half = len(part) // 2
        return self._said(part[:half], before) + self._said(part[half:], before)

    def _at_once(self, part: Sequence[PackedRow], before: HeadPass | None) -> list[list[float]]:
        batch = build_batch(
            part,
            representation=self.objective.pair.reads,
            device=self.device,
            head=head_length(self.head),
        )
        # As it is called in a step: where layers are shared out they are gathered for nothing else.
        logp = iter(self.objective(batch, Counts(1.0, 1, 1), before).logp.tolist())
        return [[next(logp) for _ in row.texts] for row in part]


def _rows(
    questions: Sequence[Question], keys: Sequence[TextKey]
) -> tuple[list[PackedRow], dict[int, range]]:
    """The texts, packed; and by id of a row the places of its texts among the keys."""
    rows: list[PackedRow] = []
    places: dict[int, range] = {}
    start = 0
    while start < len(keys):
        question = keys[start][0]
        end = start + 1
        while end < len(keys) and keys[end][0] == question and end - start < TEXTS_OF_A_ROW:
            end += 1
        texts = tuple(text_of(questions, key) for key in keys[start:end])
        # Pairs of a text with itself: all that they do is to have it read.
        pairs = tuple(Pair(k, k, k) for k in range(len(texts)))
        row = PackedRow(questions[question].prompt_ids, texts, (), pairs)
        rows.append(row)
        places[id(row)] = range(start, end)
        start = end
    return rows, places


def reference_of(
    run_folder: Path,
    questions: Sequence[Question],
    plan: Plan,
    identity: Identity,
    reader: Reader,
    phase: Callable[[str], None],
) -> Reference:
    """Reads the run's reference, or has it computed and writes it, while the student is what the run began with."""
    keys, group = plan.paired_texts(), reader.group
    path = run_folder / FILE
    content = None
    if group.first and path.exists():
        content = path.read_bytes().decode("utf-8", "replace")
        if parsed(content, questions, keys, identity) is None:
            content = None
    content = group.tell(content)
    if content is None:
        phase("referencing")
        values = reader.values(questions, keys) if keys else []
        if not all(math.isfinite(value) for value in values):
            raise TrainerError(
                "NONFINITE",
                "The student that the run begins with gives some text no finite log-probability.",
                "Choose another precision, or another student to begin with.",
            )
        content = written(questions, keys, values, identity)
        if group.first:
            jsonio.write_atomic(path, content)
    values = parsed(content, questions, keys, identity) or []
    return Reference(
        dict(zip(keys, values, strict=True)), hashlib.sha256(content.encode()).hexdigest()
    )


def teller(emit: Callable[..., None]) -> Callable[[int, int], None]:
    """Records of the progress, not too many of them."""
    last = [0.0]

    def tell(done: int, of: int) -> None:
        now = time.monotonic()
        if done == of or now - last[0] >= PROGRESS_S:
            last[0] = now
            emit("reference", done=done, of=of)

    return tell
