"""Grades yes/no and choice answers by the host's rules (src/core/grading/choices.ts).

Run `pytest python-bridge/tests/test_grading.py`. No torch here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tailor_bridge.answer_numbers import fold_text
from tailor_bridge.grading import Grade, Verdict, utf16_span
from tailor_bridge.markers import find_markers

_Pick = tuple[str, int, int]
_Read = Callable[[str], tuple[_Pick | None, bool]]
_NEGATED = re.compile(
    r"(?:^|[^A-Za-z])(?:not|n't|isn't)(?: quite| really)? {1,3}\(?\Z", re.IGNORECASE | re.ASCII
)
_YES_NO = re.compile(r"(?<![A-Za-z0-9_'-])(?:yes|no)(?![A-Za-z0-9_'-])", re.IGNORECASE | re.ASCII)
_BRACKETED = re.compile(r"\( ?([A-Ea-e]) ?\)")
_BARE = re.compile(r"[ \n*\"'\[]{0,6}(?:([Aa])(?! {1,3}[A-Za-z])|([B-Eb-e]))(?![A-Za-z0-9_'-])")
_ALONE = re.compile(r"[ \n*\"'\[(]{0,6}([A-Ea-e])[ \n*\"'\]).:]{0,6}\Z")


def _grade_by(text: str, gold: str | None, read: _Read, unmarked: _Read) -> Grade:
    folded = fold_text(text)
    markers = find_markers(folded)
    flags: set[str] = set()
    picks: list[tuple[int, _Pick]] = []
    for marker in markers:
        pick, negated = read(folded[marker.start : marker.end])
        if negated:
            flags.add("negated")
        if pick is not None:
            value, start, end = pick
            picks.append((marker.rank, (value, marker.start + start, marker.start + end)))
    best = min(picks, key=lambda pair: pair[0])[1] if picks else None
    values = {value for _, (value, _, _) in picks}
    if not markers:
        flags.add("no-marker")
        best, negated = unmarked(folded)
        if negated:
            flags.add("negated")
    if len(values) > 1:
        flags.add("two-answers")
    verdict: Verdict = "no-answer"
    if best is not None and gold is not None:
        verdict = "right" if best[0] == gold else "wrong"
    return Grade(
        verdict=verdict,
        lenient="right" if gold is not None and gold in values else verdict,
        value=None if best is None else best[0],
        span=None if best is None else utf16_span(text, best[1], best[2]),
        flags=frozenset(flags),
    )


def _read_yes_no(segment: str, first: bool) -> tuple[_Pick | None, bool]:
    pick: _Pick | None = None
    negated = False
    for match in _YES_NO.finditer(segment):
        if _NEGATED.search(segment[max(0, match.start() - 20) : match.start()]) is not None:
            negated = True
            continue
        pick = (match[0].lower(), match.start(), match.end())
        if first:
            break
    return pick, negated


def grade_yes_no(text: str, gold: str) -> Grade:
    """Grades a yes/no answer; a gold that is neither gives ``no-answer``."""
    wanted = gold.strip().lower()
    return _grade_by(
        text,
        wanted if wanted in ("yes", "no") else None,
        lambda segment: _read_yes_no(segment, first=True),
        lambda segment: _read_yes_no(segment, first=False),
    )


def _letter(match: re.Match[str]) -> _Pick:
    letter = next(part for part in match.groups() if part)
    at = match.start() + match[0].rindex(letter)
    return letter.lower(), at, at + 1


def _read_bracketed(segment: str) -> tuple[_Pick | None, bool]:
    pick: _Pick | None = None
    negated = False
    for match in _BRACKETED.finditer(segment):
        if _NEGATED.search(segment[max(0, match.start() - 20) : match.start()]) is not None:
            negated = True
        else:
            pick = _letter(match)
    return pick, negated


def _read_letter(segment: str) -> tuple[_Pick | None, bool]:
    pick, negated = _read_bracketed(segment)
    bare = _BARE.match(segment) if pick is None else None
    return (pick if bare is None else _letter(bare)), negated


def _read_unmarked_letter(text: str) -> tuple[_Pick | None, bool]:
    alone = _ALONE.match(text) if len(text) <= 20 else None
    return _read_bracketed(text) if alone is None else (_letter(alone), False)


def grade_choice(text: str, gold: str) -> Grade:
    """Grades a choice (a)…(e): the last bracketed letter behind a cue, or a bare one there."""
    wanted = re.match(r"[ (]*([A-Ea-e])[ ).]*\Z", gold)
    return _grade_by(
        text, wanted[1].lower() if wanted else None, _read_letter, _read_unmarked_letter
    )
