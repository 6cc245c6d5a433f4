"""Answer extraction as the published implementation does it: for comparison in tests only."""

from __future__ import annotations

import re


def _cut(text: str) -> tuple[str, bool]:
    paragraph = text.strip().split("\n\n")[0]
    for marker in ("\nAnswer", "Therefore, the answer is"):
        if marker in paragraph:
            return paragraph.split(marker)[1], True
    return paragraph, False


def extract_number(text: str) -> str | None:
    """First number behind a marker, else the last; None where the original returns a sentinel."""
    rest, marked = _cut(text)
    numbers = [found.rstrip(".") for found in re.findall(r"-?\d+\.?\d*", rest.replace(",", ""))]
    return (numbers[0] if marked else numbers[-1]) if numbers else None


def extract_yes_no(text: str) -> str | None:
    rest, marked = _cut(text)
    words = [word.strip(".").lower() for word in rest.split()]
    found = [word for word in words if word in ("yes", "no")]
    return (found[0] if marked else found[-1]) if found else None


def extract_choice(text: str) -> str | None:
    line = text.strip().split("\n")[0]
    first = re.search(r"\(([a-e])\)", line)
    if first is not None:
        return first[1]
    return line if line in ("a", "b", "c", "d", "e") else None


EXTRACTORS = {"numeric": extract_number, "yes-no": extract_yes_no, "choice": extract_choice}
