"""What a run will need, before it starts: memory for each mode and time, as ranges. No torch.

Memory = what is kept for each parameter + activations of the largest micro-batch + a fixed part of the libraries.
Time = floating-point operations (6 a parameter and token, 4 where the base is frozen) over a span of speeds.
Both are rough; the probe step of the run finds the first out, its own progress the second.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import jsonio, system
from .config import LORA_TARGETS, LoraConfig, RunConfig
from .data import Question, text_of
from .engine import asks_for_fsdp, zero_stage_of
from .errors import TrainerError
from .head import common_head, head_length
from .plan import Plan
from .tokens import read_json_object

MODES = ("full", "lora", "qlora")
MAX_HEADER = 100 << 20
# Bytes a parameter: fp32 weight, gradient and two moments.
TRAINED = 16
# NF4 with doubly quantised scales of 64 weights each.
NF4 = 0.5 + 0.127 / 8
# Weights as the products read them, and a step's temporary copies, are between none and a third of the whole.
SPARE = 1.33
LIBRARIES_MB = {"cpu": (250, 900), "cuda": (400, 1600)}
# Floating-point operations a second: of a core in fp32, of a GPU of the last years in bf16.
SPEED = {"cpu": (1.2e10, 7e10), "cuda": (1e13, 3e14)}
LOGITS = 1 << 26  # of one chunk, as the objective cuts them


@dataclass(frozen=True)
class Shape:
    """A student as far as memory goes."""

    parameters: int
    linear: int  # of them in the blocks' linear layers
    layers: int
    hidden: int
    intermediate: int
    q: int
    kv: int
    vocab: int
    sizes: dict[str, tuple[int, int]]  # in and out of each projection

    @staticmethod
    def read(folder: Path) -> Shape:
        raw = read_json_object(folder / "config.json")
        try:
            hidden, heads = int(raw["hidden_size"]), int(raw["num_attention_heads"])
            inner, layers = int(raw["intermediate_size"]), int(raw["num_hidden_layers"])
            size = int(raw.get("head_dim") or hidden // heads)
            q, kv = heads * size, int(raw.get("num_key_value_heads") or heads) * size
            vocab = int(raw["vocab_size"])
        except (KeyError, TypeError, ValueError) as error:
            raise TrainerError(
                "MODEL_LOAD", f"config.json has no usable {error}.", f"Check {folder}."
            ) from error
        outs = (q, kv, kv, hidden, inner, inner, hidden)
        ins = (hidden, hidden, hidden, q, hidden, hidden, inner)
        sizes: dict[str, tuple[int, int]] = {}
        for name, pair in zip(LORA_TARGETS, zip(ins, outs, strict=True), strict=True):
            sizes[name] = pair
        linear = layers * sum(a * b for a, b in sizes.values())
        return Shape(parameter_count(folder), linear, layers, hidden, inner, q, kv, vocab, sizes)

    def adapters(self, lora: LoraConfig) -> int:
        """Numbers in the adapters of a configuration."""
        return self.layers * sum(lora.r * sum(self.sizes[name]) for name in lora.targets)


@dataclass(frozen=True)
class Load:
    """The largest micro-batch: its tokens and the length of its longest row."""

    tokens: int
    longest: int


def state_bytes(
    shape: Shape, mode: str, lora: LoraConfig, compute: int, shards: int = 1, zero: int = 0
) -> float:
    """Weights, gradients and moments; `shards`: over how many processes those of mode full are shared out, by
    DeepSpeed in stage `zero` or all of them."""
    if mode == "full" and zero > 0:
        # Whole: weights, and in stage 1 gradients. In parts: weights once more, moments, gradients as AdamW takes them,
        # and in stage 2 as they are added up.
        whole, part = (8, 16) if zero == 1 else (4, 20)
        return shape.parameters * (whole + part / shards)
    if mode == "full" and shards > 1:
        # At hand whole, with their gradients: a layer and the next one, and the output matrix in fp32.
        whole = 2 * 2 * compute * shape.linear / shape.layers + 2 * 4 * shape.hidden * shape.vocab
        return shape.parameters * TRAINED / shards + whole
    if mode == "full":
        return shape.parameters * TRAINED
    kept = shape.parameters * compute
    if mode == "qlora":
        kept = shape.linear * NF4 + (shape.parameters - shape.linear) * compute
    return kept + shape.adapters(lora) * TRAINED


def activation_bytes(shape: Shape, load: Load, compute: int, *, checkpointed: bool) -> float:
    """What the forward keeps for the backward pass, and the logits of one chunk."""
    block = 8 * shape.hidden + compute * (
        3 * shape.hidden + 6 * shape.q + 5 * shape.kv + 4 * shape.intermediate
    )
    if checkpointed:
        blocks = load.tokens * (4 * shape.hidden * shape.layers + block)
    else:
        blocks = load.tokens * block * shape.layers
    mask = load.tokens * load.longest * (4 + compute)
    logits = 3 * 4 * min(load.tokens * shape.vocab, max(LOGITS, shape.vocab))
    return blocks + mask + logits


def memory_mb(
    shape: Shape,
    load: Load,
    mode: str,
    lora: LoraConfig,
    *,
    compute: int,
    checkpointed: bool,
    device: str,
    shards: int = 1,
    zero: int = 0,
) -> dict[str, int]:
    """The range in MB."""
    state = state_bytes(shape, mode, lora, compute, shards, zero)
    live = activation_bytes(shape, load, compute, checkpointed=checkpointed)
    low, high = LIBRARIES_MB[device]
    return {
        "low": round(state / 1e6 + 0.5 * live / 1e6 + low),
        "high": round(SPARE * (state + live) / 1e6 + high),
    }


def verdict(low: float, high: float, available: float | None) -> str:
    """Whether a range fits: yes, no, perhaps, or unknown."""
    if available is None:
        return "unknown"
    return "yes" if high <= available else "no" if low > available else "perhaps"


def device_of(config_device: str) -> tuple[str, float | None, str]:
    """cuda or cpu, the memory in MB that one process can have, and a name for people; asked without torch."""
    gpus = [] if config_device == "cpu" else system.gpus()
    if gpus:
        smallest = min(gpus, key=lambda gpu: gpu[1])
        return "cuda", smallest[1], smallest[0]
    return "cpu", system.memory_mb()[1], system.cpu_name()


def compute_bytes(precision: str, device: str) -> int:
    """Bytes of a number in the products."""
    if precision == "auto":
        return 2 if device == "cuda" else 4
    return 4 if precision == "float32" else 2


def modes_mb(
    shape: Shape,
    load: Load,
    lora: LoraConfig | None,
    *,
    precision: str,
    checkpointed: bool,
    device: str,
    processes: int = 1,
    shards: int = 1,
    zero: int = 0,
) -> dict[str, Any]:
    """Every mode's range and verdict on this computer."""
    kind, available, name = device_of(device)
    # Processes on a CPU share its memory; GPUs are one each.
    each = available if kind == "cuda" or available is None else available / processes
    settings = lora or LoraConfig(16, 32.0, 0.05, LORA_TARGETS)
    compute = compute_bytes(precision, kind)
    modes = {}
    for mode in MODES:
        span = memory_mb(
            shape,
            load,
            mode,
            settings,
            compute=compute,
            checkpointed=checkpointed,
            device=kind,
            shards=shards,
            zero=zero,
        )
        modes[mode] = {**span, "fits": verdict(span["low"], span["high"], each)}
    return {
        "device": {
            "kind": kind,
            "name": name,
            "availableMB": None if each is None else round(each),
        },
        "modes": modes,
    }


def row_lengths(questions: Sequence[Question], plan: Plan, head: int = 0) -> list[list[int]]:
    """The packed length of every row of every step, its head aside; each text of a question counts once in it."""
    steps = []
    for step in plan.steps:
        texts: dict[int, set[tuple[bool, int]]] = {}
        for a in step:
            own = texts.setdefault(a.question, set())
            own.add((True, a.anchor))
            if a.positive is not None and a.negative is not None:
                own |= {(True, a.positive), (False, a.negative)}
        lengths = []
        for index, own in texts.items():
            q = questions[index]
            both = [(q.positives if right else q.negatives)[at] for right, at in own]
            lengths.append(len(q.prompt_ids) - head + sum(len(text.ids) for text in both))
        steps.append(lengths)
    return steps


def estimate(config: RunConfig, questions: Sequence[Question], plan: Plan) -> dict[str, Any]:
    """`estimate` of the dry run."""
    shape = Shape.read(Path(config.model.path))
    before = _reference_tokens(questions, plan) if config.pair.kind == "dpo" else 0
    accelerate = config.launch.accelerate
    whole_student = not asks_for_fsdp(accelerate)
    zero = zero_stage_of(accelerate) if config.launch.world > 1 else 0
    shards = 1 if whole_student and zero == 0 else config.launch.world
    head = 0
    if whole_student:
        head = head_length(common_head([question.prompt_ids for question in questions]))
    steps = row_lengths(questions, plan, head)
    longest = head + max(max(lengths) for lengths in steps)
    whole = sum(head + sum(lengths) for lengths in steps)
    largest = min(config.optim.token_budget, max(sum(lengths) for lengths in steps))
    processes = config.launch.processes
    memory = modes_mb(
        shape,
        Load(max(longest, largest), longest),
        config.lora,
        precision=config.precision,
        checkpointed=config.grad_checkpoint,
        device=config.device,
        processes=processes,
        shards=shards,
        zero=zero,
    )
    return {
        "mode": config.mode,
        "tokens": whole,
        "longestRow": longest,
        "trainable": shape.parameters if config.lora is None else shape.adapters(config.lora),
        "processes": config.launch.world,
        **memory,
        "seconds": _seconds(shape, whole, before, config, memory["device"]["kind"]),
    }


def _reference_tokens(questions: Sequence[Question], plan: Plan) -> int:
    """What the starting student reads before the first step: each text in a pair once, and prompts as often at most."""
    return sum(
        len(questions[key[0]].prompt_ids) + len(text_of(questions, key).ids)
        for key in plan.paired_texts()
    )


def _seconds(
    shape: Shape, tokens: int, before: int, config: RunConfig, kind: str
) -> dict[str, int]:
    """`before`: tokens that are only read, before the first step."""
    work = tokens * shape.parameters * (6 if config.lora is None else 4)
    work *= 4 / 3 if config.grad_checkpoint else 1
    work += before * shape.parameters * 2
    slow, fast = SPEED[kind]
    threads = (config.threads or system.cores()[0]) * config.launch.machines
    units = config.launch.world if kind == "cuda" else threads
    return {"low": math.ceil(work / fast / units), "high": math.ceil(work / slow / units)}


def parameter_count(folder: Path) -> int:
    """Numbers in the safetensors files of a folder, from their headers."""
    total = 0
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise TrainerError(
            "MODEL_LOAD",
            "The student folder has no model.safetensors (other formats are refused).",
            f"Check {folder}.",
        )
    for file in files:
        with file.open("rb") as stream:
            size = struct.unpack("<Q", stream.read(8).ljust(8, b"\0"))[0]
            if size > min(MAX_HEADER, file.stat().st_size):
                raise TrainerError("MODEL_LOAD", f"{file.name} is damaged.", f"Check {file}.")
            header = jsonio.loads(stream.read(size))
        total += sum(math.prod(t["shape"]) for k, t in header.items() if k != "__metadata__")
    return total


def fit_of(text: str) -> dict[str, Any]:
    """What `probe --fit` answers: a student and settings as JSON, without data: rows as long as they may get."""
    asked = json.loads(text)
    shape = Shape.read(Path(asked["student"]))
    longest = int(asked["maxLen"])
    memory = modes_mb(
        shape,
        Load(max(longest, int(asked["tokenBudget"])), longest),
        None,
        precision=asked["precision"],
        checkpointed=bool(asked["gradCheckpoint"]),
        device="auto",
        processes=int(asked.get("processes", 1)),
    )
    return {"mode": asked["mode"], **memory}
