"""transformers' batched greedy generate on one CPU thread: the peer row of the exam benchmark.

Run: python test/bench/generate_peer.py STUDENT BATCH PROMPT_TOKENS NEW_TOKENS
Prints one JSON line: wall and CPU seconds of one generation (after a warm-up) and its tokens.
"""

from __future__ import annotations

import json
import os
import sys
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from transformers import AutoModelForCausalLM


def prompts(batch: int, length: int, vocab: int) -> list[list[int]]:
    """Token t of row b: the rule shared with exam.ts."""
    return [
        [(b * 7919 + t * 104729 + b * t * 31) % (vocab - 10) + 5 for t in range(length)]
        for b in range(batch)
    ]


def main() -> None:
    """Loads, warms up, generates once and prints."""
    student, batch, length, new = sys.argv[1], *map(int, sys.argv[2:5])
    torch.set_num_threads(1)
    model = AutoModelForCausalLM.from_pretrained(student, dtype=torch.float32).eval()
    ids = torch.tensor(prompts(batch, length, model.config.vocab_size))

    def run(tokens: int) -> list[list[int]]:
        with torch.inference_mode():
            out = model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                do_sample=False,
                min_new_tokens=tokens,
                max_new_tokens=tokens,
                eos_token_id=-1,
                pad_token_id=0,
            )
        return out[:, length:].tolist()

    run(2)
    wall, cpu = time.perf_counter(), time.process_time()
    tokens = run(new)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"wall": wall, "cpu": cpu, "tokens": tokens}))


if __name__ == "__main__":
    main()
