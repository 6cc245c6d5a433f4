"""Write test/fixtures/practice/stories.json: stories that both generators must render alike.

    python python-bridge/tests/make_practice_golden.py

Run it after a change of media/practice/templates.json; the tests of both languages read the file.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tailor_bridge.stories import load_templates, render, two, whole

OUT = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "practice" / "stories.json"


def main() -> None:
    """Two draws of every phrasing of every family."""
    templates, rng, cases = load_templates(), random.Random(7), []
    for family in templates.families:
        for phrasing in range(len(family.phrasings)):
            for side in ("train", "dev"):
                n, m = two(rng, templates.names[side])
                t, u = two(rng, templates.things[side])
                words = {"n": n, "m": m, "t": t, "u": u}
                drawn = {
                    slot: whole(rng, low, high) for slot, (low, high) in family.numbers.items()
                }
                story = render(family, phrasing, words, drawn)
                cases.append(
                    {
                        "family": family.id,
                        "phrasing": phrasing,
                        "words": words,
                        "drawn": drawn,
                        "question": story.question,
                        "equation": story.equation,
                        "answer": story.answer,
                        "steps": [str(step) for step in story.steps],
                    }
                )
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(cases, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
