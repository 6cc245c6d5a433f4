"""The frozen train.jsonl as tokenised questions: nothing else is ever trained on. Its twin is src/core/round/frozen.ts.

Every positive is an anchor of the language-model loss. A text that cannot be used is dropped with a reason; a line that
is not what the freeze wrote ends the run with DATA_INVALID and its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import jsonio
from .config import DataConfig, PairConfig
from .errors import TrainerError
from .tokens import StudentTokens

SOURCES = ("teacher", "feedback", "self", "dataset", "human")
# A text of the data: its question's index, "positive" or "negative", and its index among these.
TextKey = tuple[int, str, int]


@dataclass(frozen=True)
class PositiveText:
    id: str
    completion: str
    source: str


@dataclass(frozen=True)
class NegativeText:
    id: str
    text: str


@dataclass(frozen=True)
class FrozenRow:
    """One line of train.jsonl, as far as training needs it."""

    id: str
    prompt: str
    positives: tuple[PositiveText, ...]
    negatives: tuple[NegativeText, ...]


@dataclass(frozen=True)
class Text:
    """A completion as ids, EOS included."""

    id: str
    ids: tuple[int, ...]
    normal: str
    source: str  # of a negative: "negative"


@dataclass(frozen=True)
class Question:
    """What is left of a row after dropping: at least one positive."""

    id: str
    prompt_ids: tuple[int, ...]
    positives: tuple[Text, ...]
    negatives: tuple[Text, ...]

    @property
    def has_pair(self) -> bool:
        return len(self.positives) >= 2 and len(self.negatives) >= 1


def text_of(questions: Sequence[Question], key: TextKey) -> Text:
    """The text that a key names."""
    question, side, index = key
    own = questions[question]
    return (own.positives if side == "positive" else own.negatives)[index]


@dataclass(frozen=True)
class Drop:
    id: str
    reason: str
    question: str
    detail: str = ""


@dataclass(frozen=True)
class TrainingData:
    questions: tuple[Question, ...]
    dropped: tuple[Drop, ...]
    rows: int
    sha256: str
    warnings: tuple[str, ...]

    @property
    def anchors(self) -> int:
        return sum(len(question.positives) for question in self.questions)

    def coverage(self, pair: PairConfig) -> dict[str, Any]:
        """`pairCoverage` of the `accepted` record."""
        by_source: dict[str, int] = {}
        for question in self.questions:
            for positive in question.positives:
                by_source[positive.source] = by_source.get(positive.source, 0) + 1
        with_pair = sum(question.has_pair for question in self.questions)
        return {
            "questions": len(self.questions),
            "withPair": with_pair if pair.kind != "none" else 0,
            "bySource": dict(sorted(by_source.items())),
        }


def normalise(text: str) -> str:
    """White space aside: what makes two completions the same completion."""
    return " ".join(text.split())


class _Line:
    """Reads one row strictly and names file, line and field of what is wrong."""

    def __init__(self, file: str, number: int) -> None:
        self._place = f"{file} line {number}"

    def bad(self, field: str, problem: str) -> TrainerError:
        where = f", {field}" if field else ""
        return TrainerError(
            "DATA_INVALID",
            f"{self._place}{where}: {problem}.",
            "Freeze the round again; a frozen training set is never edited by hand.",
        )

    def text(self, value: Any, field: str, *, filled: bool = False) -> str:
        if not isinstance(value, str):
            raise self.bad(field, "must be a string")
        if filled and value == "":
            raise self.bad(field, "must not be empty")
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise self.bad(field, "holds half of a surrogate pair") from None
        return value

    def items(self, row: dict[str, Any], field: str, least: int) -> list[dict[str, Any]]:
        value = row.get(field)
        if not isinstance(value, list):
            raise self.bad(field, "must be a list")
        if len(value) < least:
            raise self.bad(field, f"needs at least {least}")
        for at, item in enumerate(value):
            if not isinstance(item, dict):
                raise self.bad(f"{field}[{at}]", "must be an object")
        return value

    def row(self, line: bytes) -> FrozenRow:
        try:
            row = jsonio.loads(line)
        except (ValueError, RecursionError) as error:
            raise self.bad("", f"is not JSON ({error})") from error
        if not isinstance(row, dict):
            raise self.bad("", "must be an object")
        if row.get("v") != 1:
            raise self.bad("v", "must be 1")
        prompt = self.text(row.get("prompt"), "prompt", filled=True)
        if prompt != prompt.rstrip():
            raise self.bad("prompt", "must not end in white space (tokens would straddle its end)")
        positives = []
        for at, item in enumerate(self.items(row, "positives", 1)):
            source = self.text(item.get("source"), f"positives[{at}].source")
            if source not in SOURCES:
                raise self.bad(f"positives[{at}].source", f"must be one of {', '.join(SOURCES)}")
            completion = self.text(
                item.get("completion"), f"positives[{at}].completion", filled=True
            )
            positives.append(
                PositiveText(self.text(item.get("id"), f"positives[{at}].id"), completion, source)
            )
        negatives = [
            NegativeText(
                self.text(item.get("id"), f"negatives[{at}].id"),
                self.text(item.get("text"), f"negatives[{at}].text", filled=True),
            )
            for at, item in enumerate(self.items(row, "negatives", 0))
        ]
        return FrozenRow(
            self.text(row.get("id"), "id", filled=True), prompt, tuple(positives), tuple(negatives)
        )


def read_frozen(config: DataConfig) -> list[FrozenRow]:
    """Reads train.jsonl; its bytes must have the hash that the freeze recorded."""
    path = Path(config.path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TrainerError(
            "DATA_INVALID",
            f"{path.name} cannot be read: {error.strerror}.",
            f"The frozen training set should lie at {path}.",
        ) from error
    found = hashlib.sha256(data).hexdigest()
    if found != config.sha256:
        raise TrainerError(
            "DATA_INVALID",
            f"{path.name} is not the file that was frozen: its SHA-256 is {found[:12]}…, "
            f"run.json says {config.sha256[:12]}….",
            "Restore the frozen file, or freeze the round again and start a new run.",
        )
    rows: list[FrozenRow] = []
    seen: dict[str, int] = {}
    # Only 0x0A ends a line: U+2028 and its like may stand inside texts.
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        reader = _Line(path.name, number)
        row = reader.row(line)
        if row.id in seen:
            raise reader.bad("id", f"“{row.id}” stands already in line {seen[row.id]}")
        seen[row.id] = number
        rows.append(row)
    if len(rows) != config.rows:
        raise TrainerError(
            "DATA_INVALID",
            f"{path.name} has {len(rows)} rows, run.json says {config.rows}.",
            "Freeze the round again and start a new run.",
        )
    return rows


def prepare(
    rows: Iterable[FrozenRow], tokens: StudentTokens, max_len: int, sha256: str
) -> TrainingData:
    """Tokenises prompt and completions apart, joins them as ids, appends EOS, drops what cannot be trained on."""
    rows = list(rows)
    texts = [row.prompt for row in rows]
    for row in rows:
        texts += [positive.completion for positive in row.positives]
        texts += [negative.text for negative in row.negatives]
    encoded = iter(tokens.encode_all(texts))
    prompts = [tokens.prompt_ids(next(encoded)) for _ in rows]
    questions: list[Question] = []
    dropped: list[Drop] = []
    warnings: list[str] = []
    for row, prompt_ids in zip(rows, prompts, strict=True):
        positives: list[Text] = []
        negatives: list[Text] = []
        for positive in row.positives:
            text = _text(positive.id, next(encoded), positive.completion, positive.source, tokens)
            reason = _why_not(text, prompt_ids, max_len, positives)
            if reason is None:
                positives.append(text)
            else:
                dropped.append(Drop(positive.id, reason, row.id, f"{len(text.ids)} tokens"))
        for negative in row.negatives:
            text = _text(negative.id, next(encoded), negative.text, "negative", tokens)
            reason = _why_not(text, prompt_ids, max_len, negatives)
            if reason is None and any(text.normal == positive.normal for positive in positives):
                reason = "pair_identical"
            if reason is None:
                negatives.append(text)
            else:
                dropped.append(Drop(negative.id, reason, row.id, f"{len(text.ids)} tokens"))
        if positives:
            questions.append(
                Question(row.id, tuple(prompt_ids), tuple(positives), tuple(negatives))
            )
        else:
            warnings.append(f"Question {row.id} has no usable positive left.")
    if not questions:
        raise TrainerError(
            "DATA_INVALID",
            "No text of train.jsonl can be trained on: all were dropped.",
            "See dropped.jsonl in the run folder; the likeliest reason is a maxLen that is too small.",
        )
    return TrainingData(tuple(questions), tuple(dropped), len(rows), sha256, tuple(warnings))


def _text(text_id: str, ids: list[int], text: str, source: str, tokens: StudentTokens) -> Text:
    return Text(text_id, (*ids, tokens.eos_id), normalise(text), source)


def _why_not(text: Text, prompt_ids: list[int], max_len: int, kept: list[Text]) -> str | None:
    if text.normal == "" or len(text.ids) < 2:
        return "empty_completion"
    if len(prompt_ids) + len(text.ids) > max_len:
        return "too_long"
    if any(text.normal == other.normal for other in kept):
        return "duplicate"
    return None
