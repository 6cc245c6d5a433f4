"""Arithmetic stories from media/practice/templates.json, with equations, steps and rationales.

The host's generator (src/core/practice) reads the same templates and follows the same rules; the golden files in
test/fixtures/practice hold both to them. This module has no torch: run `pytest python-bridge/tests/test_stories.py`.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "media" / "practice" / "templates.json"

Expression = str | int | tuple[str, "Expression", "Expression"]
"""A slot name, a number, or (operator, left, right)."""


class TemplateError(ValueError):
    """The template file breaks a rule; the message names the place."""


@dataclass(frozen=True)
class Phrasing:
    text: str
    held_out: bool


@dataclass(frozen=True)
class Family:
    """Stories with one equation. `numbers` are drawn, `derived` follow from them, in the order written."""

    id: str
    known: bool
    numbers: Mapping[str, tuple[int, int]]
    derived: Mapping[str, str]
    equation: str
    phrasings: tuple[Phrasing, ...]


@dataclass(frozen=True)
class Templates:
    names: Mapping[str, tuple[str, ...]]
    things: Mapping[str, tuple[str, ...]]
    families: tuple[Family, ...]


@dataclass(frozen=True)
class Step:
    """One operation of the solution: left op right = result."""

    op: str
    left: int
    right: int
    result: int

    def __str__(self) -> str:
        return f"{self.left} {self.op} {self.right} = {self.result}"


@dataclass(frozen=True)
class Story:
    family: str
    question: str
    equation: str
    steps: tuple[Step, ...]

    @property
    def answer(self) -> int:
        return self.steps[-1].result


def load_templates(path: Path = TEMPLATES) -> Templates:
    """Read and check the template file."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    if raw.get("v") != 1:
        raise TemplateError(f"{path}: version {raw.get('v')!r} is not 1")
    try:
        families = tuple(
            Family(
                id=f["id"],
                known=f["known"],
                numbers={slot: (low, high) for slot, (low, high) in f["numbers"].items()},
                derived=dict(f["derived"]),
                equation=f["equation"],
                phrasings=tuple(
                    Phrasing(p["text"], p.get("heldOut", False)) for p in f["phrasings"]
                ),
            )
            for f in raw["families"]
        )
        names = {side: tuple(words) for side, words in raw["names"].items()}
        things = {side: tuple(words) for side, words in raw["things"].items()}
    except (KeyError, TypeError, ValueError) as error:
        raise TemplateError(f"{path}: {error!r}") from error
    return Templates(names, things, families)


def parse(text: str) -> Expression:
    """Parse an infix expression over slots and whole numbers; * and / bind tighter, equal operators to the left."""
    tokens = re.findall(r"[a-z]+|\d+|\S", text)

    def take_sum(at: int) -> tuple[Expression, int]:
        left, at = take_product(at)
        while at < len(tokens) and tokens[at] in "+-":
            right, after = take_product(at + 1)
            left, at = (tokens[at], left, right), after
        return left, at

    def take_product(at: int) -> tuple[Expression, int]:
        left, at = take_atom(at)
        while at < len(tokens) and tokens[at] in "*/":
            right, after = take_atom(at + 1)
            left, at = (tokens[at], left, right), after
        return left, at

    def take_atom(at: int) -> tuple[Expression, int]:
        token = tokens[at] if at < len(tokens) else ""
        if token == "(":
            inner, at = take_sum(at + 1)
            if at >= len(tokens) or tokens[at] != ")":
                raise TemplateError(f"{text!r}: a parenthesis is not closed")
            return inner, at + 1
        if token.isdigit():
            return int(token), at + 1
        if token.isalpha():
            return token, at + 1
        raise TemplateError(f"{text!r}: expected a number or a slot at token {at + 1}")

    tree, end = take_sum(0)
    if end != len(tokens):
        raise TemplateError(f"{text!r}: unexpected {tokens[end]!r}")
    return tree


def evaluate(tree: Expression, slots: Mapping[str, int], steps: list[Step]) -> int:
    """The value of the tree; each operation is appended to `steps` after its operands' own (left first)."""
    if isinstance(tree, int):
        return tree
    if isinstance(tree, str):
        if tree not in slots:
            raise TemplateError(f"the slot {tree!r} has no value")
        return slots[tree]
    op, left_tree, right_tree = tree
    left, right = evaluate(left_tree, slots, steps), evaluate(right_tree, slots, steps)
    if op == "/" and (right == 0 or left % right):
        raise TemplateError(f"{left} / {right} is not a whole number")
    result = {
        "+": left + right,
        "-": left - right,
        "*": left * right,
        "/": left // right if right else 0,
    }[op]
    if result < 0:
        raise TemplateError(f"{left} {op} {right} is negative")
    steps.append(Step(op, left, right, result))
    return result


def render(
    family: Family, phrasing: int, words: Mapping[str, str], drawn: Mapping[str, int]
) -> Story:
    """Fill one phrasing: `words` are n, m (names) and t, u (things), `drawn` the family's numbers."""
    slots = dict(drawn)
    for slot, rule in family.derived.items():
        slots[slot] = evaluate(parse(rule), slots, [])
    fill = {**words, **{slot: str(value) for slot, value in slots.items()}}
    question = re.sub(r"\{(\w+)\}", lambda m: fill[m[1]], family.phrasings[phrasing].text)
    equation = re.sub(r"[a-z]+", lambda m: str(slots[m[0]]), family.equation)
    steps: list[Step] = []
    evaluate(parse(family.equation), slots, steps)
    return Story(family.id, question, equation, tuple(steps))


def whole(rng: random.Random, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + rng.randrange(high - low + 1)


def two(rng: random.Random, items: Sequence[str]) -> tuple[str, str]:
    """Two different items."""
    first = rng.randrange(len(items))
    second = rng.randrange(len(items) - 1)
    return items[first], items[second + (second >= first)]


def draw_story(
    rng: random.Random,
    family: Family,
    names: Sequence[str],
    things: Sequence[str],
    held_out: bool = False,
) -> Story:
    """A story of this family in one of its usual phrasings, or in the held-out one."""
    choices = [i for i, p in enumerate(family.phrasings) if p.held_out == held_out]
    phrasing = choices[rng.randrange(len(choices))]
    n, m = two(rng, names)
    t, u = two(rng, things)
    drawn = {slot: whole(rng, low, high) for slot, (low, high) in family.numbers.items()}
    return render(family, phrasing, {"n": n, "m": m, "t": t, "u": u}, drawn)


def draw_set(
    templates: Templates, seed: int, side: str, count: int, held_out: bool = False
) -> list[Story]:
    """Distinct stories of all families with the names and things of one side ("train" or "dev")."""
    rng, seen, stories = random.Random(seed), set[str](), list[Story]()
    while len(stories) < count:
        family = templates.families[rng.randrange(len(templates.families))]
        story = draw_story(rng, family, templates.names[side], templates.things[side], held_out)
        if story.question not in seen:
            seen.add(story.question)
            stories.append(story)
    return stories


def draw_sum(rng: random.Random, family: Family) -> Story:
    """The bare equation of a family as a question, such as "What is 5 + ( 3 * 4 )?"."""
    drawn = {slot: whole(rng, low, high) for slot, (low, high) in family.numbers.items()}
    words: dict[str, str] = {"n": "", "m": "", "t": "", "u": ""}
    story = render(family, 0, words, drawn)
    return replace(story, family="sum", question=f"What is {story.equation}?")


def prompt_of(question: str) -> str:
    """The prompt form `plain-1` of src/core/exam/promptForm.ts."""
    return f"Question: {question.strip()}\nReasoning:"


def completion_of(rationale: str) -> str:
    """A rationale as the completion of `prompt_of`: one leading space, nothing else changed."""
    return f" {rationale}"


def drill(rng: random.Random) -> str:
    """One true equation with small numbers, such as "17 + 5 = 22."."""
    op = "++--**/"[rng.randrange(7)]
    left, right = whole(rng, 2, 80), whole(rng, 2, 30)
    if op == "-":
        left, right = max(left, right), min(left, right)
    elif op == "*":
        left, right = whole(rng, 2, 20), whole(rng, 2, 6)
        if rng.randrange(2):
            left, right = right, left
    elif op == "/":
        right = whole(rng, 2, 6)
        left = right * whole(rng, 2, 9)
    steps: list[Step] = []
    evaluate((op, left, right), {}, steps)
    return f"{steps[0]}."
