"""The training step as published (Wang et al. 2023, github Raibows/Learn-to-Reason), restated on transformers' model.

For comparison in a test and in test/bench/training_step.py only. Per micro-batch five forwards and one backward: the
whole text with all logits and all hidden states; the prompt, without gradient, for its keys and values; anchor,
positive and negative behind those, each with all logits and hidden states again. Inputs are copied deeply before either
loss and garbage is collected after it.

What is mended, so that the loss is the one that the trainer computes: every pass gets an attention mask and positions
that leave padding out, the prompt's last token predicts with weight 1, and sums are divided by the counts of the global
batch. What stays as it was: no gradient of the pair loss reaches the prompt, so with pairs the gradient is another one.
"""

from __future__ import annotations

import copy
import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from tailor_bridge.batch import PackedRow

Ids = tuple[int, ...]


@dataclass(frozen=True)
class Sample:
    """One anchor with its pair; without one the pair passes run all the same, on dummies."""

    prompt: Ids
    anchor: Ids
    pair: tuple[Ids, Ids] | None


@dataclass
class Sums:
    """Loss of the global batch, and the seconds of CPU time that went into copies and collections."""

    lm: float = 0.0
    pair: float = 0.0
    housekeeping: float = 0.0


def samples_of(rows: Sequence[PackedRow]) -> list[Sample]:
    """The anchors of packed rows, each by itself."""
    samples = []
    for row in rows:
        for index in row.anchors:
            pair = next((p for p in row.pairs if p.anchor == index), None)
            others = pair and (row.texts[pair.positive].ids, row.texts[pair.negative].ids)
            samples.append(Sample(row.prompt, row.texts[index].ids, others))
    return samples


def five_forwards(
    model: Any,
    samples: Sequence[Sample],
    *,
    micro_batch: int,
    prompt_weight: float,
    ratio: float,
    margin: float,
    end: int,
) -> Sums:
    """Adds the gradients of a global batch to `model`; its counts are all predicted tokens, and all pairs."""
    predicted = sum(len(s.prompt) + len(s.anchor) - 1 for s in samples)
    pairs = max(1, sum(s.pair is not None for s in samples))
    sums = Sums()
    for at in range(0, len(samples), micro_batch):
        inputs = _collated(samples[at : at + micro_batch], end)
        lm = _lm_loss(model, _copied(inputs, sums), prompt_weight) / predicted
        _collected(sums)
        pair = ratio * _pair_loss(model, _copied(inputs, sums), margin) / pairs
        _collected(sums)
        (lm + pair).backward()
        sums.lm += float(lm.detach())
        sums.pair += float(pair.detach())
    return sums


def _copied(inputs: dict[str, Any], sums: Sums) -> dict[str, Any]:
    begin = time.process_time()
    copies = copy.deepcopy(inputs)
    sums.housekeeping += time.process_time() - begin
    return copies


def _collected(sums: Sums) -> None:
    begin = time.process_time()
    gc.collect()
    sums.housekeeping += time.process_time() - begin


def _collated(samples: Sequence[Sample], end: int) -> dict[str, Any]:
    """Every kind of text padded on the right; a text that is missing is one `end`."""

    def padded(texts: Sequence[Ids]) -> dict[str, Tensor]:
        length = max(map(len, texts))
        return {
            "input_ids": torch.tensor([[*t, *(end,) * (length - len(t))] for t in texts]),
            "attention_mask": torch.tensor([[1] * len(t) + [0] * (length - len(t)) for t in texts]),
        }

    others = [s.pair or ((end,), (end,)) for s in samples]
    return {
        "input": padded([s.prompt + s.anchor for s in samples]),
        "prefix": padded([s.prompt for s in samples]),
        "anchor": padded([s.anchor for s in samples]),
        "positive": padded([positive for positive, _ in others]),
        "negative": padded([negative for _, negative in others]),
        "mask": torch.tensor([float(s.pair is not None) for s in samples]),
    }


def _lm_loss(model: Any, inputs: dict[str, Any], prompt_weight: float) -> Tensor:
    """Σ w·c over the whole texts."""
    logits = model(**inputs["input"], output_hidden_states=True).logits[:, :-1].contiguous()
    labels = inputs["input"]["input_ids"][:, 1:].clone()
    weights = torch.ones_like(labels, dtype=logits.dtype)
    whole = inputs["input"]["attention_mask"].sum(1).tolist()
    prompts = inputs["prefix"]["attention_mask"].sum(1).tolist()
    for row, (length, prompt) in enumerate(zip(whole, prompts, strict=True)):
        labels[row, length - 1 :] = -100
        weights[row, : prompt - 1] = prompt_weight
    ce = functional.cross_entropy(
        logits.view(-1, logits.shape[2]), labels.view(-1), ignore_index=-100, reduction="none"
    )
    return (ce * weights.view(-1)).sum()


def _pair_loss(model: Any, inputs: dict[str, Any], margin: float) -> Tensor:
    """Σ max(0, margin + cos(a,n) − cos(a,p)) over the rows with a pair, of the last tokens' hidden states."""
    prefix = inputs["prefix"]
    with torch.no_grad():
        cache = model(**prefix, use_cache=True).past_key_values
    a, p, n = (_last(model, prefix, cache, inputs[k]) for k in ("anchor", "positive", "negative"))
    cos_pos = functional.cosine_similarity(a, p, dim=1)
    cos_neg = functional.cosine_similarity(a, n, dim=1)
    return ((margin + cos_neg - cos_pos).clamp_min(0.0) * inputs["mask"]).sum()


def _last(model: Any, prefix: dict[str, Tensor], cache: Any, text: dict[str, Tensor]) -> Tensor:
    """The last hidden states of texts behind their prompts: [rows, hidden]."""
    from transformers import DynamicCache

    # transformers' cache grows in place; the published code's did not.
    own = DynamicCache()
    for index, layer in enumerate(cache.layers):
        own.update(layer.keys, layer.values, index)
    before = prefix["attention_mask"]
    out = model(
        input_ids=text["input_ids"],
        attention_mask=torch.cat((before, text["attention_mask"]), dim=1),
        position_ids=before.sum(1, keepdim=True) + torch.arange(text["input_ids"].shape[1]),
        past_key_values=own,
        output_hidden_states=True,
    )
    hidden = out.hidden_states[-1]
    return hidden[torch.arange(hidden.shape[0]), text["attention_mask"].sum(1) - 1]
