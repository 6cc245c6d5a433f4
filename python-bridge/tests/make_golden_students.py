"""Writes the engine's golden fixtures: tiny random students with PyTorch's own logits as the answers.

Run from the repository root:

    .venv/bin/python python-bridge/tests/make_golden_students.py test/fixtures/students

Golden logits come from a plain causal forward over each whole sequence alone: no cache, no padding, no batch.
Seeds are fixed, so a run with the same torch and transformers writes the same files.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GenerationConfig,
    LlamaConfig,
    MistralConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen3Config,
)

SHAPE: dict[str, Any] = {
    "vocab_size": 160,
    "hidden_size": 40,
    "intermediate_size": 72,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "max_position_embeddings": 512,
}
LLAMA3_ROPE: dict[str, Any] = {
    "rope_type": "llama3",
    "rope_theta": 10000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}
TEXT = "llama-text"
STUDENTS: dict[str, tuple[dict[str, Any], torch.dtype]] = {
    TEXT: ({"vocab_size": 384, "tie_word_embeddings": False}, torch.float32),
    "llama-tied-bias": (
        {"tie_word_embeddings": True, "attention_bias": True, "mlp_bias": True},
        torch.float32,
    ),
    "llama-rope3": ({"tie_word_embeddings": True, "rope_parameters": LLAMA3_ROPE}, torch.float32),
    "llama-bf16": ({"tie_word_embeddings": True}, torch.bfloat16),
    "llama-f16-mha": ({"tie_word_embeddings": True, "num_key_value_heads": 4}, torch.float16),
    "mistral": ({"tie_word_embeddings": False, "sliding_window": None}, torch.float32),
    "qwen2": ({"tie_word_embeddings": True}, torch.float32),
    "qwen3-shards": ({"tie_word_embeddings": False}, torch.bfloat16),
}
FAMILIES: dict[str, type] = {
    "llama": LlamaConfig,
    "mistral": MistralConfig,
    "qwen2": Qwen2Config,
    "qwen3": Qwen3Config,
}
# Written in several files, so that the index of shards is read as well.
SHARD = {"qwen3-shards": "50KB"}

HEAD = 11
PROMPTS = [5, 9, 1, 14]
STEPS = 6
STORIES = [
    "Question: Tom has 5 apples. He buys 12 more. How many apples does he have?",
    "Reasoning: Tom starts with 5 apples and buys 12, so 5 + 12 = 17 apples.\nAnswer: 17",
    "Question: A box holds 8 pens. How many pens are in 6 boxes?\nReasoning: 8 * 6 = 48.\nAnswer: 48",
]


def randomise(model: PreTrainedModel, generator: torch.Generator) -> None:
    """Lets every parameter matter: norms are not one, biases are not zero, logits are not flat."""
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "norm" in name:
            parameter.data = 1 + 0.3 * noise
        elif parameter.ndim == 1:
            parameter.data = 0.3 * noise
        else:
            parameter.data = noise * (2.0 / parameter.shape[-1]) ** 0.5


def make_tokenizer(folder: Path) -> None:
    """A byte-level BPE with single digits and a begin-of-sequence id of its own."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=384,
        special_tokens=["<|end|>", "<|begin|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(STORIES, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<|begin|> $A", special_tokens=[("<|begin|>", tokenizer.token_to_id("<|begin|>"))]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|begin|>", eos_token="<|end|>"
    )
    fast.save_pretrained(folder)


@torch.no_grad()
def golden(model: PreTrainedModel, generator: torch.Generator, folder: Path) -> None:
    """Logits of prompt and forced tail, for four prompts, without and then with the head before them."""
    vocab = model.config.vocab_size

    def draw(n: int) -> list[int]:
        return torch.randint(0, vocab, (n,), generator=generator).tolist()

    head, prompts, forced = draw(HEAD), [draw(n) for n in PROMPTS], [draw(STEPS) for _ in PROMPTS]
    rows: list[torch.Tensor] = []
    for with_head in (False, True):
        for prompt, tail in zip(prompts, forced, strict=True):
            ids = (head if with_head else []) + prompt + tail
            rows.append(model(torch.tensor([ids])).logits[0][-(len(prompt) + STEPS) :])
    (folder / "golden.json").write_text(
        json.dumps({"head": head, "prompts": prompts, "forced": forced}) + "\n"
    )
    torch.cat(rows).contiguous().numpy().astype("<f4").tofile(folder / "golden.f32")


def strings(seed: int) -> list[str]:
    """Texts on which tokenizers disagree: digits, spaces, Unicode, look-alikes of special tokens."""
    draw = random.Random(seed)
    fixed = ["", " ", "  x", "\n\n", "a\nb", "<|end|>", "<| end |>", "<|begin|>x", "\t7"]
    fixed += ["naïve café", "日本語", "👩‍🚀 1", "½ − 3"]
    numbers = [str(draw.randrange(10**k)) for k in range(1, 9) for _ in range(12)]
    mixed = [
        f"{draw.randrange(100)} + {draw.randrange(100)} = {draw.randrange(200)}." for _ in range(91)
    ]
    return [*fixed, *numbers, *mixed]


@torch.no_grad()
def parity(model: PreTrainedModel, folder: Path) -> None:
    """parity.json as the trainer leaves it beside a student."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    eos = tokenizer.eos_token_id
    # Texts are plain: special tokens written inside them are split into ordinary pieces.
    plain = Tokenizer.from_file(str(folder / "tokenizer.json"))
    plain.encode_special_tokens = True
    prompts: list[dict[str, Any]] = []
    for number in range(8):
        text = f"Question: Ann has {number + 3} cards and buys {7 * number + 2} more.\nReasoning:"
        ids = tokenizer(text)["input_ids"]
        logits = model(torch.tensor([ids])).logits[0]
        kept = []
        for position in (0, len(ids) // 2, len(ids) - 1):
            values, top = logits[position].topk(20)
            kept.append(
                {"position": position, "topIds": top.tolist(), "topValues": values.tolist()}
            )
        greedy: list[int] = []
        margins: list[float] = []
        while len(greedy) < 32 and (not greedy or greedy[-1] != eos):
            values, top = model(torch.tensor([ids + greedy])).logits[0, -1].topk(2)
            greedy.append(int(top[0]))
            margins.append(float(values[0] - values[1]))
        prompts.append(
            {
                "text": text,
                "ids": ids,
                "logits": kept,
                "greedyIds": greedy,
                "greedyMargins": margins,
            }
        )
    record = {
        "v": 1,
        "weightsSha256": hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest(),
        "dtype": "float32",
        "bos": True,
        "eosIds": [eos],
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
        "prompts": prompts,
        "strings": [
            {"text": text, "ids": plain.encode(text, add_special_tokens=False).ids}
            for text in strings(5)
        ],
    }
    (folder / "parity.json").write_text(json.dumps(record) + "\n", encoding="utf-8")


def main() -> None:
    """Writes all students below the folder given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    out: Path = parser.parse_args().out
    for name, (changes, dtype) in STUDENTS.items():
        folder = out / name
        generator = torch.Generator().manual_seed(7)
        family = FAMILIES[name.partition("-")[0]]
        config = family(**{**SHAPE, **changes}, bos_token_id=1, eos_token_id=0)
        model = AutoModelForCausalLM.from_config(config).eval()
        randomise(model, generator)
        if dtype != torch.float32:
            for parameter in model.parameters():
                parameter.data = parameter.data.to(dtype)
            model.config.dtype = dtype
        if name == TEXT:
            model.generation_config = GenerationConfig(bos_token_id=1, eos_token_id=[0])
        model.save_pretrained(folder, max_shard_size=SHARD.get(name, "1GB"))
        # Reloaded, not model.to(float32): a cast model would keep rounded rotary frequencies.
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
        golden(model, generator, folder)
        if name == TEXT:
            make_tokenizer(folder)
            parity(model, folder)
        print(name, sum(p.numel() for p in model.parameters()), "parameters")


if __name__ == "__main__":
    main()
