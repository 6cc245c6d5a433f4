"""Checks the arithmetic of this installation on a random two-layer student, in seconds.

    python -m tailor_bridge selftest

Loss values, packed rows against one text at a time, a gradient against finite differences, a checkpoint's way to the
disk and back. Prints one line per check; exit code 0 when all hold.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from . import checkpoint
from .batch import PackedRow, Pair, build_batch
from .config import LmConfig, OptimConfig, PairConfig
from .data import Text
from .losses import dpo_margin, masked_mean, preference_term, triplet_terms
from .model import Student
from .objective import Objective, counts_of
from .step import Stepper, StepState, make_optimizer
from .student_config import StudentConfig

CONFIG = StudentConfig(
    vocab=64,
    hidden=32,
    intermediate=48,
    layers=2,
    heads=4,
    kv_heads=2,
    head_dim=8,
    eps=1e-6,
    positions=128,
    tied=True,
    qkv_bias=False,
    out_bias=False,
    qk_norm=False,
    mlp_bias=False,
    rope={"rope_theta": 10_000.0},
)
OPTIM = OptimConfig(1e-3, "cosine", 0.0, 0.01, 1.0, 1, 4, 4096)


def _close(found: float, expected: float, tolerance: float = 1e-5) -> bool:
    return abs(found - expected) <= tolerance * max(1.0, abs(expected))


def random_rows(rng: random.Random, count: int, vocab: int) -> list[PackedRow]:
    """Rows with one or two anchors, every second one with pairs."""

    def text(name: str) -> Text:
        ids = tuple(rng.randrange(2, vocab) for _ in range(rng.randint(2, 9)))
        return Text(name, (*ids, 1), name, "teacher")

    rows = []
    for index in range(count):
        prompt = tuple(rng.randrange(2, vocab) for _ in range(rng.randint(3, 8)))
        texts = (text("a"), text("p"), text("n"))
        if index % 2:
            rows.append(PackedRow(prompt, texts, (0, 1), (Pair(0, 1, 2), Pair(1, 0, 2))))
        else:
            rows.append(PackedRow(prompt, texts[:1], (0,), ()))
    return rows


def check_losses() -> bool:
    """Three values computed by hand."""
    term, _, _ = triplet_terms(
        torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]),
        torch.tensor([[0.8, 0.6], [0.0, 1.0], [0.0, 1.0]]),
        torch.tensor([[0.6, 0.8], [0.0, -1.0], [1.0, 0.0]]),
        1.0,
    )
    chosen, rejected, ref_chosen, ref_rejected = torch.tensor([-10.0, -12.0, -9.0, -8.0])
    margin = dpo_margin(chosen, rejected, ref_chosen, ref_rejected, 0.1)
    return (
        _close(float(masked_mean(term, torch.tensor([1.0, 0.0, 1.0]))) * 0.5, 0.7)
        and _close(float(masked_mean(term, torch.zeros(3))), 0.0)
        and _close(float(preference_term(margin)), 0.554355)
    )


def check_packed() -> bool:
    """The loss of packed rows equals that of one text at a time."""
    torch.manual_seed(0)
    objective = Objective(
        Student(CONFIG),
        LmConfig(0.1, "completion", "uniform"),
        PairConfig("triplet", 0.5, 1.0, "last"),
    )
    rows = random_rows(random.Random(0), 5, CONFIG.vocab)
    counts = counts_of(rows, objective.lm)
    with torch.no_grad():
        packed = float(objective(build_batch(rows, prompt_weight=0.1), counts).loss)
        lm = pair = 0.0
        for row in rows:
            states = []
            for index, text in enumerate(row.texts):
                anchors = (0,) if index in row.anchors else ()
                alone = PackedRow(row.prompt, (text,), anchors, (Pair(0, 0, 0),))
                batch = build_batch([alone], prompt_weight=0.1 if anchors else 0.0)
                hidden = objective.student.hidden(batch).flatten(0, 1)
                states.append(hidden[batch.repr_at[-1]])
                if anchors:
                    lm += float(objective(batch, counts).lm_sum)
            for one in row.pairs:
                indices = (one.anchor, one.positive, one.negative)
                a, p, n = (states[k].unsqueeze(0) for k in indices)
                pair += float(triplet_terms(a, p, n, 1.0)[0])
    return _close(packed, lm / counts.lm + 0.5 * pair / counts.pairs)


def check_gradient() -> bool:
    """The gradient's slope along itself equals the loss's finite difference, in double precision."""
    torch.manual_seed(1)
    student = Student(CONFIG, compute=torch.float64).double()
    objective = Objective(
        student, LmConfig(0.0, "completion", "uniform"), PairConfig("triplet", 0.5, 0.5, "pool")
    )
    rows = random_rows(random.Random(1), 4, CONFIG.vocab)
    counts = counts_of(rows, objective.lm)
    batch = build_batch(rows, representation="pool")
    objective(batch, counts).loss.backward()
    gradients = [p.grad for p in student.parameters() if p.grad is not None]
    norm = torch.sqrt(sum(((g**2).sum() for g in gradients), torch.zeros((), dtype=torch.float64)))
    step = 1e-4 / norm
    losses = []
    with torch.no_grad():
        for sign in (1.0, -2.0):
            for p in student.parameters():
                if p.grad is not None:
                    p += sign * step * p.grad
            losses.append(float(objective(batch, counts).loss))
    slope = (losses[0] - losses[1]) / float(2 * step)
    return _close(slope, float(norm**2), 1e-4)


def check_checkpoint() -> bool:
    """A step after saving and loading gives the same bits as one without."""
    torch.manual_seed(2)
    rows = random_rows(random.Random(2), 4, CONFIG.vocab)
    identity = checkpoint.Identity("c", "d", "m", "p")

    def fresh() -> tuple[Student, Stepper]:
        student = Student(CONFIG)
        objective = Objective(
            student, LmConfig(0.0, "completion", "uniform"), PairConfig("triplet", 0.5, 1.0, "last")
        )
        return student, Stepper(objective, make_optimizer(objective, OPTIM), OPTIM, StepState())

    with tempfile.TemporaryDirectory() as folder:
        student, stepper = fresh()
        stepper.step(rows, 1, 3)
        path = checkpoint.save(Path(folder), 1, student, stepper.optimizer, {}, identity, keep=1)
        other, resumed = fresh()
        checkpoint.restore(path, checkpoint.verify(path), other, resumed.optimizer)
    for one in (stepper, resumed):
        one.step(rows, 2, 3)
    return all(
        torch.equal(a, b) for a, b in zip(student.parameters(), other.parameters(), strict=True)
    )


CHECKS: dict[str, Callable[[], bool]] = {
    "loss values": check_losses,
    "packed rows equal separate texts": check_packed,
    "gradient equals finite differences": check_gradient,
    "checkpoint resumes bit for bit": check_checkpoint,
}


def main(argv: Sequence[str]) -> int:
    """Runs all checks."""
    torch.set_num_threads(1)
    results = {name: check() for name, check in CHECKS.items()}
    for name, passed in results.items():
        print(f"{'ok  ' if passed else 'FAIL'} {name}")
    return 0 if all(results.values()) else 1
