"""A Llama, Mistral, Qwen2 or Qwen3 student for training: the weights of its Hugging Face folder, one lean forward.

Written out instead of imported for three reasons: the packed rows skip in the last layer whatever the loss does not
read, projections with a common input are one matrix product, and transformers' import alone takes seconds. The export
checks it against transformers' own model every time (parity.py), the tests in loss and gradient.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from .batch import UNSEEN, Batch
from .errors import TrainerError
from .lora import LowRank, adapted
from .quantise import Quantised
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


class _Norm(nn.Module):
    def __init__(self, size: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, self.weight.shape, self.weight, self.eps)


class Projection(nn.Linear):
    """A linear layer that may have an adapter, and may hold its frozen weight quantised (`weight` is None then)."""

    def __init__(self, inputs: int, outputs: int, bias: bool) -> None:
        super().__init__(inputs, outputs, bias=bias)
        self.adapter: LowRank | None = None
        self.quantised: Quantised | None = None

    def frozen(self, dtype: torch.dtype) -> Tensor:
        """The frozen weight in the precision of the products."""
        return self.weight.to(dtype) if self.quantised is None else self.quantised.weight(dtype)


class _Frozen(torch.autograd.Function):
    """Products with frozen weights: nothing is kept for the backward pass, which makes the weights anew."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, layers: tuple[Projection, ...]) -> Tensor:
        ctx.layers = layers
        parts = [functional.linear(x, layer.frozen(x.dtype)) for layer in layers]
        return parts[0] if len(parts) == 1 else torch.cat(parts, dim=-1)

    @staticmethod
    def backward(ctx: Any, *outer: Any) -> Any:
        (gradient,) = outer
        sizes = [layer.out_features for layer in ctx.layers]
        parts = gradient.split(sizes, dim=-1)
        inner = parts[0] @ ctx.layers[0].frozen(gradient.dtype)
        for part, layer in zip(parts[1:], ctx.layers[1:], strict=True):
            inner = inner + part @ layer.frozen(gradient.dtype)
        return inner, None


def _project(x: Tensor, *layers: Projection) -> Tensor:
    """Several projections of one input, in the precision of the input: [..., Σ out]."""
    bias = None
    if layers[0].bias is not None:
        bias = torch.cat([layer.bias for layer in layers]).to(x.dtype)
    if layers[0].quantised is None and layers[0].weight.requires_grad:
        weight = layers[0].weight if len(layers) == 1 else torch.cat([n.weight for n in layers])
        return functional.linear(x, weight.to(x.dtype), bias)
    product: Tensor = _Frozen.apply(x, layers)  # type: ignore[assignment]
    low = adapted(x, layers)
    if low is not None:
        product = product + low
    return product if bias is None else product + bias


def unseen_in(mask: Tensor, dtype: torch.dtype) -> Tensor:
    """An additive mask in another precision; fp16 has no word for UNSEEN but its own lowest."""
    return mask.clamp_min(max(UNSEEN, torch.finfo(dtype).min)).to(dtype)


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary embedding in the layout of Hugging Face: first half with second half; x [rows, length, heads, dim]."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)


class _Attention(nn.Module):
    def __init__(self, c: StudentConfig) -> None:
        super().__init__()
        self.heads, self.kv_heads, self.head_dim = c.heads, c.kv_heads, c.head_dim
        self.q_proj = Projection(c.hidden, c.heads * c.head_dim, bias=c.qkv_bias)
        self.k_proj = Projection(c.hidden, c.kv_heads * c.head_dim, bias=c.qkv_bias)
        self.v_proj = Projection(c.hidden, c.kv_heads * c.head_dim, bias=c.qkv_bias)
        self.o_proj = Projection(c.heads * c.head_dim, c.hidden, bias=c.out_bias)
        self.q_norm = _Norm(c.head_dim, c.eps) if c.qk_norm else None
        self.k_norm = _Norm(c.head_dim, c.eps) if c.qk_norm else None

    @staticmethod
    def _normed(heads: Tensor, norm: _Norm | None) -> Tensor:
        """Queries or keys [rows, length, heads, dim] as they go into the rotation."""
        return heads if norm is None else norm(heads.to(norm.weight.dtype)).to(heads.dtype)

    def forward(self, x: Tensor, batch: Batch, rotary: _Rotary, trim: bool) -> Tensor:
        """x [rows, length, hidden] → the same, or with `trim` only the positions that the loss reads."""
        rows, length, _ = x.shape
        if trim:
            queries = _rotate(
                self._normed(
                    _project(_pick(x, batch.read), self.q_proj).view(
                        rows, -1, self.heads, self.head_dim
                    ),
                    self.q_norm,
                ),
                _pick(rotary.cos, batch.read).unsqueeze(2),
                _pick(rotary.sin, batch.read).unsqueeze(2),
            )
            both = _project(x, self.k_proj, self.v_proj)
            both = both.view(rows, length, 2 * self.kv_heads, self.head_dim)
            keys = _rotate(
                self._normed(both[:, :, : self.kv_heads], self.k_norm),
                rotary.cos.unsqueeze(2),
                rotary.sin.unsqueeze(2),
            )
            mask = batch.mask.gather(1, batch.read.unsqueeze(2).expand(-1, -1, length))
        else:
            turned = self.heads + self.kv_heads
            all_three = _project(x, self.q_proj, self.k_proj, self.v_proj)
            all_three = all_three.view(rows, length, turned + self.kv_heads, self.head_dim)
            both = all_three[:, :, self.heads :]
            turning = all_three[:, :, :turned]
            if self.q_norm is not None:
                q, k = turning.split((self.heads, self.kv_heads), dim=2)
                turning = torch.cat((self._normed(q, self.q_norm), self._normed(k, self.k_norm)), 2)
            queries, keys = _rotate(
                turning, rotary.cos.unsqueeze(2), rotary.sin.unsqueeze(2)
            ).split((self.heads, self.kv_heads), dim=2)
            mask = batch.mask
        values = both[:, :, self.kv_heads :]
        share = self.heads // self.kv_heads
        if share > 1:
            keys = keys.repeat_interleave(share, dim=2)
            values = values.repeat_interleave(share, dim=2)
        seen = functional.scaled_dot_product_attention(
            queries.transpose(1, 2),
            keys.transpose(1, 2),
            values.transpose(1, 2),
            attn_mask=unseen_in(mask.unsqueeze(1), queries.dtype),
        )
        return _project(seen.transpose(1, 2).flatten(2), self.o_proj)


class _Mlp(nn.Module):
    def __init__(self, c: StudentConfig) -> None:
        super().__init__()
        self.gate_proj = Projection(c.hidden, c.intermediate, bias=c.mlp_bias)
        self.up_proj = Projection(c.hidden, c.intermediate, bias=c.mlp_bias)
        self.down_proj = Projection(c.intermediate, c.hidden, bias=c.mlp_bias)

    def forward(self, x: Tensor) -> Tensor:
        gate, up = _project(x, self.gate_proj, self.up_proj).chunk(2, dim=-1)
        return _project(functional.silu(gate) * up, self.down_proj)


class _Layer(nn.Module):
    def __init__(self, c: StudentConfig) -> None:
        super().__init__()
        self.input_layernorm = _Norm(c.hidden, c.eps)
        self.self_attn = _Attention(c)
        self.post_attention_layernorm = _Norm(c.hidden, c.eps)
        self.mlp = _Mlp(c)

    def forward(self, x: Tensor, batch: Batch, rotary: _Rotary, trim: bool) -> Tensor:
        # The residual stream stays in fp32; products run in the precision asked for.
        attended = self.self_attn(self.input_layernorm(x).to(rotary.cos.dtype), batch, rotary, trim)
        x = (_pick(x, batch.read) if trim else x) + attended
        return x + self.mlp(self.post_attention_layernorm(x).to(rotary.cos.dtype))


@dataclass(frozen=True)
class _Rotary:
    """cos and sin [rows, length, head_dim / 2] in the precision of the products."""

    cos: Tensor
    sin: Tensor


def _pick(x: Tensor, index: Tensor) -> Tensor:
    """x [rows, length, n], index [rows, k] → [rows, k, n]."""
    return x.gather(1, index.unsqueeze(2).expand(-1, -1, x.shape[2]))


class _Body(nn.Module):
    def __init__(self, c: StudentConfig) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(c.vocab, c.hidden)
        self.layers = nn.ModuleList(_Layer(c) for _ in range(c.layers))
        self.norm = _Norm(c.hidden, c.eps)


class Student(nn.Module):
    """The whole model. Trained parameters are fp32 whatever `compute` is; names are those of the folder's tensors."""

    def __init__(
        self,
        config: StudentConfig,
        *,
        compute: torch.dtype = torch.float32,
        grad_checkpoint: bool = False,
    ) -> None:
        super().__init__()
        self.config = config
        self.compute = compute
        self.grad_checkpoint = grad_checkpoint
        self.model = _Body(config)
        if not config.tied:
            self.lm_head = nn.Linear(config.hidden, config.vocab, bias=False)
        self.register_buffer("frequencies", rotary_frequencies(config), persistent=False)
        self.frequencies: Tensor

    def projections(self) -> Iterator[tuple[str, Projection]]:
        """The linear layers of all blocks, by name."""
        for name, module in self.named_modules():
            if isinstance(module, Projection):
                yield name, module

    def embedded(self, ids: Tensor) -> Tensor:
        """The residual stream's beginning, fp32 at least."""
        x = self.model.embed_tokens(ids)
        return x.to(torch.promote_types(x.dtype, torch.float32))

    def hidden(self, batch: Batch) -> Tensor:
        """Last hidden states, after the final norm, of the positions in `batch.read`: [rows, read, hidden], fp32."""
        angles = batch.positions.unsqueeze(2).float() * self.frequencies
        rotary = _Rotary(angles.cos().to(self.compute), angles.sin().to(self.compute))
        x = self.embedded(batch.ids)
        last = len(self.model.layers) - 1
        for index, layer in enumerate(self.model.layers):
            if self.grad_checkpoint and torch.is_grad_enabled():
                x = checkpoint(layer, x, batch, rotary, index == last, use_reentrant=False)
            else:
                x = layer(x, batch, rotary, index == last)
        return self.model.norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        """[..., hidden] → [..., vocab], fp32 out."""
        head = self.model.embed_tokens if self.config.tied else self.lm_head
        x = hidden.to(self.compute)
        exact = torch.promote_types(self.compute, torch.float32)
        return functional.linear(x, head.weight.to(self.compute)).to(exact)
