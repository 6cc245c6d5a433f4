"""Reads the JSON object of run.json field by field: whatever is off is BAD_CONFIG with the path of the field.

A key that nobody asked for is a warning, once `done` has been called.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from .errors import TrainerError

_REQUIRED = object()


def bad(field: str, problem: str) -> TrainerError:
    """The refusal of a field: `field` is its path with dots, `problem` completes the sentence."""
    return TrainerError(
        "BAD_CONFIG",
        f"run.json: {field} {problem}.",
        "Start the run again from Tailor, which writes run.json itself.",
    )


class Section:
    """Reads one JSON object field by field and knows its path for messages."""

    def __init__(self, value: Any, path: str, warnings: list[str]) -> None:
        if not isinstance(value, dict):
            raise bad(path or "run.json", "must be an object")
        self._value: dict[str, Any] = value
        self._path = path
        self._seen: set[str] = set()
        self._warnings = warnings

    def where(self, key: str) -> str:
        """The path of a key, for messages."""
        return f"{self._path}.{key}" if self._path else key

    def _get(self, key: str, default: Any) -> Any:
        self._seen.add(key)
        if key in self._value:
            return self._value[key]
        if default is _REQUIRED:
            raise bad(self.where(key), "is missing")
        return default

    def section(self, key: str, *, optional: bool = False) -> Section:
        value = self._get(key, {} if optional else _REQUIRED)
        return Section(value, self.where(key), self._warnings)

    def text(self, key: str, *, pattern: str | None = None) -> str:
        value = self._get(key, _REQUIRED)
        if not isinstance(value, str):
            raise bad(self.where(key), "must be a string")
        if pattern is not None and re.fullmatch(pattern, value) is None:
            raise bad(self.where(key), f"does not match {pattern}")
        return value

    def filled(self, key: str) -> str:
        value = self.text(key)
        if value == "":
            raise bad(self.where(key), "is empty")
        return value

    def choice(self, key: str, choices: Sequence[str], default: Any = None) -> str:
        value = self._get(key, _REQUIRED if default is None else default)
        if not isinstance(value, str) or value not in choices:
            raise bad(self.where(key), f"must be one of {', '.join(choices)}")
        return value

    def number(
        self,
        key: str,
        low: float,
        high: float = math.inf,
        *,
        above: bool = False,
        default: Any = None,
    ) -> float:
        value = self._get(key, _REQUIRED if default is None else default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise bad(self.where(key), "must be a number")
        if not math.isfinite(value) or value > high or value < low or (above and value <= low):
            relation = ">" if above else "≥"
            limit = "" if math.isinf(high) else f" and ≤ {high:g}"
            raise bad(self.where(key), f"must be {relation} {low:g}{limit}")
        return float(value)

    def integer(self, key: str, low: int, high: float = math.inf, default: Any = None) -> int:
        value = self.number(key, low, high, default=default)
        if not value.is_integer():
            raise bad(self.where(key), "must be a whole number")
        raw = self._value.get(key, default)
        return raw if isinstance(raw, int) else int(value)

    def boolean(self, key: str) -> bool:
        value = self._get(key, _REQUIRED)
        if not isinstance(value, bool):
            raise bad(self.where(key), "must be true or false")
        return value

    def sections(self, key: str, low: int, high: int) -> list[Section]:
        value = self._get(key, _REQUIRED)
        if not isinstance(value, list) or not low <= len(value) <= high:
            raise bad(self.where(key), f"must be a list of {low} to {high} objects")
        return [
            Section(item, f"{self.where(key)}.{at}", self._warnings)
            for at, item in enumerate(value)
        ]

    def texts(self, key: str, low: int, high: int) -> tuple[str, ...]:
        value = self._get(key, _REQUIRED)
        if not isinstance(value, list) or not low <= len(value) <= high:
            raise bad(self.where(key), f"must be a list of {low} to {high} strings")
        for at, item in enumerate(value):
            if not isinstance(item, str):
                raise bad(f"{self.where(key)}.{at}", "must be a string")
        return tuple(value)

    def choices(self, key: str, known: Sequence[str]) -> tuple[str, ...]:
        """A list of distinct known words; all of them where the key is absent."""
        value = self._get(key, list(known))
        if not isinstance(value, list) or not value or len(set(map(str, value))) != len(value):
            raise bad(self.where(key), "must be a list of distinct names")
        for at, item in enumerate(value):
            if item not in known:
                raise bad(f"{self.where(key)}.{at}", f"must be one of {', '.join(known)}")
        return tuple(value)

    def ids(self, key: str, most: int) -> tuple[int, ...]:
        value = self._get(key, _REQUIRED)
        if not isinstance(value, list) or len(value) > most:
            raise bad(self.where(key), f"must be a list of at most {most} token ids")
        for at, item in enumerate(value):
            if isinstance(item, bool) or not isinstance(item, int) or item < 0:
                raise bad(f"{self.where(key)}.{at}", "must be an integer ≥ 0")
        return tuple(value)

    def has(self, key: str) -> bool:
        self._seen.add(key)
        return key in self._value

    def integer_or_null(self, key: str, low: int) -> int | None:
        return None if self._get(key, _REQUIRED) is None else self.integer(key, low)

    def done(self) -> None:
        for key in self._value:
            if key not in self._seen:
                self._warnings.append(f"run.json: unknown key {self.where(key)} is ignored")
