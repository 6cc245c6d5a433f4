"""Solutions of stories in many words; imported, not run. No torch.

The practice student is schooled in the words that the programmatic teacher uses too
(src/core/teaching/programmatic/phrases.ts): a student of this size that has to learn new words and new kinds of story
at once forgets more than it learns.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import TypeVar

from .stories import Step, Story

Item = TypeVar("Item")

_PHRASES = {
    "+": (
        "We add:",
        "{a} and {b} together:",
        "To find the total we add:",
        "We add the first and the second number:",
    ),
    "-": (
        "We subtract:",
        "We take away {b}:",
        "To find the result we subtract:",
        "We take the second number away:",
    ),
    "*": (
        "We multiply:",
        "That gives {a} times {b}:",
        "To find the total we multiply:",
        "We multiply the first and the second number:",
    ),
    "/": (
        "We divide:",
        "We share {a} by {b}:",
        "To find the result we divide:",
        "We divide the first number by the second:",
    ),
}
# First step, steps between, last step.
_LEADS = (
    ("", "", ""),
    ("First,", "Then", "Then"),
    ("Start:", "Next,", "Next,"),
    ("Now", "After that,", "Finally,"),
)
_CLOSINGS = ("That gives {c}.", "So the result is {c}.", "We find {c} here.")
_NEEDED = (
    ("Start with the numbers that matter: {n}.", "{m} does not matter here."),
    ("We use {n}.", "We do not use {m}."),
    ("The numbers are {n}.", "Not {m}."),
    ("Find {n} first.", "Leave {m} away."),
)
_CHECKS = ("Check:", "That is right:", "To check, go back:", "So it is right:")
_INVERSE = {"+": "-", "-": "+", "*": "/", "/": "*"}


def pick(rng: random.Random, items: Sequence[Item]) -> Item:
    return items[rng.randrange(len(items))]


def _listed(numbers: Sequence[str]) -> str:
    return numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:-1])} and {numbers[-1]}"


def _needed_line(rng: random.Random, story: Story) -> str:
    asked = list(dict.fromkeys(re.findall(r"\d+", story.question)))
    used = set(re.findall(r"\d+", story.equation))
    use, leave = [n for n in asked if n in used], [n for n in asked if n not in used]
    use_text, leave_text = pick(rng, _NEEDED)
    line = use_text.format(n=_listed(use))
    return f"{line} {leave_text.format(m=_listed(leave))}" if leave else line


def _join(lead: str, text: str) -> str:
    if not lead:
        return text
    return f"{lead} {text}" if lead.endswith(":") else f"{lead} {text[0].lower()}{text[1:]}"


def _step_line(step: Step, lead: str, phrase: int | None) -> str:
    if phrase is None:
        return _join(lead, f"{step}.")
    words = _PHRASES[step.op][phrase].format(a=step.left, b=step.right)
    return _join(lead, f"{words} {step}.")


def own_rationale(rng: random.Random, story: Story) -> str:
    """The solution, a step a line, in words drawn at random; the last line is `Answer: X`."""
    # Short texts are the most frequent, so that greedy answers are short.
    phrase = None if rng.random() < 0.5 else pick(rng, (0, 0, 1, 2, 3))
    first, between, last = pick(rng, (_LEADS[0], *_LEADS))
    count, lines = len(story.steps), list[str]()
    for index, step in enumerate(story.steps):
        lead = first if index == 0 else last if index == count - 1 else between
        lines.append(_step_line(step, lead, phrase))
    extra = rng.random()
    if extra < 0.1:
        lines.insert(0, _needed_line(rng, story))
    elif extra < 0.2:
        end = story.steps[-1]
        check = f"{end.result} {_INVERSE[end.op]} {end.right} = {end.left}"
        lines.append(f"{pick(rng, _CHECKS)} {check}.")
    elif extra < 0.3:
        lines.append(pick(rng, _CLOSINGS).format(c=story.answer))
    return "\n".join([*lines, f"Answer: {story.answer}"])
