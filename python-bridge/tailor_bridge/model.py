"""A Llama, Mistral, Qwen2 or Qwen3 student for training: the weights of its Hugging Face folder, one lean forward.

Written out instead of imported for three reasons: the packed rows skip in the last layer whatever the loss does not
read, projections with a common input are one matrix product, and transformers' import alone takes seconds. The export
checks it against transformers' own model every time (parity.py), the tests in loss and gradient.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from .batch import UNSEEN, Batch
from .lora import LowRank, adapted
from .quantise import Quantised
from .student_config import StudentConfig, rotary_frequencies

# Keys, turned, and values of a layer: [rows, length, kv heads, head_dim] each.
KeysValues = tuple[Tensor, Tensor]


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
        # Its weight is whole only while its layer is computed (sharding.py): no copy of it is kept.
        self.lent = False

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


def _joined(weights: Sequence[Tensor]) -> Tensor:
    return weights[0] if len(weights) == 1 else torch.cat(list(weights))


class _Lent(torch.autograd.Function):
    """Joined products whose weights are joined anew in the backward pass, when they are there again."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, *weights: Tensor) -> Tensor:
        ctx.save_for_backward(x, *weights)
        return functional.linear(x, _joined(weights).to(x.dtype))

    @staticmethod
    def backward(ctx: Any, *outer: Any) -> Any:
        (gradient,) = outer
        x, *weights = ctx.saved_tensors
        inner = gradient @ _joined(weights).to(gradient.dtype)
        whole = gradient.flatten(0, -2).T @ x.flatten(0, -2)
        parts = whole.split([weight.shape[0] for weight in weights])
        return inner, *(part.to(w.dtype) for part, w in zip(parts, weights, strict=True))


def _project(x: Tensor, *layers: Projection) -> Tensor:
    """Several projections of one input, in the precision of the input: [..., Σ out]."""
    bias = None
    if layers[0].bias is not None:
        bias = torch.cat([layer.bias for layer in layers]).to(x.dtype)
    if layers[0].lent:
        lent: Tensor = _Lent.apply(x, *(layer.weight for layer in layers))  # type: ignore[assignment]
        return lent if bias is None else lent + bias
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

    def forward(
        self, x: Tensor, sight: _Sight, rotary: _Rotary, head: KeysValues | None
    ) -> tuple[Tensor, KeysValues]:
        """x [rows, length, hidden] → the same, or only the positions that are read; and the keys and values of x."""
        rows, length, _ = x.shape
        mask, read = sight.mask, sight.read
        if read is not None:
            queries = _rotate(
                self._normed(
                    _project(_pick(x, read), self.q_proj).view(rows, -1, self.heads, self.head_dim),
                    self.q_norm,
                ),
                _pick(rotary.cos, read).unsqueeze(2),
                _pick(rotary.sin, read).unsqueeze(2),
            )
            both = _project(x, self.k_proj, self.v_proj)
            both = both.view(rows, length, 2 * self.kv_heads, self.head_dim)
            keys = _rotate(
                self._normed(both[:, :, : self.kv_heads], self.k_norm),
                rotary.cos.unsqueeze(2),
                rotary.sin.unsqueeze(2),
            )
            mask = mask.gather(1, read.unsqueeze(2).expand(-1, -1, mask.shape[2]))
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
        values = both[:, :, self.kv_heads :]
        own = keys, values
        if head is not None:
            before = [part.to(keys.dtype).expand(rows, -1, -1, -1) for part in head]
            keys, values = (torch.cat((a, b), dim=1) for a, b in zip(before, own, strict=True))
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
        return _project(seen.transpose(1, 2).flatten(2), self.o_proj), own


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

    def forward(
        self, x: Tensor, sight: _Sight, rotary: _Rotary, head: KeysValues | None
    ) -> tuple[Tensor, KeysValues]:
        # The residual stream stays in fp32; products run in the precision asked for.
        dtype = rotary.cos.dtype
        attended, own = self.self_attn(self.input_layernorm(x).to(dtype), sight, rotary, head)
        x = (x if sight.read is None else _pick(x, sight.read)) + attended
        return x + self.mlp(self.post_attention_layernorm(x).to(dtype)), own


@dataclass(frozen=True)
class _Sight:
    """mask [rows, length, head + length], 0 or UNSEEN; read [rows, k]: the positions that go on, None for all."""

    mask: Tensor
    read: Tensor | None


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

    def hidden(self, batch: Batch, head: Sequence[KeysValues] | None = None) -> Tensor:
        """Last hidden states, after the final norm, of the positions in `batch.read`: [rows, read, hidden], fp32.

        `head`: of every layer what `head_states` gave for the beginning of all rows, where `batch` leaves it out.
        """
        return self._through(batch.ids, batch.positions, batch.mask, batch.read, head)

    def head_states(self, ids: Tensor, *, whole: bool) -> tuple[Tensor, list[KeysValues]]:
        """ids [length] → last hidden states [length, hidden], and keys and values [1, length, …] of every layer.

        Without `whole` the hidden states are those of the last position alone, [1, hidden].
        """
        ids = ids.unsqueeze(0)
        length = ids.shape[1]
        at = torch.arange(length, device=ids.device).unsqueeze(0)
        mask = torch.full((1, length, length), UNSEEN, device=ids.device).triu(1)
        states: list[KeysValues] = []
        hidden = self._through(ids, at, mask, at if whole else at[:, -1:], None, states)
        return hidden[0], states

    def _through(
        self,
        ids: Tensor,
        positions: Tensor,
        mask: Tensor,
        read: Tensor,
        head: Sequence[KeysValues] | None,
        states: list[KeysValues] | None = None,
    ) -> Tensor:
        """All layers; only the last one leaves out what is not read. Their keys and values are added to `states`.

        Where nobody asks for those they must not be held: with gradient checkpointing they are made again.
        """
        angles = positions.unsqueeze(2).float() * self.frequencies
        rotary = _Rotary(angles.cos().to(self.compute), angles.sin().to(self.compute))
        x = self.embedded(ids)
        last = len(self.model.layers) - 1
        for index, layer in enumerate(self.model.layers):
            sight = _Sight(mask, read if index == last else None)
            before = None if head is None else head[index]
            if self.grad_checkpoint and torch.is_grad_enabled():
                x, own = checkpoint(layer, x, sight, rotary, before, use_reentrant=False)  # type: ignore[misc]
            else:
                x, own = layer(x, sight, rotary, before)
            if states is not None:
                states.append(own)
            del own
        return self.model.norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        """[..., hidden] → [..., vocab], fp32 out."""
        head = self.model.embed_tokens if self.config.tied else self.lm_head
        x = hidden.to(self.compute)
        exact = torch.promote_types(self.compute, torch.float32)
        return functional.linear(x, head.weight.to(self.compute)).to(exact)
