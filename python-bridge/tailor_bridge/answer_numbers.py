"""Numbers in answers, read exactly: the twin of the host's src/core/grading/numbers.ts and fold.ts.

Both read test/fixtures/vectors/grading.json; no torch here.
Run `pytest python-bridge/tests/test_grading.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

MAX_DIGITS = 400
"""Longer numbers, or larger powers of ten, are not read: no answer needs them."""

_DIGIT_BLOCKS = (0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0xFF10)
_MINUS = (*range(0x2010, 0x2015), 0x2212, 0xFE63, 0xFF0D)
_SPACE = (0x09, 0xA0, 0x1680, *range(0x2000, 0x200C), 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF)
_BREAK = (0x0D, 0x0B, 0x0C, 0x85, 0x2028, 0x2029)


def _fold_table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for first in _DIGIT_BLOCKS:
        table.update({first + digit: str(digit) for digit in range(10)})
    table.update(dict.fromkeys(_MINUS, "-"))
    table.update(dict.fromkeys(_SPACE, " "))
    table.update(dict.fromkeys(_BREAK, "\n"))
    table.update(dict.fromkeys((0x2018, 0x2019), "'"))
    return table


_FOLDED = _fold_table()

_VULGAR = {
    "½": Fraction(1, 2),
    "⅓": Fraction(1, 3),
    "⅔": Fraction(2, 3),
    "¼": Fraction(1, 4),
    "¾": Fraction(3, 4),
    "⅕": Fraction(1, 5),
    "⅖": Fraction(2, 5),
    "⅗": Fraction(3, 5),
    "⅘": Fraction(4, 5),
    "⅙": Fraction(1, 6),
    "⅚": Fraction(5, 6),
    "⅐": Fraction(1, 7),
    "⅛": Fraction(1, 8),
    "⅜": Fraction(3, 8),
    "⅝": Fraction(5, 8),
    "⅞": Fraction(7, 8),
    "⅑": Fraction(1, 9),
    "⅒": Fraction(1, 10),
}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_LOOSE_UNITS = {
    "k": Fraction(1000),
    "dozen": Fraction(12),
    "cent": Fraction(1, 100),
    "cents": Fraction(1, 100),
    "¢": Fraction(1, 100),
}

_CURRENCY = r"(?:US\\?\$|USD|EUR|GBP|INR|Rs\.?|\\?\$|[€£¥₹₩])"
_GROUPS = ("(?:,[0-9]{3})", r"(?:\\,[0-9]{3})", r"(?:\{,\}[0-9]{3})", "(?: [0-9]{3})")
_WHOLE = "|".join(
    (
        "[0-9]{1,3}(?:" + "|".join(f"{group}{{1,140}}" for group in _GROUPS) + ")(?![0-9])",
        "[0-9]{1,2}(?:,[0-9]{2}){1,140},[0-9]{3}(?![0-9])",
        "[0-9]+",
    )
)
_FRACTION = r"\\[dt]?frac\{ ?(?P<frac_top>[0-9]{1,400}) ?\}\{ ?(?P<frac_bottom>[0-9]{1,400}) ?\}"
_NUMBER = "".join(
    (
        rf"(?P<sign>[+-])?(?:{_CURRENCY} ?(?P<sign2>[+-])?)?(?:",
        r"(?P<mixed>[0-9]{1,20}) (?P<mixed_top>[0-9]{1,20})/(?P<mixed_bottom>[0-9]{1,20})",
        r"(?![0-9/]|\.[0-9])",
        rf"|(?:(?P<before>[0-9]{{1,20}}) ?)?(?:(?P<glyph>[{''.join(_VULGAR)}])|{_FRACTION})",
        rf"|(?P<whole>{_WHOLE})(?:",
        r" ?/ ?(?P<bottom>[0-9]{1,400})(?![0-9/]|\.[0-9])",
        r"|(?:\.(?P<decimals>[0-9]+))?",
        r"(?:[eE](?P<exponent>[+-]?[0-9]{1,9})(?![0-9A-Za-z])",
        r"| ?(?:x|\*|×|\\times) ?10 ?\^ ?\{?(?P<power>-?[0-9]{1,9})(?![0-9])\}?)?)",
        r"|\.(?P<bare>[0-9]+))",
        r"(?P<percent> ?\\?%| percent(?![A-Za-z])| per cent(?![A-Za-z]))?",
    )
)
_AT = re.compile(_NUMBER)
_ANYWHERE = re.compile(r"(?<![A-Za-z0-9_])" + _NUMBER)
_UNIT = re.compile(
    r"(?: {1,3}(thousand|million|billion|trillion|dozen|cents?)(?![A-Za-z])"
    r"| ?(¢)|(k)(?![A-Za-z]))",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class NumberToken:
    """A number in a folded text; ``value`` is None when it cannot be read (1/0, a thousand digits).

    ``readings`` is everything the writer may have meant by the strict rule (30 % is 30 and 0.3),
    ``loose`` further readings of the lenient rule; ``decimals`` is None for an exact value.
    """

    start: int
    end: int
    value: Fraction | None
    readings: tuple[Fraction, ...]
    loose: tuple[Fraction, ...]
    decimals: int | None
    percent: bool
    fraction: bool


def fold_text(text: str) -> str:
    """ASCII digits, minus signs, spaces and line ends, one for one: indexes stay valid."""
    return text.translate(_FOLDED)


def canonical_text(value: Fraction) -> str:
    """The one spelling of a value: exact decimal text where there is one, else ``n/d``."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    places = max(twos, fives)
    if places == 0:
        return str(value.numerator)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def rounds_to(a: Fraction, b: Fraction, decimals: int) -> bool:
    """Whether two values are one number in different precision (half a unit, 5 % at most)."""
    difference = abs(a - b)
    return difference * 2 * 10**decimals <= 1 and difference * 20 <= abs(b)


def _decimal(whole: str, fraction: str, exponent: int) -> Fraction | None:
    if len(whole) + len(fraction) > MAX_DIGITS or abs(exponent) > MAX_DIGITS:
        return None
    return Fraction(int(f"0{whole}{fraction}")) * Fraction(10) ** (exponent - len(fraction))


def _ratio(top: str, bottom: str) -> Fraction | None:
    n, d = _decimal(top, "", 0), _decimal(bottom, "", 0)
    return None if n is None or d is None or d == 0 else n / d


def _read_value(groups: dict[str, str | None]) -> Fraction | None:
    whole = re.sub(r"[^0-9]", "", groups["whole"] or "")
    if groups["mixed"] is not None:
        part = _ratio(groups["mixed_top"] or "", groups["mixed_bottom"] or "")
        return None if part is None else int(groups["mixed"]) + part
    glyph = groups["glyph"]
    if glyph is not None or groups["frac_top"] is not None:
        part = (
            _VULGAR[glyph]
            if glyph is not None
            else _ratio(groups["frac_top"] or "", groups["frac_bottom"] or "")
        )
        return None if part is None else int(groups["before"] or "0") + part
    if groups["bottom"] is not None:
        return _ratio(whole, groups["bottom"])
    exponent = int(groups["exponent"] or groups["power"] or "0")
    return _decimal(whole, groups["decimals"] or groups["bare"] or "", exponent)


def _is_sign(text: str, at: int) -> bool:
    """A minus behind a number, a bracket or, without a space, a word is an operator or a hyphen."""
    before = at - 1
    while before >= 0 and text[before] == " " and at - before < 4:
        before -= 1
    character = text[before] if before >= 0 else ""
    stops = r"[0-9)%]" if before < at - 1 else r"[0-9)%A-Za-z]"
    return re.match(stops, character) is None


def _to_token(text: str, match: re.Match[str], operator_before: bool) -> NumberToken:
    groups = match.groupdict()
    sign = groups["sign"]
    signed = sign is None or operator_before or _is_sign(text, match.start())
    negative = groups["sign2"] == "-" or (sign == "-" and signed)
    size = _read_value(groups)
    unsized = -size if size is not None and negative else size
    unit = _UNIT.match(text, match.end())
    word = (next((part for part in unit.groups() if part), "") if unit else "").lower()
    scale = _SCALES.get(word)
    value = unsized * scale if unsized is not None and scale is not None else unsized
    percent = groups["percent"] is not None
    fraction = any(groups[name] is not None for name in ("mixed", "glyph", "frac_top", "bottom"))
    readings: list[Fraction] = []
    if value is not None and unsized is not None:
        readings.append(value)
        if percent:
            readings.append(value / 100)
        if scale is not None:
            readings.append(unsized)
    loose = _LOOSE_UNITS.get(word)
    decimals = len(groups["decimals"] or groups["bare"] or "")
    power = int(groups["exponent"] or groups["power"] or "0")
    return NumberToken(
        start=match.start() if signed else match.start() + 1,
        end=match.end(),
        value=value,
        readings=tuple(readings),
        loose=(value * loose,) if value is not None and loose is not None else (),
        decimals=None if fraction or scale is not None else max(0, decimals - power),
        percent=percent,
        fraction=fraction,
    )


def number_at(folded: str, at: int) -> NumberToken | None:
    """The number that starts exactly at ``at``; a sign there is a sign."""
    match = _AT.match(folded, at)
    return None if match is None else _to_token(folded, match, operator_before=True)


def numbers_in(folded: str, start: int, end: int) -> Iterator[NumberToken]:
    """All numbers between two indexes, in order; none is read past ``end``."""
    for match in _ANYWHERE.finditer(folded, start, max(start, end)):
        yield _to_token(folded, match, operator_before=False)
