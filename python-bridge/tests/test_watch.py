"""Warnings of a pair term that does nothing, and refusals that name what changed."""

from __future__ import annotations

import json

import pytest
from conftest import MakeRun, frozen_row
from runs import After, request, work

from tailor_bridge import checkpoint
from tailor_bridge.config import PairConfig
from tailor_bridge.control import move_stale_requests

pytestmark = pytest.mark.usefixtures("no_parity")


def codes(run: object) -> list[str]:
    return [w["code"] for w in run.of("warning")]  # type: ignore[attr-defined]


def test_no_pairs_at_all_is_said_once(make_run: MakeRun) -> None:
    rows = [frozen_row(i, positives=1, negatives=1) for i in range(6)]
    run = make_run(rows=rows)
    assert work(run) == 0
    assert codes(run) == ["no-pairs"]
    plain = make_run("run-plain", rows=rows, objective__pair__kind="none")
    assert work(plain) == 0
    assert codes(plain) == []


def test_pairs_beyond_the_margin_are_said_after_fifty_steps(make_run: MakeRun) -> None:
    rows = [frozen_row(i) for i in range(4)]
    changes = {"rows": rows, "optim__epochs": 27, "optim__lr": 1e-6}
    idle = make_run("run-idle", objective__pair__margin=0, **changes)
    assert work(idle) == 0
    active = [m["activeFrac"] for m in idle.of("metrics")]
    assert ("pair-idle" in codes(idle)) == (active[:50] == [0.0] * 50)
    apart = make_run("run-apart", objective__pair__margin=2, **changes)
    assert work(apart) == 0
    assert "pair-idle" not in codes(apart)
    assert all(m["activeFrac"] == 1.0 for m in apart.of("metrics"))


def test_the_count_of_idle_steps_outlives_a_stop(make_run: MakeRun) -> None:
    from types import SimpleNamespace
    from typing import Any

    from tailor_bridge.patterns import LASTING_STEPS
    from tailor_bridge.watch import Clock, Counters, Watch

    said: list[str] = []
    events: Any = SimpleNamespace(
        warning=lambda code, message: said.append(code), emit=lambda *a, **k: None
    )
    config: Any = SimpleNamespace(pair=PairConfig("triplet", 0.5))
    planned = SimpleNamespace(negative=0)
    plan: Any = SimpleNamespace(steps=[[planned]] * 80, steps_per_epoch=80, epoch_of=lambda s: s)
    figures = SimpleNamespace(
        pairs=2, lm=1.0, pair=0.0, cos_pos=0.9, cos_neg=0.895, active=0.0,
        tokens=10, padded=10, source_ce={}, source_pair={},
    )  # fmt: skip
    counters = Counters()
    for half in (LASTING_STEPS // 2, LASTING_STEPS - LASTING_STEPS // 2):
        assert said == []
        watch = Watch(events, config, plan, counters, Clock())
        for _ in range(half):
            counters.step += 1
            watch.after(SimpleNamespace(figures=figures, grad_norm=1.0), 0.1, 1e-3)  # type: ignore[arg-type]
        counters = Counters(**json.loads(json.dumps(vars(counters))))
    assert said == ["pair-flat", "pair-idle"]


@pytest.mark.parametrize(
    ("key", "what"),
    [("trainer", "version of the trainer"), ("dataHash", "training set")],
)
def test_a_checkpoint_of_something_else_names_it(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, key: str, what: str
) -> None:
    run = make_run()
    with monkeypatch.context() as patch:
        After(patch, "metrics", 4, lambda: request(run, "cancel", 1))
        assert work(run, 1) == 3
    newest = checkpoint.committed(run.path)[0][1]
    state = json.loads((newest / "state.json").read_text())
    (newest / "state.json").write_text(json.dumps({**state, key: "other"}))
    record = json.loads((newest / "COMMITTED").read_text())
    record["files"]["state.json"] = checkpoint.jsonio.sha256_file(newest / "state.json")
    (newest / "COMMITTED").write_text(json.dumps(record))
    move_stale_requests(run.path, 2)
    assert work(run, 2) == 1
    assert run.events[-1]["code"] == "CKPT_MISMATCH"
    assert f"another {what} ({key})" in run.events[-1]["message"]
