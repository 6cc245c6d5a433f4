"""Student folders that cannot be read, or must not be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import write_student
from safetensors.torch import load_file, save_file

from tailor_bridge.errors import TrainerError
from tailor_bridge.weights import EMBEDDING, load_student


def test_unusable_students_are_named(tmp_path: Path) -> None:
    def message(**changes: Any) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        write_student(folder)
        raw = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps({**raw, **changes}))
        with pytest.raises(TrainerError) as caught:
            load_student(folder)
        assert caught.value.code == "MODEL_LOAD"
        return caught.value.message

    assert "type gpt2" in message(model_type="gpt2")
    windowed = {"use_sliding_window": True, "sliding_window": 64}
    assert "window of 64" in message(model_type="qwen2", **windowed)
    assert "window of 64" in message(model_type="mistral", sliding_window=64)
    assert "quantised" in message(quantization_config={"bits": 4})
    assert "yarn" in message(rope_parameters={"rope_type": "yarn", "rope_theta": 1e4})
    assert "shape" in message(vocab_size=999)
    assert "lack lm_head.weight" in message(tie_word_embeddings=False)
    assert "unknown tensor model.layers.1" in message(num_hidden_layers=1)


def test_a_head_of_a_tied_student_is_its_embedding_or_refused(tmp_path: Path) -> None:
    folder = write_student(tmp_path / "s")
    path = folder / "model.safetensors"
    tensors = load_file(path)
    plain = load_student(folder).state_dict()
    save_file({**tensors, "lm_head.weight": tensors[EMBEDDING].clone()}, path)
    assert all(
        torch.equal(value, plain[name]) for name, value in load_student(folder).state_dict().items()
    )
    other = tensors[EMBEDDING].clone()
    other[-1, -1] += 1
    save_file({**tensors, "lm_head.weight": other}, path)
    with pytest.raises(TrainerError, match="another lm_head") as caught:
        load_student(folder)
    assert caught.value.code == "MODEL_LOAD"


def test_damaged_weights_are_named(tmp_path: Path) -> None:
    folder = write_student(tmp_path / "s")
    path = folder / "model.safetensors"
    data = path.read_bytes()
    for damaged in (data[:100], data[: len(data) // 2], b"\xff" * 8 + data[8:], b""):
        path.write_bytes(damaged)
        with pytest.raises(TrainerError) as caught:
            load_student(folder)
        assert caught.value.code == "MODEL_LOAD"


class Canary:
    """Touches a file when unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return open, (self.path, "w")


def test_threat_13_pickled_weights_are_refused(tmp_path: Path) -> None:
    """threat 13: malicious weights"""
    canary = tmp_path / "touched"
    folder = write_student(tmp_path / "s")
    (folder / "model.safetensors").unlink()
    for name in ("pytorch_model.bin", "model.pt"):
        torch.save({"w": Canary(str(canary))}, folder / name)
    with pytest.raises(TrainerError, match=r"no model\.safetensors"):
        load_student(folder)
    torch.save({"w": Canary(str(canary))}, folder / "model.safetensors")
    with pytest.raises(TrainerError) as caught:
        load_student(folder)
    assert caught.value.code == "MODEL_LOAD"
    assert not canary.exists()
