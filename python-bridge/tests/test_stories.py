"""Stories and expressions, held to the golden files that the host's tests read too."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tailor_bridge.stories import (
    OWN_STYLES,
    Step,
    TemplateError,
    draw_set,
    draw_story,
    drill,
    evaluate,
    load_templates,
    own_rationale,
    parse,
    prompt_of,
    render,
)

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


def test_rationales_hold_every_step_and_the_answer() -> None:
    for story in draw_set(TEMPLATES, 1, "train", 60):
        for style in range(OWN_STYLES):
            lines = own_rationale(story, style).split("\n")
            assert lines[-1] == f"Answer: {story.answer}"
            assert [
                line.endswith(f"{step}.") for line, step in zip(lines, story.steps, strict=False)
            ] == [True] * len(story.steps)


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
