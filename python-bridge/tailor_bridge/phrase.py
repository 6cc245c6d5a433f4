"""Texts compared as phrases: the twin of src/core/grading/phrase.ts. No torch.

Run `pytest python-bridge/tests/test_grading.py`.
"""

from __future__ import annotations

import re
from unicodedata import category, normalize

# What the host's regular expressions and trim() take for white space; Python's own \s is another set.
WHITE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_RUN = re.compile(f"[{WHITE}]+")
_AROUND = " *_\"'“”‘’`"
# Longer stretches say no answer, and are not looked at to their end; in UTF-16 units.
_MOST = 4000


def units(text: str) -> int:
    """How long the host says that a text is."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def _cut(text: str) -> str:
    if units(text) <= _MOST:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: 2 * _MOST].decode("utf-16-le", "ignore")


def plain_text(text: str) -> str:
    """A text for comparison: Unicode form, case, white space, quotes, markup and a full stop at the end aside."""
    said = _RUN.sub(" ", normalize("NFKC", _cut(text)).lower())
    return said.lstrip(_AROUND).rstrip(_AROUND + ".")


def _is_word(text: str, at: int) -> bool:
    # The host looks at single UTF-16 units.
    return (
        0 <= at < len(text)
        and ord(text[at]) <= 0xFFFF
        and category(text[at]).startswith(("L", "N"))
    )


def holds_phrase(stretch: str, phrase: str) -> bool:
    """Whether a stretch holds a phrase as whole words."""
    text, wanted = plain_text(stretch), plain_text(phrase)
    if wanted == "":
        return False
    at = text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        starts = not (_is_word(text, at - 1) and _is_word(text, at))
        if starts and not (_is_word(text, end - 1) and _is_word(text, end)):
            return True
        at = text.find(wanted, at + 1)
    return False
