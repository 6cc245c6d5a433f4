"""Stories and expressions, held to the golden files that the host's tests read too."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from tailor_bridge.stories import (
    Step,
    TemplateError,
    draw_set,
    draw_story,
    draw_sum,
    drill,
    evaluate,
    load_templates,
    parse,
    prompt_of,
    render,
)
from tailor_bridge.wording import own_rationale

FIXTURES = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "practice"
TEMPLATES = load_templates()


def golden(name: str) -> list[dict[str, Any]]:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", golden("expressions.json"), ids=lambda case: case["text"])
def test_expressions(case: dict[str, Any]) -> None:
    steps: list[Step] = []
    if "refused" in case:
        with pytest.raises(TemplateError):
            evaluate(parse(case["text"]), case["slots"], steps)
    else:
        assert evaluate(parse(case["text"]), case["slots"], steps) == case["value"]
        assert [str(step) for step in steps] == case["steps"]


def test_stories_match_the_golden_file() -> None:
    families = {family.id: family for family in TEMPLATES.families}
    cases = golden("stories.json")
    assert len(cases) == 2 * sum(len(family.phrasings) for family in TEMPLATES.families)
    for case in cases:
        story = render(families[case["family"]], case["phrasing"], case["words"], case["drawn"])
        assert story.question == case["question"]
        assert story.equation == case["equation"]
        assert story.answer == case["answer"]
        assert [str(step) for step in story.steps] == case["steps"]


def test_a_set_is_distinct_and_follows_its_seed() -> None:
    stories = draw_set(TEMPLATES, 3, "dev", 200)
    assert len({story.question for story in stories}) == 200
    assert stories == draw_set(TEMPLATES, 3, "dev", 200)
    assert stories != draw_set(TEMPLATES, 4, "dev", 200)
    assert {story.family for story in stories} == {family.id for family in TEMPLATES.families}


def test_held_out_phrasings_come_only_when_asked_for() -> None:
    rng = random.Random(0)
    for family in TEMPLATES.families:
        held_out = next(p.text for p in family.phrasings if p.held_out)
        # What stands between the slots tells the phrasings of a family apart.
        marks = [part.split("{")[0] for part in held_out.split("}")]
        for asked in (False, True):
            for _ in range(30):
                story = draw_story(
                    rng, family, TEMPLATES.names["train"], TEMPLATES.things["train"], asked
                )
                assert all(mark in story.question for mark in marks) == asked, story.question


def test_rationales_hold_every_step_in_order_and_the_answer() -> None:
    rng = random.Random(0)
    for story in draw_set(TEMPLATES, 1, "train", 300):
        *lines, last = own_rationale(rng, story).split("\n")
        assert last == f"Answer: {story.answer}"
        assert len(lines) <= len(story.steps) + 1
        steps = [line for line in lines if any(line.endswith(f"{step}.") for step in story.steps)]
        assert [
            line.endswith(f"{step}.") for line, step in zip(steps, story.steps, strict=True)
        ] == [True] * len(steps)


def test_every_equation_of_a_rationale_is_true() -> None:
    rng = random.Random(1)
    for story in draw_set(TEMPLATES, 2, "dev", 300):
        text = own_rationale(rng, story)
        equations = re.findall(r"(\d+ [-+*/] \d+) = (\d+)", text)
        assert len(equations) >= len(story.steps)
        for left, right in equations:
            assert evaluate(parse(left), {}, []) == int(right), text


def test_rationales_vary_in_words() -> None:
    rng = random.Random(2)
    story = draw_set(TEMPLATES, 2, "dev", 1)[0]
    assert len({own_rationale(rng, story) for _ in range(100)}) >= 20


def test_sums_ask_for_their_equation() -> None:
    rng = random.Random(0)
    for family in TEMPLATES.families:
        story = draw_sum(rng, family)
        assert story.question == f"What is {story.equation}?"
        assert evaluate(parse(story.equation), {}, []) == story.answer


def test_drills_are_true() -> None:
    rng = random.Random(0)
    for _ in range(500):
        left, right = drill(rng).rstrip(".").split(" = ")
        assert evaluate(parse(left), {}, []) == int(right)


def test_prompt_form() -> None:
    assert prompt_of(" How many? ") == "Question: How many?\nReasoning:"


def test_a_broken_template_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "templates.json"
    path.write_text('{"v": 2}')
    with pytest.raises(TemplateError, match="version 2"):
        load_templates(path)
    path.write_text('{"v": 1, "families": [{"id": "more"}]}')
    with pytest.raises(TemplateError, match="known"):
        load_templates(path)
