"""Greedy texts of the student as it stands, between two steps of its training.

A batched decode with kept keys and values over the trainer's own weights. It draws nothing and keeps no gradient, so
the run goes on as if nothing had been asked. Prompts are padded at their left: the newest token of every row is in one
column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from .batch import UNSEEN
from .model import Student, _Attention, _project, _rotate, unseen_in

# Keys and values of one batch; rows are cut to it, and at least one is decoded at a time.
CACHE_BYTES = 256 * 1024 * 1024
# Prompt tokens that go through the student together: bounds what attention needs at a time.
PREFILL = 128


@dataclass
class Generated:
    """Ids after the prompt, the one that ended it included, and why they end."""

    ids: list[int] = field(default_factory=list)
    finish: str = "time"


@dataclass(frozen=True)
class Rules:
    """`ended` tells after each token why a row is complete, or None; `poll` may raise; `late` ends all that is left."""

    max_new: int
    ended: Callable[[Sequence[int]], str | None]
    poll: Callable[[], None]
    late: Callable[[], bool]


class _Cache:
    """Keys and values of every layer: [rows, kv heads, length, head dim]."""

    def __init__(self, student: Student, rows: int, length: int, device: torch.device) -> None:
        c = student.config
        shape = (rows, c.kv_heads, length, c.head_dim)
        self.keys = [
            torch.zeros(shape, dtype=student.compute, device=device) for _ in range(c.layers)
        ]
        self.values = [torch.zeros_like(keys) for keys in self.keys]

    def keep(self, rows: Tensor) -> None:
        self.keys = [keys[rows] for keys in self.keys]
        self.values = [values[rows] for values in self.values]


def rows_at_once(student: Student, length: int) -> int:
    """How many rows of so many tokens have their keys and values in CACHE_BYTES."""
    c = student.config
    per_token = 2 * c.layers * c.kv_heads * c.head_dim * student.compute.itemsize
    return max(1, CACHE_BYTES // (per_token * length))


@torch.no_grad()
def generate(student: Student, prompts: Sequence[Sequence[int]], rules: Rules) -> list[Generated]:
    """The greedy continuation of each prompt, in order; ties go to the lowest id."""
    results = [Generated() for _ in prompts]
    # Prompts of like length share a batch: less padding.
    order = sorted(range(len(prompts)), key=lambda at: len(prompts[at]))
    fits = [at for at in order if 0 < len(prompts[at]) < student.config.positions]
    for at in set(order) - set(fits):
        results[at].finish = "length"
    longest = max((len(prompts[at]) for at in fits), default=0)
    size = rows_at_once(student, longest + rules.max_new)
    for start in range(0, len(fits), size):
        batch = fits[start : start + size]
        _decode(student, [prompts[at] for at in batch], [results[at] for at in batch], rules)
    return results


def _decode(
    student: Student,
    prompts: Sequence[Sequence[int]],
    results: Sequence[Generated],
    rules: Rules,
) -> None:
    device = student.frequencies.device
    width = max(len(prompt) for prompt in prompts)
    budget = min(rules.max_new, student.config.positions - width)
    cache = _Cache(student, len(prompts), width + budget, device)
    ids = torch.zeros((len(prompts), width), dtype=torch.long)
    pads = torch.tensor([width - len(prompt) for prompt in prompts])
    for row, prompt in enumerate(prompts):
        ids[row, width - len(prompt) :] = torch.tensor(list(prompt))
    ids, pads = ids.to(device), pads.to(device)
    # Number of the result of each row; None once it is complete.
    numbers: list[int | None] = list(range(len(prompts)))
    at = 0
    for count in range(1, budget + 1):
        logits = student.frequencies
        for piece in ids.split(PREFILL, dim=1):
            rules.poll()
            if rules.late():
                return
            logits = _forward(student, piece, pads, cache, at)
            at += piece.shape[1]
        ids = logits.argmax(dim=-1, keepdim=True)
        for row, token in enumerate(ids.flatten().tolist()):
            number = numbers[row]
            if number is None:
                continue
            result = results[number]
            result.ids.append(token)
            finish = rules.ended(result.ids) or ("length" if count == budget else None)
            if finish is not None:
                result.finish, numbers[row] = finish, None
        left = [row for row, number in enumerate(numbers) if number is not None]
        if not left:
            return
        if len(left) <= len(numbers) // 2:
            kept = torch.tensor(left, device=device)
            cache.keep(kept)
            ids, pads = ids[kept], pads[kept]
            numbers = [numbers[row] for row in left]


def _forward(student: Student, ids: Tensor, pads: Tensor, cache: _Cache, at: int) -> Tensor:
    """Logits after the last of `ids` [rows, length], which stand behind `at` cached positions: [rows, vocab]."""
    length = ids.shape[1]
    places = torch.arange(at, at + length, device=ids.device)
    positions = (places.unsqueeze(0) - pads.unsqueeze(1)).clamp(min=0)
    angles = positions.unsqueeze(2).float() * student.frequencies
    cos, sin = angles.cos().to(student.compute), angles.sin().to(student.compute)
    keys = torch.arange(at + length, device=ids.device)
    seen = (keys <= places.unsqueeze(1)).unsqueeze(0) & (keys >= pads.view(-1, 1, 1))
    mask = unseen_in(torch.where(seen, 0.0, UNSEEN), student.compute).unsqueeze(1)
    x = student.embedded(ids)
    layers: Any = student.model.layers
    for index, layer in enumerate(layers):
        normed = layer.input_layernorm(x).to(student.compute)
        x = x + _attend(layer.self_attn, normed, cos, sin, mask, cache, index, at)
        x = x + layer.mlp(layer.post_attention_layernorm(x).to(student.compute))
    return student.logits(student.model.norm(x[:, -1]))


def _attend(
    attention: _Attention,
    x: Tensor,
    cos: Tensor,
    sin: Tensor,
    mask: Tensor,
    cache: _Cache,
    layer: int,
    at: int,
) -> Tensor:
    rows, length, _ = x.shape
    heads, kv_heads = attention.heads, attention.kv_heads
    parts = _project(x, attention.q_proj, attention.k_proj, attention.v_proj)
    queries, keys, values = parts.view(rows, length, -1, attention.head_dim).split(
        (heads, kv_heads, kv_heads), dim=2
    )
    cos, sin = cos.unsqueeze(2), sin.unsqueeze(2)
    queries = _rotate(attention._normed(queries, attention.q_norm), cos, sin).transpose(1, 2)
    keys = _rotate(attention._normed(keys, attention.k_norm), cos, sin).transpose(1, 2)
    end = at + length
    cache.keys[layer][:, :, at:end] = keys
    cache.values[layer][:, :, at:end] = values.transpose(1, 2)
    # Queries that share their keys stand one behind the other: no key is copied.
    share = heads // kv_heads
    seen = functional.scaled_dot_product_attention(
        queries.reshape(rows, kv_heads, share * length, attention.head_dim),
        cache.keys[layer][:, :, :end],
        cache.values[layer][:, :, :end],
        attn_mask=mask.repeat(1, 1, share, 1),
    )
    seen = seen.reshape(rows, heads, length, attention.head_dim)
    return _project(seen.transpose(1, 2).flatten(2), attention.o_proj)
