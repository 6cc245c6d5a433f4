"""Grades text answers by the host's rules (src/core/grading/exact.ts). No torch here.

Run `pytest python-bridge/tests/test_grading.py`.
"""

from __future__ import annotations

from tailor_bridge.answer_numbers import fold_text
from tailor_bridge.grading import Grade, Verdict, utf16_span
from tailor_bridge.markers import find_markers, last_line
from tailor_bridge.phrase import WHITE, holds_phrase, plain_text, units


def _said_in(text: str, start: int, end: int) -> tuple[str, int, int] | None:
    """The plain text of a stretch and where it stands, without the white space around it; None where nothing does."""
    stretch = text[start:end]
    value = plain_text(stretch)
    if value == "":
        return None
    first = start + len(stretch) - len(stretch.lstrip(WHITE))
    return value, first, start + len(stretch.rstrip(WHITE))


def grade_exact(text: str, gold: str) -> Grade:
    """What stands behind the answer marker is the gold, or without a marker the whole text is. The lenient rule also
    finds the gold as whole words behind any marker and on the last line."""
    wanted = plain_text(gold)
    folded = fold_text(text)
    markers = find_markers(folded)
    flags: set[str] = set()
    found = [
        (marker.rank, said)
        for marker in markers
        if (said := _said_in(text, marker.start, marker.end)) is not None
    ]
    best = min(found, key=lambda pair: pair[0])[1] if found else None
    if not markers:
        flags.add("no-marker")
        whole = _said_in(text, 0, len(text)) if units(text) <= 2 * units(gold) + 40 else None
        best = whole if whole is not None and whole[0] == wanted else None
    if len({value for _, (value, _, _) in found}) > 1:
        flags.add("two-answers")
    if wanted == "":
        return Grade("no-answer", "no-answer", None, None, frozenset(flags))
    verdict: Verdict = "no-answer"
    if best is not None:
        verdict = "right" if plain_text(text[best[1] : best[2]]) == wanted else "wrong"
    stretches = [last_line(folded), *((marker.start, marker.end) for marker in markers)]
    named = verdict == "right" or any(holds_phrase(text[a:b], gold) for a, b in stretches)
    return Grade(
        verdict=verdict,
        lenient="right" if named else verdict,
        value=None if best is None else best[0],
        span=None if best is None else utf16_span(text, best[1], best[2]),
        flags=frozenset(flags),
    )
