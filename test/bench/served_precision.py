"""How far other arithmetics move a student's greedy continuations and their log-probabilities from fp32.

    .venv/bin/python test/bench/served_precision.py --student DIR --data FILE --prompts N

FILE: questions as JSON lines. Prints one JSON object for each arithmetic: what the tolerances of a served student
(src/core/exam/servedParity.ts) stand on. `largestEight` is the largest mean over eight prompts, as many as a check has;
`margins` are differences of fp32's two largest logits before the steps where texts part.
"""

import argparse
import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM
from transformers.utils import logging

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python-bridge"))

from tailor_bridge.tokens import StudentTokens  # noqa: E402

GREEDY = 32
CHECKED = 8
BLOCK = 32
torch.set_num_threads(1)
logging.disable_progress_bar()


def load(folder, dtype):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, local_files_only=True).eval()


def in_blocks(model, bits):
    """Weights of linear layers in `bits` with a scale for each 32 of them, the head left alone; products in fp32."""
    top = 2 ** (bits - 1) - 1
    with torch.no_grad():
        for name, layer in model.named_modules():
            if isinstance(layer, torch.nn.Linear) and name != "lm_head":
                blocks = layer.weight.reshape(-1, BLOCK)
                scale = (blocks.abs().amax(1, keepdim=True) / top).half().float().clamp(min=1e-12)
                rounded = (blocks / scale).round().clamp(-top - 1, top).mul(scale)
                layer.weight.copy_(rounded.reshape(layer.weight.shape))
    return model


def greedy(model, ids, ends):
    found, margins, logprobs = [], [], []
    with torch.no_grad():
        out = model(input_ids=torch.tensor([ids]), use_cache=True)
        while True:
            row = out.logits[0, -1].float()
            best = row.topk(2)
            found.append(int(best.indices[0]))
            margins.append(float(best.values[0] - best.values[1]))
            logprobs.append(float(best.values[0] - row.logsumexp(0)))
            if len(found) == GREEDY or found[-1] in ends:
                return found, margins, logprobs
            out = model(
                input_ids=torch.tensor([[found[-1]]]),
                past_key_values=out.past_key_values,
                use_cache=True,
            )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--student", required=True)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--prompts", type=int, default=96)
    args = parser.parse_args()
    lines = args.data.read_text(encoding="utf-8").splitlines()[: args.prompts]
    tokens = StudentTokens(Path(args.student))
    prompts = [
        [*tokens.bos_ids, *tokens.encode(f"Question: {json.loads(line)['question']}\nReasoning:")]
        for line in lines
    ]
    model = load(args.student, torch.float32)
    record = [greedy(model, ids, tokens.eos_ids) for ids in prompts]
    arithmetics = {
        "bfloat16": lambda: load(args.student, torch.bfloat16),
        "float16": lambda: load(args.student, torch.float16),
        "8 bits in blocks": lambda: in_blocks(load(args.student, torch.float32), 8),
        "4 bits in blocks": lambda: in_blocks(load(args.student, torch.float32), 4),
    }
    for name, make in arithmetics.items():
        model = make()
        deltas, means, margins = [], [], []
        for at, (ids, (own, gaps, logprobs)) in enumerate(zip(prompts, record, strict=True)):
            theirs, _, other = greedy(model, ids, tokens.eos_ids)
            pairs = zip(own, theirs, strict=False)
            same = next((k for k, (a, b) in enumerate(pairs) if a != b), min(len(own), len(theirs)))
            if same < len(own):
                margins.append(gaps[same])
            if at % CHECKED == 0:
                means.append([])
            found = [abs(a - b) for a, b in zip(logprobs[:same], other[:same], strict=True)]
            deltas += found
            means[-1] += found
        largest = max(sum(one) / len(one) for one in means if one)
        said = {
            "student": Path(args.student).name,
            "arithmetic": name,
            "prompts": len(prompts),
            "tokens": len(deltas),
            "mean": sum(deltas) / len(deltas),
            "largestEight": largest,
            "max": max(deltas),
            "parted": len(margins),
            "largestMargin": max(margins, default=None),
        }
        print(json.dumps(said), flush=True)


main()
