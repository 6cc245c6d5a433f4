"""One training step in four ways, over the same model, rows and loss: the child of the trainer's benchmark.

    python test/bench/training_step.py FOLDER [--layers 2] [--rounds 3] [--anchors 16]

The published step (python-bridge/tests/five_forwards.py) on transformers' Llama against the trainer's own: a packed row
for each anchor, rows as the plan deals them (two anchors of a question share one), and either with the common head once
a step. A step is the gradients of one global batch, on one thread; the optimizer's part is the same for all and left
out. Each way runs at the micro-batch that was fastest for it in one try of each, where memory is read; then all take
turns. FOLDER gets the student: random weights of SmolLM2-135M's width, of fewer layers, and of as much smaller a
vocabulary, so that the LM head keeps its share. Lengths are drawn as GSM8K's are (mean and deviation of their
logarithms over its training set, in pieces of words); ids are random: no speed depends on them. Prints one JSON object
a line; ends with 1 where losses differ.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "python-bridge"), str(ROOT / "python-bridge" / "tests")]

import torch
import transformers
from five_forwards import five_forwards, samples_of
from tailor_bridge.batch import PackedRow, Pair, rows_of_step
from tailor_bridge.config import LmConfig, OptimConfig, PairConfig
from tailor_bridge.data import Question, Text
from tailor_bridge.head import common_head
from tailor_bridge.objective import Objective
from tailor_bridge.plan import make_plan
from tailor_bridge.step import Stepper, StepState, make_optimizer
from tailor_bridge.weights import load_student
from torch import Tensor

# The published loss.
PROMPT_WEIGHT, RATIO, MARGIN = 0.1, 0.5, 1.0
LM, PAIR = (
    LmConfig(PROMPT_WEIGHT, "repo", "uniform"),
    PairConfig("triplet", RATIO, MARGIN, "last"),
)
SAME = 1e-5
END = 2
DEMOS = 440
SMOLLM2 = {"layers": 30, "vocab": 49152}
# Logarithms of GSM8K's lengths: mean and standard deviation.
QUESTION, RATIONALE = (4.173, 0.319), (4.357, 0.448)
PUBLISHED_ROWS = (1, 2, 4, 8)
# Rows of a micro-batch at most; the last one leaves the cut to the trainer, which is its default.
PACKED_ROWS = (1, 2, 4, 1 << 20)
# One whose few draws have about the means that are meant: 70 and 88.
SEED = 33


@dataclass
class Way:
    """One way of computing the step, and what it took. `run`: rows of a micro-batch → lm, pair, extra figures."""

    name: str
    run: Callable[[int], tuple[float, float, dict[str, float]]]
    model: Any
    sizes: Sequence[int]
    size: int = 0
    loss: tuple[float, float] = (0.0, 0.0)
    gradient: Tensor = field(default_factory=lambda: torch.zeros(0))


def make_folder(folder: Path, layers: int) -> int:
    """Writes the student; returns its vocabulary."""
    vocab = SMOLLM2["vocab"] * layers // SMOLLM2["layers"]
    torch.manual_seed(SEED)
    config = transformers.LlamaConfig(
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=layers,
        num_attention_heads=9,
        num_key_value_heads=3,
        head_dim=64,
        vocab_size=vocab,
        tie_word_embeddings=True,
        max_position_embeddings=2048,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    return vocab


def make_questions(count: int, vocab: int, demos: int) -> list[Question]:
    """Questions with two rationales and a wrong attempt each; the same ones whatever stands before them."""
    rng = random.Random(SEED)
    before = tuple(random.Random(SEED + 1).choices(range(3, vocab), k=demos))

    def ids(length: float) -> tuple[int, ...]:
        return tuple(rng.choices(range(3, vocab), k=max(8, round(length))))

    questions = []
    for index in range(count):
        prompt = before + ids(rng.lognormvariate(*QUESTION))
        length = rng.lognormvariate(*RATIONALE)
        texts = [
            Text(
                f"{index}-{name}",
                (*ids(length * rng.uniform(0.7, 1.3)), END),
                name,
                "teacher",
            )
            for name in ("a", "b", "wrong")
        ]
        questions.append(Question(str(index), prompt, tuple(texts[:2]), (texts[2],)))
    return questions


def apart(rows: Sequence[PackedRow]) -> list[PackedRow]:
    """A row of its own for every anchor and its pair."""
    out = []
    for row in rows:
        for pair in row.pairs:
            texts = tuple(
                row.texts[k] for k in (pair.anchor, pair.positive, pair.negative)
            )
            out.append(PackedRow(row.prompt, texts, (0,), (Pair(0, 1, 2),)))
    return out


def published(folder: Path, rows: Sequence[PackedRow]) -> Way:
    model: Any = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="sdpa"
    ).train()
    samples = samples_of(rows)
    # Drawn at random there: neighbours are not of one question, nor of like length.
    random.Random(SEED).shuffle(samples)

    def run(micro_batch: int) -> tuple[float, float, dict[str, float]]:
        model.zero_grad(set_to_none=True)
        sums = five_forwards(
            model,
            samples,
            micro_batch=micro_batch,
            prompt_weight=PROMPT_WEIGHT,
            ratio=RATIO,
            margin=MARGIN,
            end=END,
        )
        return sums.lm, sums.pair, {"housekeepingSeconds": sums.housekeeping}

    return Way("fiveForwards", run, model, PUBLISHED_ROWS)


def packed(
    name: str, folder: Path, rows: Sequence[PackedRow], head: Sequence[int] = ()
) -> Way:
    student = load_student(folder)
    objective = Objective(student, LM, PAIR)
    optim = OptimConfig(1e-5, "constant", 0.0, 0.01, 1.0, 1, 16, 4096)
    optimizer = make_optimizer(objective, optim)

    def run(max_rows: int) -> tuple[float, float, dict[str, float]]:
        stepper = Stepper(objective, optimizer, optim, StepState(max_rows), head=head)
        figures = stepper.gradients(rows)
        return figures.lm, RATIO * figures.pair, {"padded": figures.padded}

    return Way(name, run, student, PACKED_ROWS)


class Memory:
    """What a step adds to this process at its most, in MB; None where the system does not tell."""

    def __init__(self) -> None:
        gc.collect()
        self.before = 0
        try:
            # What earlier steps freed goes back to the system first, and its highest mark is forgotten.
            ctypes.CDLL(None).malloc_trim(0)
            Path("/proc/self/clear_refs").write_text("5")
            self.before = self._kilobytes("VmRSS")
        except (OSError, AttributeError, TypeError):
            pass

    def added(self) -> int | None:
        return (
            round((self._kilobytes("VmHWM") - self.before) / 1024)
            if self.before
            else None
        )

    @staticmethod
    def _kilobytes(name: str) -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(
            next(line for line in lines if line.startswith(f"{name}:")).split()[1]
        )


def measure(way: Way, size: int, *, memory: bool) -> dict[str, Any]:
    """One step: its seconds, or its memory, and what its loss and gradient were."""
    way.model.zero_grad(set_to_none=True)
    watched = Memory() if memory else None
    wall, cpu = time.perf_counter(), time.process_time()
    lm, pair, extra = way.run(size)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    way.loss = (lm, pair)
    named = sorted(way.model.named_parameters())
    found = {"cpu": cpu, "wall": wall, "addedMB": watched and watched.added(), **extra}
    way.gradient = torch.cat([p.grad.flatten() for _, p in named])
    way.model.zero_grad(set_to_none=True)
    return found


def say(what: str, **values: Any) -> None:
    print(json.dumps({"what": what, **values}), flush=True)


def compare(setting: str, ways: Sequence[Way], rounds: int) -> bool:
    """Tries sizes, then lets the ways take turns; says whether all have one loss."""
    same = True

    def step(way: Way, size: int, round_: int) -> float:
        nonlocal same
        found = measure(way, size, memory=round_ == 0)
        pairs = zip(way.loss, ways[0].loss, strict=True)
        equal = all(abs(own - other) <= SAME for own, other in pairs)
        same = same and equal
        lm, pair = way.loss
        say(
            "run",
            setting=setting,
            way=way.name,
            round=round_,
            rows=size,
            lm=lm,
            pair=pair,
            **found,
        )
        # Copies and collections cost the same whatever the size of the model: beside two layers they would be too much.
        return found["cpu"] - found.get("housekeepingSeconds", 0.0)

    for way in ways:
        tried = {size: step(way, size, 0) for size in way.sizes}
        way.size = min(way.sizes, key=lambda size: tried[size])
    for round_ in range(1, rounds + 1):
        for way in ways:
            step(way, way.size, round_)
    truth = ways[1].gradient
    for way in ways:
        off = float((way.gradient - truth).norm() / truth.norm())
        say("gradient", setting=setting, way=way.name, off=off)
    return same


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--anchors", type=int, default=16)
    parser.add_argument("--settings", default="demos,plain")
    args = parser.parse_args()
    torch.set_num_threads(1)
    vocab = make_folder(args.folder, args.layers)
    say(
        "about",
        python=sys.version.split()[0],
        torch=torch.__version__,
        transformers=transformers.__version__,
        layers=args.layers,
        vocab=vocab,
        anchors=args.anchors,
        parameters=sum(p.numel() for p in load_student(args.folder).parameters()),
    )
    same = True
    for setting in args.settings.split(","):
        questions = make_questions(
            args.anchors // 2, vocab, DEMOS if setting == "demos" else 0
        )
        plan = make_plan(
            questions,
            seed=1,
            data_hash="",
            epochs=1,
            global_batch=args.anchors,
            pairs=True,
        )
        rows = rows_of_step(questions, plan.steps[0])
        head = common_head([question.prompt_ids for question in questions])
        anchors = [text for question in questions for text in question.positives]
        say(
            "setting",
            setting=setting,
            promptTokens=round(
                sum(len(q.prompt_ids) for q in questions) / len(questions)
            ),
            textTokens=round(sum(len(text.ids) for text in anchors) / len(anchors)),
            headTokens=len(head),
        )
        ways = [
            published(args.folder, rows),
            packed("apart", args.folder, apart(rows)),
            packed("dealt", args.folder, rows),
        ]
        if head:
            ways.append(packed("apartHead", args.folder, apart(rows), head))
            ways.append(packed("dealtHead", args.folder, rows, head))
        same = compare(setting, ways, args.rounds) and same
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
