"""Grades final numbers by the host's rules (src/core/grading/grade.ts), strict and lenient.

Both sides read test/fixtures/vectors/grading.json; no torch here.
Run `pytest python-bridge/tests/test_grading.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tailor_bridge.answer_numbers import (
    NumberToken,
    canonical_text,
    fold_text,
    number_at,
    numbers_in,
    rounds_to,
)
from tailor_bridge.markers import Marker, find_markers, last_line

GRADER = "numeric-1"

Verdict = Literal["right", "wrong", "no-answer"]


@dataclass(frozen=True)
class Grade:
    """``span`` counts UTF-16 units of the unaltered text; ``value`` is canonical."""

    verdict: Verdict
    lenient: Verdict
    value: str | None
    span: tuple[int, int] | None
    flags: frozenset[str]


_AFTER = " )]}*_$€£¥¢°²³"
_BEFORE = " ([{*_$€£¥"
_EQUALS = re.compile(r"(?:=|≈|→|\\approx(?![A-Za-z]))>?")
_SYMBOL = re.compile(r"(?:\\times|\\div|\\cdot|[-+/×÷·]|\*(?!\*)|[xX](?=[ ($]{0,3}[0-9.]))")
_WORD_OPERATOR = re.compile(r"(?:times|plus|minus|of|divided by)(?![A-Za-z])")
_JOINED = re.compile(r"[:,.^/](?=[0-9])")
_WORD = re.compile(r"[A-Za-z][A-Za-z']{0,30}\.?")
_NEGATION = re.compile(
    r"(?:^|[^A-Za-z])(?:not|n't|isn't|wasn't)(?: equal to)? {1,3}\Z", re.IGNORECASE | re.ASCII
)
_UNIT_WORDS = 4


def utf16_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Character indexes as the host counts them."""
    first = start + sum(1 for character in text[:start] if ord(character) > 0xFFFF)
    inside = sum(1 for character in text[start:end] if ord(character) > 0xFFFF)
    return first, first + end - start + inside


def _skip(text: str, at: int, end: int, skipped: str) -> int:
    while at < end and text[at] in skipped:
        # A lone * multiplies; ** is markup.
        if text[at] == "*" and text[at + 1 : at + 2] != "*" and text[at - 1] != "*":
            break
        at += 1
    return at


def _link_after(text: str, at: int, end: int) -> tuple[str, int] | None:
    """The operator behind a number, over a few unit words, and where its right side may start."""
    joined = _JOINED.match(text, at)
    if joined is not None:
        return "symbol", joined.end()
    for _ in range(_UNIT_WORDS + 1):
        at = _skip(text, at, end, _AFTER)
        if at >= end:
            return None
        for kind, pattern in (("equals", _EQUALS), ("symbol", _SYMBOL), ("word", _WORD_OPERATOR)):
            match = pattern.match(text, at)
            if match is not None:
                return kind, match.end()
        word = _WORD.match(text, at)
        if word is None:
            return None
        at = word.end()
    return None


def _chain_value(text: str, first: NumberToken, end: int) -> NumberToken | None:
    """Of ``2 + 3 = 5`` the last member that is a single number; None when none is."""
    value: NumberToken | None = None
    member, single, words, equations = first, True, True, False
    at = first.end
    while True:
        link = _link_after(text, at, end)
        if link is None:
            break
        kind, right = link
        following = number_at(text, _skip(text, right, end, _BEFORE))
        if following is None or following.start >= end:
            break
        at = following.end
        if kind == "equals":
            value = member if single else value
            member, single, words, equations = following, True, True, True
        else:
            single, words = False, words and kind == "word"
    if single:
        return member
    if value is not None:
        return value
    return member if words and not equations else None


def _read_answer(folded: str, start: int, end: int) -> tuple[NumberToken | None, bool]:
    negated = False
    for token in numbers_in(folded, start, end):
        if _NEGATION.search(folded[max(start, token.start - 20) : token.start]) is not None:
            negated = True
            continue
        value = _chain_value(folded, token, end)
        return (value if value is not None and value.value is not None else None), negated
    return None, negated


def _read_gold(gold: str) -> NumberToken | None:
    folded = fold_text(gold)
    token = number_at(folded, len(folded) - len(folded.lstrip(" \n")))
    if token is None or token.value is None or re.search(r"[0-9]", folded[token.end :]):
        return None
    return token


def _near(token: NumberToken, gold: NumberToken) -> Literal["equal", "rounded"] | None:
    if set(token.readings + token.loose) & set(gold.readings):
        return "equal"
    places = [count for count in (token.decimals, gold.decimals) if count is not None]
    if not places or token.value is None or gold.value is None:
        return None
    return "rounded" if rounds_to(token.value, gold.value, min(places)) else None


def _whole_text(folded: str) -> NumberToken | None:
    token = number_at(folded, len(folded) - len(folded.lstrip(" \n")))
    if token is None or token.value is None or folded[token.end :].strip(" \n.*"):
        return None
    return token


def _find_leniently(
    folded: str, markers: list[Marker], token: NumberToken | None, gold: NumberToken
) -> Literal["equal", "rounded"] | None:
    own = None if token is None else _near(token, gold)
    if own == "equal":
        return "equal"
    rounded = own == "rounded"
    start, end = last_line(folded)
    stretches = [(max(start, end - 2000), end), *((m.start, m.end) for m in markers)]
    for first, last in stretches:
        for candidate in numbers_in(folded, first, last):
            near = _near(candidate, gold)
            if near == "equal":
                return "equal"
            rounded = rounded or near == "rounded"
    return "rounded" if rounded else None


def grade_numeric(text: str, gold: str) -> Grade:
    """Grades against a gold number; a gold that is none gives ``no-answer``, not ``wrong``."""
    folded = fold_text(text)
    markers = find_markers(folded)
    flags: set[str] = set()
    token: NumberToken | None = None
    if not markers:
        flags.add("no-marker")
        token = _whole_text(folded)
    else:
        read = [(m.rank, *_read_answer(folded, m.start, m.end)) for m in markers]
        ranked = [(rank, found) for rank, found, _ in read if found is not None]
        token = min(ranked, key=lambda pair: pair[0])[1] if ranked else None
        if any(negated for _, _, negated in read):
            flags.add("negated")
        if token is not None and any(found.value != token.value for _, found in ranked):
            flags.add("two-answers")
    if token is not None and token.percent:
        flags.add("percent")
    if token is not None and token.fraction:
        flags.add("fraction")
    verdict: Verdict = "no-answer"
    lenient: Verdict = "no-answer"
    wanted = _read_gold(gold)
    if wanted is not None:
        if token is not None:
            verdict = "right" if set(token.readings) & set(wanted.readings) else "wrong"
        found = "equal" if verdict == "right" else _find_leniently(folded, markers, token, wanted)
        if found == "rounded":
            flags.add("rounded")
        lenient = verdict if found is None else "right"
    return Grade(
        verdict=verdict,
        lenient=lenient,
        value=None if token is None or token.value is None else canonical_text(token.value),
        span=None if token is None else utf16_span(text, token.start, token.end),
        flags=frozenset(flags),
    )
