"""One training run, from run.json to a student folder.

    python -m tailor_bridge train --run DIR [--resume auto|PATH] [--dry-run] [--events stdout]

`main` is what a person or the host starts: the supervisor (supervisor.py), which starts this file's `work` as a worker
process. `work` is the run itself: read, load, probe, step, save, export. It writes events.jsonl and nothing on stdout.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import jsonio, system
from .config import RunConfig, load_config
from .control import Control
from .errors import (
    EXIT_CANCELLED,
    EXIT_DONE,
    EXIT_OOM,
    EXIT_OTHER,
    Cancelled,
    TrainerError,
    is_out_of_memory,
)
from .events import EventLog, Heartbeat, SilentLog, private_stdout
from .group import Group, lost_process, rank_of_environment
from .watch import Clock, Counters, Watch, summary

if TYPE_CHECKING:
    from .device import Device


def main(argv: Sequence[str]) -> int:
    """Chooses between the supervisor, its worker and the dry run."""
    parser = argparse.ArgumentParser(prog="tailor_bridge train")
    parser.add_argument("--run", required=True, type=Path, help="the run folder, with run.json")
    parser.add_argument("--resume", default="auto", help="auto (default) or a checkpoint folder")
    parser.add_argument("--dry-run", action="store_true", help="check everything, train nothing")
    parser.add_argument("--events", choices=["file", "stdout"], default="file")
    parser.add_argument("--worker", type=int, metavar="ATTEMPT", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    run_folder = Path(os.path.abspath(args.run))
    if args.dry_run:
        from .dry_run import dry_run

        return dry_run(run_folder)
    if args.worker is None:
        from .supervisor import supervise

        return supervise(run_folder, resume=args.resume, echo=args.events == "stdout")
    return work(run_folder, args.worker, args.resume, echo=args.events == "stdout")


def work(
    run_folder: Path,
    attempt: int,
    resume: str = "auto",
    *,
    echo: bool = False,
    supervised: bool = True,
) -> int:
    """Runs one attempt to its terminal record; returns the exit code. In a group, rank 0 alone writes."""
    system_ready = time.monotonic()
    config = load_config(run_folder)
    rank = rank_of_environment()
    stdout = private_stdout() if echo else None
    events: EventLog = SilentLog(config.run_id, attempt)
    if rank == 0:
        events = EventLog(run_folder / "events.jsonl", config.run_id, attempt, echo=stdout)
    control = Control(run_folder, attempt, events, leads=rank == 0)
    clock = Clock(began=system_ready)
    run = Run(run_folder, config, events, control, clock)
    if supervised:
        control.listen(supervised=True)
        if config.launch.world > 1:
            control.watch_group(lambda: _fail(events, lost_process(config.launch.world)))
        system.lower_priority()

    def beat() -> dict[str, Any]:
        return {
            "step": clock.step,
            "stepAgeMs": round((time.monotonic() - clock.began) * 1e3, 1),
            "rssMB": system.rss_mb(),
            "gpuMB": None if run.device is None else run.device.memory_mb(),
        }

    with Heartbeat(events, beat):
        try:
            code = _guarded(run, resume)
        finally:
            events.close()
    return code


def _guarded(run: Run, resume: str) -> int:
    """Turns every end of a run into its terminal record and exit code."""
    events = run.events
    try:
        run.go(resume)
        return EXIT_DONE
    except Cancelled as stop:
        try:
            path = run.keep_work(stop)
        except Cancelled as at_once:
            path = run.keep_work(at_once)
        except TrainerError as error:
            return _fail(events, error)
        if not run.group.first:
            return EXIT_DONE
        events.emit("cancelled", checkpoint=path)
        return EXIT_CANCELLED
    except TrainerError as error:
        return _fail(events, error)
    except ImportError as error:
        name = error.name or str(error)
        return _fail(
            events,
            TrainerError(
                "DEPS_MISSING",
                f"The Python environment lacks the package {name}, or it does not load: {error}.",
                f"Run: {sys.executable} -m pip install -r requirements.txt (in python-bridge).",
            ),
        )
    except BaseException as error:
        if is_out_of_memory(error):
            code, message = "OOM", f"Memory ran out: {str(error).splitlines()[0][:300]}"
            hint = "Set training.mode lora, or lower optim.tokenBudget or maxLen."
        elif isinstance(error, OSError) and error.errno == 28:
            code, message = "DISK_FULL", "The disk is full."
            hint = "Free some space and run again: it resumes from the last committed checkpoint."
        else:
            code, message = "INTERNAL", f"{type(error).__name__}: {error}"
            hint = (
                "Please report this with train.log; running again resumes from the last checkpoint."
            )
        traceback.print_exc()
        events.error(code, message, hint, traceback.format_exc(), retryable=code == "DISK_FULL")
        return EXIT_OOM if code == "OOM" else EXIT_OTHER


def _fail(events: EventLog, error: TrainerError) -> int:
    print(f"{error.code}: {error.message} {error.hint}", file=sys.stderr)
    cause = None if error.__cause__ is None else "".join(traceback.format_exception(error))
    events.error(error.code, error.message, error.hint, cause, error.retryable)
    return error.exit_code


class Run:
    """The phases of one attempt, top to bottom."""

    def __init__(
        self, run_folder: Path, config: RunConfig, events: EventLog, control: Control, clock: Clock
    ) -> None:
        self.folder = run_folder
        self.config = config
        self.events = events
        self.control = control
        self.clock = clock
        self.counters = Counters()
        self.device: Device | None = None
        self.group = Group(rank=rank_of_environment())
        # Commits a checkpoint of the given kind; set once there is a model.
        self._save_now: Any = None
        self._saves_together = False  # all processes of the group at once

    def go(self, resume: str) -> None:
        """Everything between `hello` and `done`."""
        events, config, poll = self.events, self.config, self.control.poll
        for warning in config.warnings:
            events.warning("config", warning)

        # 1. Imports: seconds, so they come after the supervisor's hello and are a phase of their own.
        events.phase("importing")
        import torch
        from safetensors.torch import load_file

        from . import checkpoint
        from .batch import rows_of_step
        from .device import choose_device
        from .export import export_student
        from .head import common_head, head_length
        from .lora import trained
        from .placement import place
        from .prepare import prepare_run
        from .probes import Probes
        from .reference import Reader, reference_of, teller
        from .scale import LossScale
        from .step import StepState
        from .tokens import StudentTokens

        self.device = device = choose_device(config)
        self.group = group = Group.join(config.launch.world, device.kind, config.mode)
        events.emit(
            "ready",
            device=device.describe(),
            worldSize=group.size,
            backend=group.backend,
            workerPid=os.getpid(),
            precision=device.precision,
            reasons={**device.reasons, **group.engine.reasons},
        )
        poll()

        # 2. Data, plan, model.
        events.phase("loading")
        data, plan, prompts, texts = prepare_run(
            self.folder, config, events if group.first else None, write=group.first
        )
        plan_text = "".join(line + "\n" for line in plan.lines(data.questions))
        if group.first:
            jsonio.write_atomic(self.folder / "plan.jsonl", plan_text)
        poll()
        placed = place(config, group, device)
        objective = placed.objective
        student = objective.student.train()
        longest = max(len(q.prompt_ids) + len(t.ids) for q in data.questions for t in q.positives)
        if longest > student.config.positions:
            raise TrainerError(
                "BAD_CONFIG",
                f"run.json: maxLen allows {longest} tokens, the student has {student.config.positions} positions.",
                "Lower maxLen.",
            )
        optimizer = placed.optimizer(objective, config.optim)
        identity = checkpoint.Identity(
            config.hash,
            data.sha256,
            config.model.digest,
            hashlib.sha256(plan_text.encode()).hexdigest(),
        )
        head: tuple[int, ...] = ()
        if not placed.shared:
            head = common_head([question.prompt_ids for question in data.questions])
        follow = poll if group.first else self.control.follow
        reference = None
        if config.pair.kind == "dpo":
            # Before any checkpoint is read: the student is the one that the run began with.
            asked = self.control.asked
            budget, told_of = config.optim.token_budget, teller(events.emit)
            reader = Reader(objective, group, device.kind, budget, head, asked, follow, told_of)
            reference = reference_of(
                self.folder, data.questions, plan, identity, reader, events.phase
            )
        reference_hash = None if reference is None else reference.sha256
        stated = None if reference is None else reference.values
        found = None
        if group.first:
            checkpoint.remove_leftovers(self.folder)
            found = checkpoint.choose(self.folder, resume, identity, events.warning)
        told = group.tell(None if found is None else str(found[0]))
        if told is not None:
            path = Path(told)
            saved = checkpoint.verify(path) if found is None else found[1]
            checkpoint.require_reference(path, saved, reference_hash)
            placed.restore(path, saved, student, optimizer)
            self.counters = Counters(**saved["counters"])
            events.log(f"Resumed after step {self.counters.step} from {path.name}.")
            events.emit(
                "progress",
                step=self.counters.step,
                steps=len(plan.steps),
                epoch=plan.epoch_of(self.counters.step),
                etaMs=None,
            )
        counters = self.counters
        self.clock.step = counters.step
        poll()

        def commit(kind: str) -> str:
            """Writes a checkpoint of the last finished step and records it."""
            counters.max_rows, counters.skipped = state.max_rows, state.skipped
            counters.scale, counters.calm = state.scale.value, state.scale.calm
            self.control.busy = True
            self.events.phase("saving")
            path = placed.save(
                self.folder,
                counters.step,
                student,
                optimizer,
                checkpoint.with_reference({"counters": vars(counters)}, reference_hash),
                identity,
                keep=config.save.keep,
            )
            name = path.relative_to(self.folder).as_posix()
            self.events.emit("checkpoint", path=name, step=counters.step, kind=kind)
            self.control.busy = False
            return name

        self._save_now, self._saves_together = commit, placed.together
        scale = LossScale.of(device.precision)
        if counters.scale is not None:
            scale = LossScale(counters.scale, counters.calm)
        if head:
            events.log(f"All prompts begin with the same {head_length(head)} tokens: once a step.")
        state = StepState(counters.max_rows, list(counters.skipped), scale)
        stepper = placed.stepper(
            objective,
            optimizer,
            config.optim,
            state,
            device=device.kind,
            seed=config.seed,
            group=group,
            poll=follow,
            asked=self.control.asked,
            on_oom=lambda old, new: events.emit("oom", microBatch=old, newMicroBatch=new),
            warn=events.warning,
            head=head,
        )

        probes = None
        if config.probes is not None and placed.shared:
            events.warning("probes", "The student is shared out: no probes are asked of it.")
        elif config.probes is not None and group.first:
            tokens = StudentTokens(Path(config.model.path), config.chat)
            probes = Probes(config.probes, student, tokens, events, poll)

        def ask_probes() -> None:
            """After an epoch, once: a run that was stopped meanwhile asks when it goes on."""
            epoch, into = divmod(counters.step, plan.steps_per_epoch)
            if probes is None or into != 0 or epoch <= counters.probed:
                return
            probes.ask(epoch, counters.step)
            counters.probed = epoch
            if device.kind == "cuda":
                torch.cuda.empty_cache()
            self.clock.began = time.monotonic()
            events.phase("training")

        ask_probes()

        # 3. The heaviest step's gradients once, before any work could be lost to a lack of memory.
        if counters.step < len(plan.steps):
            events.phase("probing")
            heaviest = max(
                plan.steps,
                key=lambda step: max(row.length for row in rows_of_step(data.questions, step)),
            )
            stepper.gradients(rows_of_step(data.questions, heaviest, stated))
            optimizer.zero_grad(set_to_none=True)

            # 4. The steps.
            events.phase("training")
            watch = Watch(events, config, plan, counters, self.clock)
            while counters.step < len(plan.steps):
                if group.size == 1:
                    poll()
                began = time.monotonic()
                number = counters.step + 1
                rows = rows_of_step(data.questions, plan.steps[number - 1], stated)
                result = stepper.step(rows, number, len(plan.steps))
                counters.step = number
                counters.tokens += result.figures.tokens
                seconds = time.monotonic() - began
                counters.seconds += seconds
                rate = optimizer.param_groups[0]["lr"]
                watch.after(result, seconds, rate)
                ask_probes()
                kind = None
                if group.first and self.control.save_requested():
                    kind = "asked"
                elif group.first and number % config.save.every_steps == 0:
                    kind = "periodic" if number < len(plan.steps) else None
                if placed.together:
                    kind = group.tell(kind)
                if kind is not None:
                    commit(kind)
                    if kind == "asked" and group.first:
                        self.control.save_done()
                    events.phase("training")

        # 5. The last checkpoint, the student folder, and the word that all is done: one process is enough.
        if placed.together:
            commit("final")
            self._save_now = None
        group.leave()
        if not group.first:
            return
        if self.control.save_requested():
            self.control.save_done()
        if not placed.together:
            commit("final")
        poll()
        self.control.busy = True
        if placed.shared:
            last = checkpoint.folder_of(self.folder, counters.step)
            weights = load_file(last / checkpoint.FILES[0])
        else:
            weights = {name: tensor.detach().cpu() for name, tensor in trained(student).items()}
        if device.kind == "cuda":
            torch.cuda.empty_cache()
        artifacts = export_student(
            config,
            weights,
            counters.step,
            prompts,
            texts,
            phase=events.phase,
            poll=poll,
        )
        events.emit("done", artifacts=artifacts, summary=summary(counters))

    def keep_work(self, stop: Cancelled) -> str | None:
        """A checkpoint of the finished steps, unless the request says not to; the newest one's path."""
        from . import checkpoint

        save = None if stop.at_once else self._save_now
        wanted = save is not None and stop.mode == "checkpoint" and self.counters.step > 0
        if save is not None and self._saves_together:
            wanted = self.group.tell("save" if wanted else None) is not None
        elif not self.group.first:
            return None
        if save is not None and wanted:
            return save("cancel")
        found = checkpoint.committed(self.folder)
        return found[0][1].relative_to(self.folder).as_posix() if found else None
