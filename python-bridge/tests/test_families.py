"""Every kind of student that is trained, against transformers' own forward."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import write_student
from safetensors.torch import load_file, save_file
from test_model import oracle_of

from tailor_bridge.parity import own_logits
from tailor_bridge.weights import load_student


@pytest.mark.parametrize(
    "changes",
    [
        {"tie_word_embeddings": False, "attention_bias": True, "mlp_bias": True},
        {"num_key_value_heads": 4, "head_dim": 16},
        {
            "rope_parameters": {
                "rope_type": "llama3",
                "rope_theta": 10000.0,
                "factor": 8.0,
                "low_freq_factor": 1.0,
                "high_freq_factor": 4.0,
                "original_max_position_embeddings": 64,
            }
        },
        {"rope_parameters": {"rope_type": "linear", "rope_theta": 500.0, "factor": 2.0}},
        {"model_type": "mistral", "sliding_window": None, "tie_word_embeddings": False},
        {"model_type": "qwen2", "use_sliding_window": False, "sliding_window": 128},
        {"model_type": "qwen3", "head_dim": 16, "tie_word_embeddings": False},
        {"model_type": "qwen3", "attention_bias": True},
    ],
    ids=[
        "untied with biases",
        "plain heads",
        "llama3 rope",
        "linear rope",
        "mistral",
        "qwen2",
        "qwen3",
        "qwen3 with biases",
    ],
)
def test_other_students_equal_transformers(tmp_path: Path, changes: dict[str, Any]) -> None:
    folder = write_student(tmp_path / "student", **changes)
    # Weights so large that attention looks at some tokens more than at others.
    weights = folder / "model.safetensors"
    larger = {name: 4 * x if x.ndim > 1 else x for name, x in load_file(weights).items()}
    save_file(larger, weights, metadata={"format": "pt"})
    own = load_student(folder)
    draw = random.Random(0)
    ids = [draw.randrange(300) for _ in range(120)]
    with torch.no_grad():
        theirs = oracle_of(folder)(input_ids=torch.tensor([ids])).logits[0]

        def gap() -> float:
            return float((own_logits(own, ids) - theirs).abs().max())

        same = gap()
        assert same < 1e-3
        # Every tensor counts, those of the heads' norms and biases too.
        for name, parameter in own.named_parameters():
            # A bias of all keys moves each query's scores alike, which softmax does not see (without rotation).
            if name.endswith("k_proj.bias"):
                continue
            kept = parameter.clone()
            parameter.mul_(-4)
            assert gap() > 20 * same, name
            parameter.copy_(kept)
