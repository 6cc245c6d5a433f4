"""Grades yes/no and choice answers by the host's rules (src/core/grading/choices.ts).

Run `pytest python-bridge/tests/test_grading.py`. No torch here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category

from tailor_bridge.answer_numbers import fold_text
from tailor_bridge.grading import Grade, Verdict, utf16_span
from tailor_bridge.markers import find_markers, last_line
from tailor_bridge.phrase import holds_phrase, plain_text, units

_Pick = tuple[str, int, int]
_Read = Callable[[str], tuple[_Pick | None, bool]]
_NEGATED = re.compile(
    r"(?:^|[^A-Za-z])(?:not|n't|isn't)(?: quite| really)? {1,3}\(?\Z", re.IGNORECASE | re.ASCII
)
_YES_NO = re.compile(r"(?<![A-Za-z0-9_'-])(?:yes|no)(?![A-Za-z0-9_'-])", re.IGNORECASE | re.ASCII)
_DASH = re.compile("[–—](?=(.))", re.DOTALL)
_GOLD = re.compile(r"[ (]*([A-Za-z])[ ).]*\Z")
# (a) to (e), as CommonsenseQA has them, where nobody says how many there are.
_USUAL = 5


def _is_negated(segment: str, at: int) -> bool:
    return _NEGATED.search(segment[max(0, at - 20) : at]) is not None


def _grade_by(
    text: str,
    gold: str | None,
    read: _Read,
    unmarked: _Read,
    names: Callable[[str], bool] = lambda segment: False,
) -> Grade:
    """Marked answers first, by rank and place, else what the whole text says. `names` is the lenient rule's."""
    folded = fold_text(text)
    markers = find_markers(folded)
    flags: set[str] = set()
    picks: list[tuple[int, _Pick]] = []
    named = False
    for marker in markers:
        segment = folded[marker.start : marker.end]
        pick, negated = read(segment)
        if negated:
            flags.add("negated")
        named = named or names(segment)
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
        start, end = last_line(folded)
        named = names(folded[start:end])
    if len(values) > 1:
        flags.add("two-answers")
    verdict: Verdict = "no-answer"
    if best is not None and gold is not None:
        verdict = "right" if best[0] == gold else "wrong"
    return Grade(
        verdict=verdict,
        lenient="right" if gold is not None and (gold in values or named) else verdict,
        value=None if best is None else best[0],
        span=None if best is None else utf16_span(text, best[1], best[2]),
        flags=frozenset(flags),
    )


def _read_yes_no(segment: str, first: bool) -> tuple[_Pick | None, bool]:
    pick: _Pick | None = None
    negated = False
    for match in _YES_NO.finditer(segment):
        if _is_negated(segment, match.start()):
            negated = True
            continue
        pick = (match[0].lower(), match.start(), match.end())
        if first:
            break
    return pick, negated


def _comma(dash: re.Match[str]) -> str:
    return "," if dash[1] == " " or category(dash[1]).startswith("L") else dash[0]


def grade_yes_no(text: str, gold: str) -> Grade:
    """Grades a yes/no answer; a gold that is neither gives ``no-answer``."""
    wanted = gold.strip().lower()
    return _grade_by(
        # A dash before a word ends the answer; a hyphen makes another word of it. As many characters as before.
        _DASH.sub(_comma, text),
        wanted if wanted in ("yes", "no") else None,
        lambda segment: _read_yes_no(segment, first=True),
        lambda segment: _read_yes_no(segment, first=False),
    )


@dataclass(frozen=True)
class _Letters:
    """A bare letter counts where an answer starts; "a" and "I" before a word are none."""

    bracketed: re.Pattern[str]
    bare: re.Pattern[str]
    alone: re.Pattern[str]


@lru_cache(maxsize=32)
def _letters_up_to(count: int) -> _Letters:
    small = chr(ord("a") + max(2, count) - 1)
    both = f"A-{small.upper()}a-{small}"
    others = f"B-{small.upper()}b-{small}"
    return _Letters(
        re.compile(rf"\( ?([{both}]) ?\)"),
        re.compile(
            r"[ \n*\"'\[]{0,6}(?:(?:[Oo]ption|[Cc]hoice) {1,3})?"
            rf"(?:([AaI])(?! {{1,3}}[A-Za-z])|(?!I)([{others}]))(?![A-Za-z0-9_'-])"
        ),
        re.compile(rf"[ \n*\"'\[(]{{0,6}}([{both}])[ \n*\"'\]).:]{{0,6}}\Z"),
    )


def _letter(match: re.Match[str]) -> _Pick:
    letter = next(part for part in match.groups() if part)
    at = match.start() + match[0].rindex(letter)
    return letter.lower(), at, at + 1


def _read_bracketed(segment: str, letters: _Letters) -> tuple[_Pick | None, bool]:
    pick: _Pick | None = None
    negated = False
    for match in letters.bracketed.finditer(segment):
        if _is_negated(segment, match.start()):
            negated = True
        else:
            pick = _letter(match)
    return pick, negated


def _read_letter(segment: str, letters: _Letters) -> tuple[_Pick | None, bool]:
    pick, negated = _read_bracketed(segment, letters)
    bare = letters.bare.match(segment) if pick is None else None
    return (pick if bare is None else _letter(bare)), negated


def _read_unmarked_letter(text: str, letters: _Letters) -> tuple[_Pick | None, bool]:
    alone = letters.alone.match(text) if len(text) <= 20 else None
    return _read_bracketed(text, letters) if alone is None else (_letter(alone), False)


@dataclass(frozen=True)
class _Blanked:
    """The text of a choice that picks nothing; `behind` is what must stand before it, None for anything."""

    length: int
    text: re.Pattern[str]
    behind: re.Pattern[str] | None


@lru_cache(maxsize=128)
def _blanked_texts(choices: tuple[str, ...], count: int) -> tuple[_Blanked, ...]:
    """Those that hold letters in brackets themselves, as "both (a) and (b)" does; the longest first. One that is
    nothing but such a letter counts only behind its own letter, and else is a pick."""
    letters = _letters_up_to(count)
    found = []
    for place, choice in enumerate(choices):
        folded = fold_text(choice).strip(" \n")
        if letters.bracketed.search(folded) is None:
            continue
        words = " {1,9}".join(re.escape(word) for word in re.split(r"[ \n]+", folded))
        behind = None
        if letters.alone.match(folded) is not None:
            own = chr(ord("a") + place)
            behind = re.compile(rf"\( ?{own} ?\)[ .:]{{0,3}}\Z", re.IGNORECASE)
        found.append(_Blanked(units(folded), re.compile(words, re.IGNORECASE), behind))
    return tuple(sorted(found, key=lambda one: -one.length))


def _blank(segment: str, texts: Sequence[_Blanked]) -> str:
    """As many characters as before."""
    if not texts:
        return segment
    kept: list[str] = []
    at = 0
    while at < len(segment):
        end = next((end for one in texts if (end := _end_of(one, segment, at)) > at), None)
        kept.append(segment[at] if end is None else " " * (end - at))
        at = at + 1 if end is None else end
    return "".join(kept)


def _end_of(one: _Blanked, segment: str, at: int) -> int:
    match = one.text.match(segment, at)
    if match is None:
        return -1
    if one.behind is not None and one.behind.search(segment, max(0, at - 9), at) is None:
        return -1
    return match.end()


def grade_choice(text: str, gold: str, choices: Sequence[str] = ()) -> Grade:
    """Grades a choice: the last bracketed letter behind a cue, or a bare one there. Its text alone, and the letter of
    another choice with the very same text, are right by the lenient rule only."""
    count = len(choices) or _USUAL
    letters = _letters_up_to(count)
    texts = _blanked_texts(tuple(choices), count)
    match = _GOLD.match(gold)
    letter = match[1].lower() if match else ""
    wanted = letter if letter and ord(letter) - ord("a") < count else None

    def text_of(picked: str | None) -> str | None:
        place = -1 if picked is None else ord(picked) - ord("a")
        return choices[place] if 0 <= place < len(choices) else None

    said = text_of(wanted)
    grade = _grade_by(
        text,
        wanted,
        lambda segment: _read_letter(_blank(segment, texts), letters),
        lambda whole: _read_unmarked_letter(_blank(whole, texts), letters),
        lambda segment: said is not None and holds_phrase(segment, said),
    )
    picked = text_of(grade.value)
    if picked is None or said is None or plain_text(picked) != plain_text(said):
        return grade
    return Grade(grade.verdict, "right", grade.value, grade.span, grade.flags)
