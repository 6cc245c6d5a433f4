"""The grader against the host's vectors. Run: pytest python-bridge/tests/test_grading.py"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper_repo_compat import EXTRACTORS

from tailor_bridge.grade_answer import KINDS, grade_answer

ROOT = Path(__file__).resolve().parents[2]
CASES: list[dict[str, Any]] = json.loads(
    (ROOT / "test" / "fixtures" / "vectors" / "grading.json").read_text(encoding="utf-8")
)["cases"]


def name_of(case: dict[str, Any]) -> str:
    return ascii(f"{case['task']}: {case['text']} / {case['gold']}")


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_ours(case: dict[str, Any]) -> None:
    kind = "number" if case["task"] == "numeric" else case["task"]
    grade = grade_answer(case["text"], case["gold"], kind, case.get("choices", ()))
    ours = case["ours"]
    assert {
        "verdict": grade.verdict,
        "lenient": grade.lenient,
        "value": grade.value,
        "span": None if grade.span is None else list(grade.span),
        "flags": sorted(grade.flags),
    } == {
        **{key: ours[key] for key in ("verdict", "lenient", "value", "span")},
        "flags": sorted(ours["flags"]),
    }


@pytest.mark.parametrize("case", [c for c in CASES if "reference" in c], ids=name_of)
def test_paper_repo_compat_reproduces_the_reference_column(case: dict[str, Any]) -> None:
    assert EXTRACTORS[case["task"]](case["text"]) == case["reference"]


PIECES = (
    *("Answer: ", "the answer is ", "\\boxed{", "}", "#### ", "1", "234", ",", ".", "/", "-"),
    *("½", " ", "\n", "= ", "x", "not ", "%", "e9", "$", "🍎", "\ud800"),
)
HOSTILE = st.text() | st.lists(st.sampled_from(PIECES)).map("".join)


@given(text=HOSTILE, gold=st.sampled_from(["1", "234", "-5", "1/2", "30%", "", "x"]))
def test_any_text_is_graded_and_the_span_lies_in_it(text: str, gold: str) -> None:
    units = sum(2 if ord(character) > 0xFFFF else 1 for character in text)
    for kind in KINDS:
        grade = grade_answer(text, gold, kind, ("1", "x (a)"))
        assert grade == grade_answer(text, gold, kind, ("1", "x (a)"))
        if grade.span is not None:
            assert 0 <= grade.span[0] < grade.span[1] <= units
        if grade.verdict == "right":
            assert grade.lenient == "right"
