"""Grades any answer by its question's kind, as src/core/grading/gradeAnswer.ts does. No torch here.

Answers by pattern are the host's alone: they are RE2's language, which Python's own expressions are not.
"""

from __future__ import annotations

from collections.abc import Sequence

from tailor_bridge.choices import grade_choice, grade_yes_no
from tailor_bridge.exact import grade_exact
from tailor_bridge.grading import Grade, grade_numeric

KINDS = ("number", "choice", "yes-no", "exact")


def grade_answer(text: str, gold: str, kind: str, choices: Sequence[str] = ()) -> Grade:
    """Grades a text by the rules of one of `KINDS`."""
    if kind == "choice":
        return grade_choice(text, gold, choices)
    if kind == "yes-no":
        return grade_yes_no(text, gold)
    return grade_exact(text, gold) if kind == "exact" else grade_numeric(text, gold)
