"""The greedy exam that `practice` gives to what it has built; imported, not run.

The exam that counts is the engine's. This one only measures the base, so that its record says what it can do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import torch
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

from .stories import Story, prompt_of

PAD_ID, END_ID = 0, 1
MAX_NEW_TOKENS = 72


@torch.no_grad()
def answer_greedily(
    model: LlamaForCausalLM, tokenizer: Tokenizer, questions: Sequence[str], rows: int = 50
) -> list[str]:
    """The greedy completion of each question's prompt, in order."""
    model.eval()
    prompts = [tokenizer.encode(prompt_of(question)).ids for question in questions]
    order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
    texts = [""] * len(prompts)
    for start in range(0, len(order), rows):
        batch = order[start : start + rows]
        width = max(len(prompts[index]) for index in batch)
        ids = torch.tensor([[PAD_ID] * (width - len(prompts[i])) + prompts[i] for i in batch])
        output = model.generate(  # type: ignore[operator]
            ids,
            attention_mask=(ids != PAD_ID).long(),
            max_new_tokens=MAX_NEW_TOKENS,
            do_sample=False,
            eos_token_id=END_ID,
            pad_token_id=PAD_ID,
        )
        for index, row in zip(batch, output, strict=True):
            texts[index] = tokenizer.decode(row[width:].tolist(), skip_special_tokens=True)
    return texts


def is_right(story: Story, text: str) -> bool:
    """Whether the first answer line holds exactly the story's answer."""
    match = re.search(r"Answer: ?(\d+)\s*(?:\n|$)", text)
    return match is not None and int(match[1]) == story.answer


def sit_exam(
    model: LlamaForCausalLM, tokenizer: Tokenizer, stories: Sequence[Story]
) -> dict[str, tuple[int, int]]:
    """Right answers and questions of each family, greedy."""
    texts = answer_greedily(model, tokenizer, [story.question for story in stories])
    tally = dict[str, tuple[int, int]]()
    for story, text in zip(stories, texts, strict=True):
        right, count = tally.get(story.family, (0, 0))
        tally[story.family] = (right + is_right(story, text), count + 1)
    return tally
