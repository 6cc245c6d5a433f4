"""A tiny random student with a real tokenizer, and run folders around it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# Before torch is loaded: threads that wait without spinning keep a busy computer usable.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

FIXTURES = Path(__file__).resolve().parents[2] / "test" / "fixtures"
END = "<|end|>"


def golden(name: str) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file under test/fixtures."""
    data = (FIXTURES / name).read_bytes()
    return [json.loads(line) for line in data.split(b"\n") if line.strip()]


def write_tokenizer(folder: Path, *, bos: bool = False) -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=["<|pad|>", END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    corpus = ["Question: Ana has 3 pens. How many?\nReasoning: 3 + 4 = 7.\nAnswer: 7"] * 4
    tokenizer.train_from_iterator(corpus, trainer)
    if bos:
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<|pad|> $A", special_tokens=[("<|pad|>", 0)]
        )
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"eos_token": END, "pad_token": "<|pad|>", "model_max_length": 256})
    )


def llama_json(**changes: Any) -> dict[str, Any]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": 304,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "max_position_embeddings": 256,
        "rms_norm_eps": 1e-5,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
        "hidden_act": "silu",
        "tie_word_embeddings": True,
        "eos_token_id": 1,
        "bos_token_id": None,
        "pad_token_id": 0,
        "dtype": "float32",
        **changes,
    }


def write_student(folder: Path, seed: int = 0, *, bos: bool = False, **changes: Any) -> Path:
    """A random student whose weights have the usual size."""
    import torch
    from safetensors.torch import save_file

    from tailor_bridge.model import Student
    from tailor_bridge.student_config import StudentConfig

    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder, bos=bos)
    (folder / "config.json").write_text(json.dumps(llama_json(**changes)))
    torch.manual_seed(seed)
    student = Student(StudentConfig.read(folder))
    tensors = {}
    for name, parameter in student.named_parameters():
        scale = 0.1 if parameter.ndim > 1 or name.endswith("bias") else 1.0
        noise = torch.randn_like(parameter) * (0.1 if scale == 1.0 else scale)
        tensors[name] = (noise + (1.0 if scale == 1.0 else 0.0)).contiguous()
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def frozen_row(index: int, positives: int = 2, negatives: int = 1) -> dict[str, Any]:
    a, b = 2 + index, 3 + index * 2
    sources = ("teacher", "self", "feedback")
    styles = ("{a} + {b} = {c}.", "First, {a} + {b} = {c}.", "We add {a} and {b}: {c}.")
    return {
        "v": 1,
        "id": f"q-{index}",
        "prompt": f"Question: Ana has {a} pens and gets {b} more. How many?\nReasoning:",
        "gold": str(a + b),
        "positives": [
            {
                "id": f"p-{index}-{k}",
                "completion": f" {styles[k].format(a=a, b=b, c=a + b)}\nAnswer: {a + b}",
                "source": sources[k],
                "round": 0,
                "hinted": False,
                "programmatic": True,
            }
            for k in range(positives)
        ],
        "negatives": [
            {
                "id": f"n-{index}-{k}",
                "text": f" {a} - {b} = {k}.\nAnswer: {k}",
                "round": 0,
                "sample": k,
                "fingerprint": "f",
            }
            for k in range(negatives)
        ],
    }


def default_rows(count: int = 8) -> list[dict[str, Any]]:
    """Every third question without a negative, one with three positives."""
    return [
        frozen_row(i, positives=3 if i == 1 else 2, negatives=0 if i % 3 == 2 else 1 + i % 2)
        for i in range(count)
    ]


@dataclass
class RunFolder:
    path: Path
    config: dict[str, Any]

    @property
    def events(self) -> list[dict[str, Any]]:
        from tailor_bridge.events import read_records

        return list(read_records(self.path / "events.jsonl"))

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]

    def of_done(self) -> bool:
        """Whether the run has finished; a torn last line (the writer was killed) is no record."""
        from tailor_bridge.events import terminal_record

        last = terminal_record(self.path / "events.jsonl")
        return last is not None and last["type"] == "done"

    @property
    def student(self) -> Path:
        return Path(os.path.normpath(self.path / self.config["export"]["path"]))

    def save_config(self) -> None:
        (self.path / "run.json").write_text(json.dumps(self.config))


MakeRun = Callable[..., RunFolder]


@pytest.fixture(scope="session")
def student_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_student(tmp_path_factory.mktemp("base") / "student")


@pytest.fixture
def make_run(tmp_path: Path, student_folder: Path) -> MakeRun:
    """make_run(name="r", rows=None, **changes with dots as double underscores) → RunFolder."""

    def make(
        name: str = "run-a", rows: list[dict[str, Any]] | None = None, **changes: Any
    ) -> RunFolder:
        folder = tmp_path / name
        folder.mkdir()
        data = "".join(json.dumps(row) + "\n" for row in (rows or default_rows())).encode()
        (folder / "train.jsonl").write_bytes(data)
        config: dict[str, Any] = json.loads((FIXTURES / "run" / "run.valid.json").read_text())
        config["runId"] = name
        config["model"]["path"] = str(changes.pop("base", student_folder))
        config["data"] = {
            "path": str(folder / "train.jsonl"),
            "rows": data.count(b"\n"),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        config["optim"].update(epochs=2, globalBatch=4, lr=2e-3)
        config["save"] = {"everySteps": 3, "keep": 2}
        config["export"] = {
            "path": str(tmp_path / "models" / name),
            "studentId": name,
            "dtype": "float32",
        }
        config["threads"] = 1
        config["device"] = "cpu"
        for key, value in changes.items():
            section = config
            *path, last = key.split("__")
            for part in path:
                section = section[part]
            section[last] = value
        run = RunFolder(folder, config)
        run.save_config()
        return run

    return make


@pytest.fixture
def no_parity(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports without parity.json: for tests that need weights only, many times."""
    monkeypatch.setattr("tailor_bridge.parity.make_parity", lambda *args, **kwargs: {"v": 1})
