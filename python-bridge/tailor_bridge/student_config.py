"""The config.json of a student folder, as far as a forward pass needs it; what would be computed wrongly is refused."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .errors import TrainerError
from .tokens import read_json_object

# Values of model_type in config.json.
FAMILIES = ("llama", "mistral", "qwen2", "qwen3")


@dataclass(frozen=True)
class StudentConfig:
    """config.json as far as the forward needs it."""

    vocab: int
    hidden: int
    intermediate: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    eps: float
    positions: int
    tied: bool
    qkv_bias: bool
    out_bias: bool
    mlp_bias: bool
    qk_norm: bool  # queries and keys are normalised head by head before they are rotated (Qwen3)
    rope: dict[str, Any]

    @staticmethod
    def read(folder: Path) -> StudentConfig:
        """Parses config.json; refuses what this forward would compute wrongly."""
        if not (folder / "config.json").is_file():
            raise load_error("The student folder has no config.json", folder)
        raw = read_json_object(folder / "config.json")
        family = raw.get("model_type")
        if family not in FAMILIES:
            raise load_error(f"Students of type {family} cannot be trained", folder)
        if raw.get("quantization_config") is not None:
            raise load_error("The student's weights are quantised", folder)
        if raw.get("hidden_act", "silu") != "silu":
            raise load_error(f"The activation {raw['hidden_act']} is not built", folder)
        try:
            heads = int(raw["num_attention_heads"])
            # transformers 4 wrote rope_theta and rope_scaling, 5 writes rope_parameters.
            rope = dict(raw.get("rope_parameters") or raw.get("rope_scaling") or {})
            rope.setdefault("rope_theta", raw.get("rope_theta", 10_000.0))
            bias = bool(raw.get("attention_bias", False))
            # Qwen3's own default where the file leaves it out.
            whole = 128 if family == "qwen3" else int(raw["hidden_size"]) // heads
            config = StudentConfig(
                vocab=int(raw["vocab_size"]),
                hidden=int(raw["hidden_size"]),
                intermediate=int(raw["intermediate_size"]),
                layers=int(raw["num_hidden_layers"]),
                heads=heads,
                kv_heads=int(raw.get("num_key_value_heads") or heads),
                head_dim=int(raw.get("head_dim") or whole),
                eps=float(raw.get("rms_norm_eps", 1e-6)),
                positions=int(raw.get("max_position_embeddings", 2048)),
                tied=bool(raw.get("tie_word_embeddings", False)),
                # Qwen2 has these whatever its file says.
                qkv_bias=bias or family == "qwen2",
                out_bias=bias and family != "qwen2",
                mlp_bias=bool(raw.get("mlp_bias", False)),
                qk_norm=family == "qwen3",
                rope=rope,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise load_error(f"config.json has no usable {error}", folder) from error
        window = _window(raw, str(family))
        if window is not None and window < config.positions:
            raise load_error(f"The student attends through a window of {window} tokens", folder)
        rotary_frequencies(config)
        return config


def _window(raw: dict[str, Any], family: str) -> int | None:
    """The window of a student that attends through one; None for whole attention."""
    window = raw.get("sliding_window")
    if family == "mistral":
        return window
    layers = raw.get("layer_types") or []
    used = raw.get("use_sliding_window") is True or "sliding_attention" in layers
    return int(window or 0) if family != "llama" and used else None


def load_error(message: str, folder: Path) -> TrainerError:
    """MODEL_LOAD about a student folder."""
    return TrainerError(
        "MODEL_LOAD",
        f"{message}.",
        f"Tailor trains {', '.join(FAMILIES)} students in safetensors: check {folder}.",
    )


def rotary_frequencies(config: StudentConfig) -> Tensor:
    """Inverse wavelengths [head_dim / 2], with the scalings `linear` and `llama3` of transformers."""
    rope = config.rope
    kind = rope.get("rope_type") or rope.get("type") or "default"
    exponents = torch.arange(0, config.head_dim, 2, dtype=torch.int64).float() / config.head_dim
    frequencies = 1.0 / (float(rope["rope_theta"]) ** exponents)
    if kind == "default":
        return frequencies
    if kind == "linear":
        return frequencies / float(rope["factor"])
    if kind == "llama3":
        factor, low, high = (
            float(rope[k]) for k in ("factor", "low_freq_factor", "high_freq_factor")
        )
        original = float(rope["original_max_position_embeddings"])
        turns = original * frequencies / (2 * math.pi)
        # Short waves stay, long ones are stretched by `factor`, between them the two are blended.
        blend = ((turns - low) / (high - low)).clamp(0.0, 1.0)
        return (1 - blend) * frequencies / factor + blend * frequencies
    raise TrainerError(
        "MODEL_LOAD",
        f"The rotary embedding {kind} is not built.",
        "Choose a student with default, linear or llama3 rotary embeddings.",
    )
