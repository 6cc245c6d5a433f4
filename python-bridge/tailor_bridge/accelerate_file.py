"""A configuration file of accelerate, read before its launcher does: that would end with a line in the log.

accelerate brings a parser of YAML. Where there is none, its launcher will not start either; then lines are read one by
one, as `accelerate config` writes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .errors import TrainerError

_LINE = re.compile(
    r"""^[ \t]*["']?(\w+)["']?[ \t]*:[ \t]*["']?([^"'\s#,]+)""",
    re.MULTILINE,
)
# As accelerate's launcher names what stands in these sections.
_PREFIXES = {"fsdp_config": "fsdp_"}


def fields_of(path: str) -> dict[str, str]:
    """Its fields by name, those of its sections among them, in the words of the launcher; BAD_CONFIG where it cannot be
    read."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise _unread(path, str(why)) from error
    try:
        parsed = json.loads(text) if path.endswith(".json") else _yaml(text)
    except ImportError:
        return {name: _word(value) for name, value in reversed(_LINE.findall(text))}
    except Exception as error:  # of a parser that may be there: its errors have no names here
        raise _unread(path, str(error).splitlines()[0]) from error
    if not isinstance(parsed, dict):
        raise _unread(path, "it holds no fields")
    fields: dict[str, str] = {}
    _flatten(parsed, "", fields)
    return fields


def _yaml(text: str) -> Any:
    import yaml

    return yaml.safe_load(text)


def _flatten(values: Mapping[Any, Any], prefix: str, fields: dict[str, str]) -> None:
    """Fields before sections: a section does not hide a field of the same name."""
    for name, value in values.items():
        key = str(name) if str(name).startswith(prefix) else f"{prefix}{name}"
        if not isinstance(value, Mapping):
            fields.setdefault(key, _word(value))
    for name, value in values.items():
        if isinstance(value, Mapping):
            _flatten(value, _PREFIXES.get(str(name), ""), fields)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    word = "" if value is None else str(value)
    return "none" if word.lower() in ("", "null", "~") else word


def _unread(path: str, why: str) -> TrainerError:
    return TrainerError(
        "BAD_CONFIG",
        f"The configuration file of accelerate {path} cannot be read: {why}.",
        f"Write it with `accelerate config --config_file {path}`, or leave training.launch.accelerate out.",
    )
