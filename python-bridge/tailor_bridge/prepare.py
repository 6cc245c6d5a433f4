"""Everything before the first tensor: data, plan, and the files that explain them. No torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import jsonio
from .config import RunConfig
from .data import TrainingData, prepare, read_frozen
from .events import EventLog
from .first_batch import first_batch
from .plan import Plan, make_plan
from .tokens import StudentTokens


def prepare_run(
    run_folder: Path, config: RunConfig, events: EventLog | None, *, write: bool = True
) -> tuple[TrainingData, Plan, list[str], list[str]]:
    """Reads and checks the data, plans every step, writes the files that explain them. No torch.

    Returns data and plan, and the prompts and completions as texts (for parity.json).
    """
    rows = read_frozen(config.data)
    tokens = StudentTokens(Path(config.model.path), config.chat)
    data = prepare(rows, tokens, config.max_len, config.data.sha256)
    plan = make_plan(
        data.questions,
        seed=config.seed,
        data_hash=data.sha256,
        epochs=config.optim.epochs,
        global_batch=config.optim.global_batch,
        pairs=config.pair.kind != "none",
    )
    if write:
        view = first_batch(
            data.questions,
            plan,
            tokens,
            config.lm.prompt_weight,
            preference=config.pair.preference,
        )
        jsonio.write_atomic(run_folder / "first-batch.json", jsonio.dumps(view) + "\n", sync=False)
    if events is not None:
        dropped = "".join(
            jsonio.dumps(
                {"id": d.id, "question": d.question, "reason": d.reason, "detail": d.detail}
            )
            + "\n"
            for d in data.dropped
        )
        jsonio.write_atomic(run_folder / "dropped.jsonl", dropped, sync=False)
        for warning in data.warnings[:20]:
            events.warning("data", warning)
        events.emit("accepted", **accepted(config, data, plan))
    prompts = [row.prompt for row in rows]
    return data, plan, prompts, [p.completion for row in rows for p in row.positives]


def accepted(config: RunConfig, data: TrainingData, plan: Plan) -> dict[str, Any]:
    """The fields of the `accepted` record; `rows` counts anchors."""
    return {
        "configHash": config.hash,
        "dataHash": data.sha256,
        "steps": len(plan.steps),
        "rows": data.anchors,
        "pairCoverage": data.coverage(config.pair),
        "dropped": [{"id": d.id, "reason": d.reason} for d in data.dropped[:200]],
        "droppedCount": len(data.dropped),
    }
