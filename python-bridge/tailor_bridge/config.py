"""run.json as frozen dataclasses. The host writes the file once; its twin in TypeScript is src/core/training/run.ts.

Unknown keys are warnings here (an older trainer may meet a newer host), everything else that is off is BAD_CONFIG with
the path of the field. Paths that begin with ./ or ../ count from the run folder, so that a project can be moved.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from . import jsonio
from .errors import TrainerError
from .grade_answer import KINDS
from .section import Section, bad


@dataclass(frozen=True)
class ModelConfig:
    path: str
    digest: str


@dataclass(frozen=True)
class DataConfig:
    path: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class ChatConfig:
    """A chat template as what it puts around one message; rendered once by `chat`, plain data since."""

    template: str  # SHA-256 of the template's text
    bos: str  # what the prefix begins with, where servers add it by themselves
    prefix: str
    suffix: str
    end: str
    prefix_ids: tuple[int, ...]
    suffix_ids: tuple[int, ...]
    end_id: int


@dataclass(frozen=True)
class LmConfig:
    prompt_weight: float
    normalise: str  # completion | repo (the reference's divisor; for tests)
    token_weights: str


# What of the pair's settings each kind has, besides its kind and its ratio.
PAIR_SETTINGS: dict[str, tuple[str, ...]] = {
    "none": ("margin", "repr"),
    "triplet": ("margin", "repr"),
    "dpo": ("beta", "lengthNormalise"),
    "tpo": ("beta", "lengthNormalise"),
    "orpo": (),
}
# The kinds that are about log-probabilities: of two texts the chosen one is to be the likelier.
PREFERENCES = ("dpo", "tpo", "orpo")


@dataclass(frozen=True)
class PairConfig:
    """Settings that a kind does not have keep their defaults, and nobody reads them."""

    kind: str
    ratio: float
    margin: float = 1.0
    repr: str = "last"  # last | pool
    beta: float = 0.1
    length_normalise: bool = False

    @property
    def preference(self) -> bool:
        """Whether the kind is about log-probabilities instead of hidden states."""
        return self.kind in PREFERENCES

    @property
    def reads(self) -> str:
        """What is read of a text in a pair: last or pool, its hidden states; said, its log-probability."""
        return "said" if self.preference else self.repr


@dataclass(frozen=True)
class LoraConfig:
    r: int
    alpha: float
    dropout: float
    targets: tuple[str, ...]  # names of projections


@dataclass(frozen=True)
class LaunchConfig:
    processes: int  # of each machine
    accelerate: str | None  # a configuration file of accelerate
    machines: int = 1

    @property
    def world(self) -> int:
        """All processes of the run."""
        return self.processes * self.machines


@dataclass(frozen=True)
class OptimConfig:
    lr: float
    schedule: str
    warmup: float  # share of the steps
    weight_decay: float
    clip: float
    epochs: int
    global_batch: int  # anchors per optimizer step
    token_budget: int  # packed tokens, padding included, per micro-batch


@dataclass(frozen=True)
class SaveConfig:
    every_steps: int
    keep: int


@dataclass(frozen=True)
class ExportConfig:
    path: str
    written: str  # the same as run.json says it
    student_id: str
    dtype: str


@dataclass(frozen=True)
class Probe:
    id: str
    prompt: str
    gold: str
    kind: str = "number"  # one of grade_answer.KINDS
    choices: tuple[str, ...] = ()  # the texts behind (a), (b), … of kind choice


@dataclass(frozen=True)
class ProbesConfig:
    items: tuple[Probe, ...]
    max_new_tokens: int
    stop_at_answer_line: bool
    seconds: float  # an epoch's probes are cut off after so long
    left_out: int = 0  # dev questions that the host alone can grade


@dataclass(frozen=True)
class RunConfig:
    run_id: str
    model: ModelConfig
    init: str
    data: DataConfig
    prompt_form: str
    chat: ChatConfig | None  # None: plain prompts
    mode: str
    lora: LoraConfig | None  # None: mode full
    lm: LmConfig
    pair: PairConfig
    optim: OptimConfig
    precision: str
    grad_checkpoint: bool
    seed: int
    max_len: int
    save: SaveConfig
    export: ExportConfig
    threads: int | None
    device: str
    launch: LaunchConfig
    probes: ProbesConfig | None  # decide nothing of the student: no part of what names a run
    hash: str  # SHA-256 of the bytes of run.json: the `configHash` of the records
    warnings: tuple[str, ...]


# Of a block's linear layers, in the order of the forward.
LORA_TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
# Where run.json gives no rate.
DEFAULT_LR = {"full": 1e-5, "lora": 2e-4, "qlora": 2e-4}
_HEX64 = r"[0-9a-f]{64}"


def parse_config(data: bytes, folder: Path | None = None) -> RunConfig:
    """Parses the bytes of run.json, or raises BAD_CONFIG naming the field. folder: where it lies, an absolute path"""
    try:
        value = jsonio.loads(data)
    except (ValueError, RecursionError) as error:
        raise bad("the file", f"is not JSON ({error})") from error
    warnings: list[str] = []
    top = Section(value, "", warnings)
    version = top.integer("v", 0)
    if version != 1:
        raise TrainerError(
            "PROTOCOL",
            f"run.json has version {version}; this trainer understands version 1.",
            "Update the Python package tailor_bridge to the version of Tailor.",
        )
    model = top.section("model")
    if model.boolean("trustRemoteCode"):
        raise bad("model.trustRemoteCode", "must be false: code of models is never run")
    data_section = top.section("data")
    objective = top.section("objective")
    lm, pair = objective.section("lm", optional=True), objective.section("pair", optional=True)
    optim, save, export = top.section("optim"), top.section("save"), top.section("export")
    launch = top.section("launch", optional=True)
    mode = top.choice("mode", ("full", "lora", "qlora"))
    if mode == "full" and top.has("lora"):
        raise bad("lora", "has no place in mode full")
    config = RunConfig(
        run_id=top.text("runId", pattern=r"[a-z0-9-]{4,64}"),
        model=ModelConfig(path=model.text("path"), digest=model.text("digest", pattern=_HEX64)),
        init=top.choice("init", ("base", "last")),
        data=DataConfig(
            path=data_section.text("path"),
            rows=data_section.integer("rows", 1),
            sha256=data_section.text("sha256", pattern=_HEX64),
        ),
        prompt_form=top.text("promptForm"),
        chat=_chat(top.section("chat")) if top.has("chat") else None,
        mode=mode,
        lora=None if mode == "full" else _lora(top.section("lora", optional=True)),
        lm=LmConfig(
            prompt_weight=lm.number("promptWeight", 0, 1, default=0.0),
            normalise=lm.choice("normalise", ("completion", "repo"), default="completion"),
            token_weights=lm.choice("tokenWeights", ("uniform",), default="uniform"),
        ),
        pair=_pair(pair),
        optim=OptimConfig(
            lr=optim.number("lr", 0, 1, above=True, default=DEFAULT_LR[mode]),
            schedule=optim.choice("schedule", ("cosine", "linear", "constant"), default="cosine"),
            warmup=optim.number("warmup", 0, 1, default=0.03),
            weight_decay=optim.number("weightDecay", 0, 1, default=0.01),
            clip=optim.number("clip", 0, above=True, default=1.0),
            epochs=optim.integer("epochs", 1, 1000, default=3),
            global_batch=optim.integer("globalBatch", 1, 4096, default=16),
            token_budget=optim.integer("tokenBudget", 64, default=4096),
        ),
        precision=top.choice("precision", ("auto", "float32", "bfloat16", "float16")),
        grad_checkpoint=top.boolean("gradCheckpoint"),
        seed=top.integer("seed", 0),
        max_len=top.integer("maxLen", 8),
        save=SaveConfig(save.integer("everySteps", 1), save.integer("keep", 1)),
        export=ExportConfig(
            path=export.text("path"),
            written=export.text("path"),
            student_id=export.text("studentId"),
            dtype=export.choice("dtype", ("float32", "bfloat16", "base")),
        ),
        threads=top.integer_or_null("threads", 1),
        device=top.choice("device", ("auto", "cpu", "cuda")),
        launch=LaunchConfig(
            processes=launch.integer("processes", 1, 1024, default=1),
            accelerate=launch.filled("accelerate") if launch.has("accelerate") else None,
            machines=launch.integer("machines", 1, 64, default=1),
        ),
        probes=_probes(top.section("probes")) if top.has("probes") else None,
        hash=hashlib.sha256(data).hexdigest(),
        warnings=(),
    )
    for section in (top, model, data_section, objective, lm, pair, optim, save, export, launch):
        section.done()

    def at(field: str, path: str) -> str:
        return _absolute(field, path, folder)

    accelerate = config.launch.accelerate
    return replace(
        config,
        model=replace(config.model, path=at("model.path", config.model.path)),
        data=replace(config.data, path=at("data.path", config.data.path)),
        export=replace(config.export, path=at("export.path", config.export.path)),
        launch=replace(
            config.launch, accelerate=accelerate and at("launch.accelerate", accelerate)
        ),
        warnings=tuple(warnings),
    )


def _absolute(field: str, path: str, folder: Path | None) -> str:
    if Path(path).is_absolute():
        return path
    if not path.startswith(("./", "../")):
        raise bad(field, "must be an absolute path, or begin with ./ or ../")
    # Anywhere else, such a path would lead to a folder that nobody means.
    if folder is None or not _is_in_project(folder):
        raise bad(
            field, "is relative, as only a run folder of a project has it (rounds/N/runs/RUN)"
        )
    return os.path.normpath(os.path.join(folder, path))


def _is_in_project(folder: Path) -> bool:
    rounds, number, runs = (["", "", "", *folder.parts])[-4:-1]
    return rounds == "rounds" and number.isdigit() and runs == "runs"


def _pair(section: Section) -> PairConfig:
    kind = section.choice("kind", tuple(PAIR_SETTINGS), default="triplet")
    for name in sorted({name for names in PAIR_SETTINGS.values() for name in names}):
        if section.has(name) and name not in PAIR_SETTINGS[kind]:
            owner = "dpo and tpo" if name in PAIR_SETTINGS["dpo"] else "triplet"
            own = ("ratio", *(() if kind == "none" else PAIR_SETTINGS[kind]))
            raise bad(
                section.where(name),
                f"is a setting of {owner}; {kind} has {', '.join(own)}: delete it",
            )
    return PairConfig(
        kind=kind,
        ratio=section.number("ratio", 0, 10, default=0.1),
        margin=section.number("margin", 0, 2, default=1.0),
        repr=section.choice("repr", ("last", "pool"), default="last"),
        beta=section.number("beta", 0, 100, above=True, default=0.1),
        length_normalise=section.has("lengthNormalise") and section.boolean("lengthNormalise"),
    )


def _lora(section: Section) -> LoraConfig:
    lora = LoraConfig(
        r=section.integer("r", 1, 1024, default=16),
        alpha=section.number("alpha", 0, 4096, above=True, default=32),
        dropout=section.number("dropout", 0, 0.9, default=0.05),
        targets=section.choices("targets", LORA_TARGETS),
    )
    section.done()
    return lora


def _chat(section: Section) -> ChatConfig:
    chat = ChatConfig(
        template=section.text("template", pattern=_HEX64),
        bos=section.text("bos"),
        prefix=section.text("prefix"),
        suffix=section.text("suffix"),
        end=section.filled("end"),
        prefix_ids=section.ids("prefixIds", 4096),
        suffix_ids=section.ids("suffixIds", 4096),
        end_id=section.integer("endId", 0),
    )
    section.done()
    return chat


def _probes(section: Section) -> ProbesConfig:
    left_out = section.integer("leftOut", 1) if section.has("leftOut") else 0
    items = []
    for one in section.sections("items", 1 if left_out == 0 else 0, 64):
        kind = one.choice("kind", KINDS, default="number")
        if kind != "choice" and one.has("choices"):
            raise bad(one.where("choices"), f"have no place in a question of kind {kind}")
        choices = one.texts("choices", 2, 26) if kind == "choice" else ()
        probe = Probe(one.filled("id"), one.filled("prompt"), one.filled("gold"), kind, choices)
        items.append(probe)
        one.done()
    probes = ProbesConfig(
        items=tuple(items),
        max_new_tokens=section.integer("maxNewTokens", 1, 4096),
        stop_at_answer_line=section.boolean("stopAtAnswerLine"),
        seconds=section.number("seconds", 0, 3600, above=True),
        left_out=left_out,
    )
    section.done()
    return probes


def load_config(run_folder: Path) -> RunConfig:
    """Reads run.json of a run folder; all its paths are absolute then."""
    path = run_folder / "run.json"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TrainerError(
            "BAD_CONFIG",
            f"run.json cannot be read: {error.strerror}.",
            f"A run folder needs run.json: {path}",
        ) from error
    # Links are not followed: a path is what the host wrote it to be.
    return parse_config(data, Path(os.path.abspath(run_folder)))
