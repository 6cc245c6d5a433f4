"""Where a text announces its final answer: the twin of src/core/grading/markers.ts. No torch.

Run `pytest python-bridge/tests/test_grading.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MAX_SEGMENT = 2000
_LINE_START = r"(?:^|(?<=\n))"
_MARKER = re.compile(
    "|".join(
        (
            rf"(?P<line>{_LINE_START}[ >*#_-]{{0,12}}"
            r"(?:(?:the|my|so|therefore|thus)[ ,]{1,3}){0,3}"
            r"(?:(?:final|correct|right) )?answer ?(?:is ?)?[*_]{0,3} ?[:=])",
            r"(?P<hashes>#### {0,3}(?=[-+$€£¥₹₩\\.0-9½-¾⅐-⅞]))",
            r"(?P<boxed>\\(?:boxed|fbox) ?\{)",
            r"(?P<phrase>(?<![a-z])answer ?(?:[*_]{0,3} ?[:=]"
            r"|(?:is|was|would be|will be|equals|must be)(?![a-z])))",
            rf"(?P<short>{_LINE_START} {{0,4}}a ?:)",
        )
    ),
    re.IGNORECASE | re.ASCII,
)
_SENTENCE_END = re.compile(r"[.!?](?= |\Z)")
_BLANK = re.compile(r"[ *_$]*\Z")
_INK = re.compile(r"[^ \n*_$]")


@dataclass(frozen=True)
class Marker:
    """``rank`` 1: an answer line, 2: a box or hashes, 3: running text; answer in [start, end)."""

    rank: int
    start: int
    end: int


def last_line(folded: str) -> tuple[int, int]:
    """Where the last line that is not blank starts and ends."""
    end = len(folded.rstrip(" \n"))
    return folded.rfind("\n", 0, end) + 1, end


def _line_end(folded: str, start: int) -> int:
    limit = min(len(folded), start + _MAX_SEGMENT)
    at = folded.find("\n", start, limit)
    return limit if at < 0 else at


def _box_end(folded: str, start: int, limit: int) -> int:
    at, depth = start, 1
    while at < limit:
        character = folded[at]
        if character == "\\":
            at += 1
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return limit


def find_markers(folded: str) -> list[Marker]:
    """Every marker in order, each with the stretch up to the next marker that belongs to it."""
    found = list(_MARKER.finditer(folded))
    last_start, _ = last_line(folded)
    markers: list[Marker] = []
    for order, match in enumerate(found):
        start = match.end()
        following = found[order + 1].start() if order + 1 < len(found) else len(folded)
        limit = min(following, start + _MAX_SEGMENT)
        kind = match.lastgroup
        if kind == "short":
            if match.start() >= last_start:
                markers.append(Marker(3, start, max(start, min(len(folded), limit))))
            continue
        end = max(start, min(_line_end(folded, start), limit))
        if kind == "hashes":
            markers.append(Marker(2, start, end))
        elif kind == "boxed":
            markers.append(Marker(2, start, _box_end(folded, start, end)))
        elif kind == "phrase":
            stop = _SENTENCE_END.search(folded, start, end)
            markers.append(Marker(3, start, end if stop is None else stop.start()))
        else:
            ink = None
            if _BLANK.match(folded, start, end) is not None:
                ink = _INK.search(folded, start, min(len(folded), start + _MAX_SEGMENT))
            if ink is not None:
                end = max(start, min(_line_end(folded, ink.start()), limit))
            markers.append(Marker(1, start, end))
    return markers
