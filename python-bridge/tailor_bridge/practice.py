"""Build the practice student: a 1.7 M parameter Llama trained from scratch on generated stories.

    python -m tailor_bridge practice --out DIR [--seed 0] [--steps 2500]

It learns small-number arithmetic and the `known` story families of media/practice/templates.json. The practice
project asks for all families, so its mistakes are real. Everything follows from the seed; on the same machine and
thread count the same weights come out.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM

from .parity import make_parity
from .practice_exam import END_ID, PAD_ID, sit_exam
from .stories import (
    Story,
    Templates,
    completion_of,
    draw_set,
    draw_story,
    draw_sum,
    drill,
    load_templates,
    prompt_of,
)
from .tokens import StudentTokens
from .wording import own_rationale, pick

PAD, END = "<|pad|>", "<|end|>"
CURVE_STEPS = 20
LABEL = "Practice student, 1.7 M parameters, trained on generated stories."

# Words of tutors that the base never writes: they only earn their place in the vocabulary here, so that rationales of
# other teachers stay short in tokens.
_TUTOR_SENTENCES = (
    "Start with the numbers that matter: 12 and 5. The 3 does not matter here.",
    "First, add the parts together. Next, take away what is gone. After that, multiply. Finally, divide.",
    "To find the total we add. To find what is left we subtract. So the result is 17.",
    "That gives 4 groups of 6, so we multiply. This leaves 8. Now share it equally.",
    "Check: 17 - 5 = 12, which is right. Because each one is the same, we use the first and the second number.",
)


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the weights, apart from library versions, CPU and thread count."""

    seed: int = 0
    steps: int = 2500
    rows: int = 32
    learning_rate: float = 2e-3
    warmup: int = 50
    weight_decay: float = 0.01
    clip: float = 1.0
    drills_per_row: int = 5
    drill_share: float = 0.3
    sum_share: float = 0.2
    reading_share: float = 0.15
    vocabulary: int = 768
    hidden: int = 192
    intermediate: int = 512
    layers: int = 4
    heads: int = 6
    kv_heads: int = 2
    head_dim: int = 32
    positions: int = 512


def build_tokenizer(recipe: Recipe, templates: Templates) -> Tokenizer:
    """Byte-level BPE with single digits; any text can be encoded."""
    rng = random.Random(recipe.seed + 1)
    corpus = list[str]()
    for index in range(4000):
        side = ("train", "dev")[index % 2]
        family = templates.families[rng.randrange(len(templates.families))]
        story = draw_story(rng, family, templates.names[side], templates.things[side])
        corpus.append(prompt_of(story.question) + completion_of(own_rationale(rng, story)))
    corpus += [drill(rng) for _ in range(1000)]
    corpus += list(_TUTOR_SENTENCES) * 200
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(  # type: ignore[assignment]
        [
            pre_tokenizers.Split(Regex(r"\p{N}"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()  # type: ignore[assignment]
    tokenizer.train_from_iterator(
        corpus,
        trainers.BpeTrainer(
            vocab_size=recipe.vocabulary,
            special_tokens=[PAD, END],
            initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
            show_progress=False,
        ),
    )
    return tokenizer


def build_model(recipe: Recipe, vocabulary: int) -> LlamaForCausalLM:
    """A fresh model with the recipe's shape and seed; `vocabulary` is the tokenizer's."""
    torch.manual_seed(recipe.seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=recipe.hidden,
            intermediate_size=recipe.intermediate,
            num_hidden_layers=recipe.layers,
            num_attention_heads=recipe.heads,
            num_key_value_heads=recipe.kv_heads,
            head_dim=recipe.head_dim,
            max_position_embeddings=recipe.positions,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=END_ID,
            pad_token_id=PAD_ID,
        )
    )


def base_row(rng: random.Random, recipe: Recipe, templates: Templates) -> tuple[str, str]:
    """One (prompt, completion) of the base's schooling.

    Drills and sums teach it arithmetic and steps, reading lets it meet the words of every family without an answer,
    and stories with solutions come from the known families only. A story pairs one side's names with the other
    side's things. The project's questions never do, so the base knows every word and has seen none of the questions.
    """
    draw, families = rng.random(), templates.families
    if draw < recipe.drill_share:
        return "\n", " ".join(drill(rng) for _ in range(recipe.drills_per_row))
    draw -= recipe.drill_share
    if draw < recipe.sum_share:
        story = draw_sum(rng, pick(rng, families))
        return prompt_of(story.question), completion_of(own_rationale(rng, story))
    read = draw - recipe.sum_share < recipe.reading_share
    family = pick(rng, families if read else [one for one in families if one.known])
    side, other = ("train", "dev") if rng.randrange(2) else ("dev", "train")
    story = draw_story(rng, family, templates.names[side], templates.things[other])
    if read:
        return "\n", prompt_of(story.question)
    return prompt_of(story.question), completion_of(own_rationale(rng, story))


def completion_loss(
    model: LlamaForCausalLM, tokenizer: Tokenizer, rows: Sequence[tuple[str, str]]
) -> torch.Tensor:
    """Mean cross entropy over the completion tokens of the batch, the end token included."""
    pairs = [(tokenizer.encode(p).ids, [*tokenizer.encode(c).ids, END_ID]) for p, c in rows]
    width = max(len(prompt) + len(completion) for prompt, completion in pairs)
    ids = torch.full((len(pairs), width), PAD_ID)
    taught = torch.zeros(len(pairs), width, dtype=torch.bool)
    for index, (prompt, completion) in enumerate(pairs):
        end = len(prompt) + len(completion)
        ids[index, :end] = torch.tensor(prompt + completion)
        taught[index, len(prompt) : end] = True
    # Padding stands on the right and attention is causal: no real token sees it, so no mask is needed.
    hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state
    mask = taught[:, 1:]
    return functional.cross_entropy(model.lm_head(hidden[:, :-1][mask]), ids[:, 1:][mask])


def train_base(
    recipe: Recipe,
    templates: Templates,
    tokenizer: Tokenizer,
    stop_after: int | None = None,
    on_step: Callable[[int, float, LlamaForCausalLM], None] = lambda step, loss, model: None,
) -> tuple[LlamaForCausalLM, list[float]]:
    """Train from scratch; returns the model and the loss of every step. `stop_after` keeps the full schedule."""
    model = build_model(recipe, tokenizer.get_vocab_size())
    model.train()
    rng = random.Random(recipe.seed + 2)
    optimizer = torch.optim.AdamW(
        model.parameters(),
        lr=recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        betas=(0.9, 0.95),
    )
    losses = list[float]()
    for step in range(1, (stop_after or recipe.steps) + 1):
        share = min(1.0, step / recipe.warmup) * max(0.05, 1 - step / recipe.steps)
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * share
        rows = [base_row(rng, recipe, templates) for _ in range(recipe.rows)]
        loss = completion_loss(model, tokenizer, rows)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
        optimizer.step()
        losses.append(loss.item())
        on_step(step, losses[-1], model)
    return model, losses


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def save_student(
    out: Path, model: LlamaForCausalLM, tokenizer: Tokenizer
) -> tuple[LlamaForCausalLM, Tokenizer]:
    """Write the Hugging Face folder in bf16 and read it back in fp32: the rounded weights are what is examined."""
    out.mkdir(parents=True, exist_ok=True)
    model.bfloat16().save_pretrained(out)
    tokenizer.save(str(out / "tokenizer.json"))
    write_json(
        out / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "eos_token": END,
            "pad_token": PAD,
            "model_max_length": model.config.max_position_embeddings,
            "clean_up_tokenization_spaces": False,
        },
    )
    write_json(
        out / "generation_config.json",
        {"eos_token_id": [END_ID], "pad_token_id": PAD_ID, "do_sample": False},
    )
    (out / "model.safetensors").chmod(0o644)
    again = LlamaForCausalLM.from_pretrained(out, dtype=torch.float32)
    return again, Tokenizer.from_file(str(out / "tokenizer.json"))


def write_parity(folder: Path, stories: Sequence[Story]) -> None:
    """What transformers computes with the stored student, for the exam engine to repeat."""
    rng = random.Random(0)
    prompts = [prompt_of(story.question) for story in stories]
    texts = [completion_of(own_rationale(rng, story)) for story in stories]
    record = make_parity(folder, StudentTokens(folder), prompts, texts, "bfloat16")
    # One line: nobody reads it, and it stands in the repository.
    (folder / "parity.json").write_text(
        json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tailor_bridge practice", description=LABEL)
    parser.add_argument("--out", type=Path, required=True, help="folder of the new student")
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--steps", type=int, default=Recipe.steps)
    args = parser.parse_args(argv)
    if args.out.exists() and any(args.out.iterdir()):
        print(f"{args.out} is not empty: name a new folder.", file=sys.stderr)
        return 2
    recipe, templates = Recipe(seed=args.seed, steps=args.steps), load_templates()
    tokenizer = build_tokenizer(recipe, templates)
    began = time.monotonic()

    def tell(step: int, loss: float, _: LlamaForCausalLM) -> None:
        if step % 100 == 0:
            note = (
                f"step {step} of {recipe.steps}, loss {loss:.3f}, {time.monotonic() - began:.0f} s"
            )
            print(note, file=sys.stderr, flush=True)

    trained, losses = train_base(recipe, templates, tokenizer, on_step=tell)
    seconds = round(time.monotonic() - began)
    dev = draw_set(templates, recipe.seed + 3, "dev", 300)
    fp32 = sit_exam(trained, tokenizer, dev)
    student, tokenizer = save_student(args.out, trained, tokenizer)
    families = sit_exam(student, tokenizer, dev)
    right = sum(count for count, _ in families.values())
    weights = (args.out / "model.safetensors").read_bytes()
    write_parity(args.out, dev)
    write_json(
        args.out / "tailor.student.json",
        {
            "v": 1,
            "kind": "practice",
            "label": LABEL,
            "recipe": asdict(recipe),
            "parameters": sum(p.numel() for p in student.parameters()),
            "dtype": "bfloat16",
            "sha256": {"model.safetensors": hashlib.sha256(weights).hexdigest()},
            "trainingSeconds": seconds,
            "threads": torch.get_num_threads(),
            "versions": {
                "python": sys.version.split()[0],
                **{
                    p: importlib.metadata.version(p)
                    for p in ("torch", "transformers", "tokenizers")
                },
            },
            "firstLosses": [round(loss, 5) for loss in losses[:CURVE_STEPS]],
            "lastLoss": round(losses[-1], 5),
            "devExam": {
                "questions": len(dev),
                "right": right,
                "rightBeforeRounding": sum(count for count, _ in fp32.values()),
                "byFamily": {f: {"right": r, "of": n} for f, (r, n) in sorted(families.items())},
            },
        },
    )
    print(f"{args.out}: {right} of {len(dev)} dev questions right, trained in {seconds} s")
    return 0
