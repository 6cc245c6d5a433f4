"""A few held-out questions, answered greedily after every epoch: a timeline for each, and the share that is right.

They say how the training goes and decide nothing. Each is graded by the rules of its kind. Answers end where the exam's
do (src/engine/stopRules.ts): at the end token, after a whole answer line, in a loop, or at the limit of tokens.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Sequence

from .config import ProbesConfig
from .errors import is_out_of_memory
from .events import EventLog, well_formed
from .generate import Generated, Rules, generate
from .grade_answer import grade_answer
from .model import Student
from .phrase import WHITE
from .tokens import StudentTokens

_INLINE = WHITE.replace("\n", "")
ANSWER_LINE = re.compile(rf"(?:^|\n)[ \t]*Answer:[{_INLINE}]*[^{WHITE}][^\n]*\n")
LOOP_LENGTH = 8
LOOP_TIMES = 4
MAX_TEXT = 4000
Z95 = 1.959963984540054


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share, as the host computes it (src/core/round/statistics.ts)."""
    if n == 0:
        return 0.0, 1.0
    share, z2 = right / n, Z95 * Z95
    centre = share + z2 / (2 * n)
    half = Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    scale = 1 + z2 / n
    low = 0.0 if right == 0 else max(0.0, (centre - half) / scale)
    high = 1.0 if right == n else min(1.0, (centre + half) / scale)
    return low, high


def is_loop(ids: Sequence[int]) -> bool:
    """Whether the newest 8 tokens have occurred 4 times, overlaps included."""
    tail = list(ids[-LOOP_LENGTH:])
    if len(tail) < LOOP_LENGTH:
        return False
    ends = [at for at, token in enumerate(ids) if token == tail[-1] and at >= LOOP_LENGTH - 1]
    times = sum(list(ids[at - LOOP_LENGTH + 1 : at + 1]) == tail for at in ends)
    return times >= LOOP_TIMES


class Probes:
    """Asks the probes of a run and records what came."""

    def __init__(
        self,
        config: ProbesConfig,
        student: Student,
        tokens: StudentTokens,
        events: EventLog,
        poll: Callable[[], None],
    ) -> None:
        self.config = config
        self.student = student
        self.tokens = tokens
        self.events = events
        self.poll = poll
        self._prompts = [
            tokens.prompt_ids(ids)
            for ids in tokens.encode_all([item.prompt for item in config.items])
        ]
        self._eos = frozenset(tokens.eos_ids)
        if config.left_out > 0:
            events.log(
                f"{config.left_out} dev questions are answered by a pattern, which only exams grade: "
                "they are not among the probes."
            )

    def ask(self, epoch: int, step: int) -> None:
        """Answers every probe once. Whatever goes wrong here costs the probes of this epoch, never the run."""
        if not self.config.items:
            return
        began = time.monotonic()
        rules = Rules(
            max_new=self.config.max_new_tokens,
            ended=self._ended,
            poll=self.poll,
            late=lambda: time.monotonic() - began > self.config.seconds,
        )
        self.events.phase("evaluating")
        try:
            results = generate(self.student, self._prompts, rules)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            self.events.warning("probes", f"Epoch {epoch}: memory did not suffice for the probes.")
            return
        late = sum(result.finish == "time" for result in results)
        if late > 0:
            self.events.warning(
                "probes",
                f"Epoch {epoch}: {late} of {len(results)} probes were cut off after "
                f"{self.config.seconds:g} seconds.",
            )
        self._record(results, epoch, step, time.monotonic() - began)

    def _ended(self, ids: Sequence[int]) -> str | None:
        newest = ids[-1]
        if newest in self._eos:
            return "eos"
        line_ends = self.config.stop_at_answer_line and "\n" in self.tokens.text_of(newest)
        if line_ends and ANSWER_LINE.search(self.tokens.decode(ids)):
            return "stop"
        if len(ids) >= self.config.max_new_tokens:
            return "length"
        return "loop" if is_loop(ids) else None

    def _record(self, results: Sequence[Generated], epoch: int, step: int, seconds: float) -> None:
        correct = unextracted = 0
        for item, result in zip(self.config.items, results, strict=True):
            ids = result.ids[:-1] if result.finish == "eos" else result.ids
            text = well_formed(self.tokens.decode(ids))
            grade = grade_answer(text, item.gold, item.kind, item.choices)
            right = grade.verdict == "right"
            correct += right
            unextracted += grade.verdict == "no-answer"
            self.events.emit(
                "sample",
                epoch=epoch,
                step=step,
                questionId=item.id,
                text=text[:MAX_TEXT],
                answer=grade.value,
                correct=right,
                finish=result.finish,
            )
        self.events.emit(
            "eval",
            epoch=epoch,
            step=step,
            split="probe",
            n=len(results),
            correct=correct,
            unextracted=unextracted,
            ci=list(wilson(correct, len(results))),
            seconds=round(seconds, 3),
        )
