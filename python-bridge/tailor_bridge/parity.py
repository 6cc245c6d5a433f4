"""parity.json: what transformers computes with the exported folder, for the engine to repeat before an exam counts.

The folder is read back with transformers' own model in fp32, so that the record also checks the trainer's forward.
Its twin in TypeScript is src/core/exam/parity.ts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from . import VERSION, jsonio, system
from .batch import PackedRow, build_batch
from .errors import TrainerError
from .model import Student
from .tokens import StudentTokens
from .weights import load_student, weight_files

PROMPTS = 8
STRINGS = 200
GREEDY = 32
TOP = 20
# fp32 sums in another order differ by less than this on real students.
OWN_TOLERANCE = 2e-3

_SPARE_PROMPTS = (
    "Question: What is 2 + 3?\nReasoning:",
    "Question: Ana has 12 apples and eats 5. How many are left?\nReasoning:",
    "Question: There are 4 boxes of 6 pens. How many pens are there?\nReasoning:",
    "Question: Ben shares 18 nuts among 3 friends. How many does each get?\nReasoning:",
    "Question: A book costs 7 coins. How many coins do 5 books cost?\nReasoning:",
    "Question: 100 - 1?\nReasoning:",
    "Question: Which is larger, 9 or 11?\nReasoning:",
    "Question: 1,234 and 0.5 make how much?\nReasoning:",
)


@dataclass(frozen=True)
class ParityPrompt:
    text: str
    ids: list[int]


def parity_strings(tokens: StudentTokens, texts: Sequence[str]) -> list[str]:
    """About 200 distinct texts: digits first, white space, Unicode, look-alikes of special tokens, training texts."""
    digits = [str(n) for n in (*range(10), 10, 12, 99, 100, 123, 1234, 12345, 1000000, 98765432109)]
    digits += [
        "007",
        "3.14",
        "-5",
        "−5",
        "1,234",
        "1e3",
        "½",
        "٣",
        "１２",
        "2x3",
        "3 + 4 = 7",
        "$18.00",
    ]
    digits += [f"{n} + {n * 7 % 13} = {n + n * 7 % 13}" for n in range(2, 40, 3)]
    digits += [f"{a}{unit}" for a in (1, 20, 365) for unit in ("%", "km", "th", "º", "/2", ":30")]
    spaces = [" ", "  ", "   ", "\n", "\n\n", "\t", " \n ", "\r\n", "a b", " a", "a ", "  a  b  "]
    spaces += [
        "\u00a0",
        "\u2028",
        "\u3000x",
        "a\tb",
        "x\n\ny",
        "word " * 12,
        "end.\n",
        "\x00",
        "\x1b[0m",
    ]
    unicode = [
        "é",
        "e\u0301",
        "naïve café",
        "Straße",
        "日本語のテキスト",
        "안녕하세요",
        "مرحبا",
        "שלום",
    ]
    unicode += [
        "😀",
        "👩‍👩‍👧‍👦",
        "🇩🇪",
        "ß ẞ",
        "\u200bzero\u200bwidth",
        "\u202eright",
        "ﬁ ligature",
        "𝟙𝟚𝟛",
    ]
    unicode += [
        "I'm",
        "can’t",
        "“quoted”",
        "it's 5 o'clock",
        "a—b",
        "x²",
        "√2",
        "½ + ¼",
        "→",
        "\ufeffbom",
    ]
    special = [
        "<|im_start|>",
        "<|im_end|>",
        "<|endoftext|>",
        "<s>",
        "</s>",
        "<pad>",
        "<unk>",
        "[INST]",
    ]
    special += [
        "<|eot_id|>",
        "<|begin_of_text|>",
        "<|end|>",
        "<|pad|>",
        "<bos>",
        "<eos>",
        "<think>",
    ]
    special += tokens.special_texts()
    special += [f"Answer: 5{text} and more" for text in special[:12]]
    words = [
        "Question:",
        "Reasoning:",
        "Answer: 7",
        "Question: How many?\nReasoning: 1 + 1 = 2.\nAnswer: 2",
    ]
    words += [
        "the",
        " the",
        "The",
        "THE",
        "a",
        "Z",
        "_",
        "snake_case",
        "camelCase",
        "http://example.org/?q=1",
    ]
    words += [
        "(a) yes (b) no",
        "{}",
        "[1, 2]",
        "\\n",
        "/* c */",
        "x=y;",
        "&amp;",
        "#### 12",
        "\\boxed{12}",
    ]
    fixed = list(dict.fromkeys([*digits, *spaces, *unicode, *special, *words]))
    # A small training set does not fill the list: sums do.
    sums = (f" {n} + {n * 3 + 8} = {n * 4 + 8}." for n in range(STRINGS))
    own = [text for text in dict.fromkeys((*texts, *sums)) if text not in fixed]
    return [*fixed, *own[: max(0, STRINGS - len(fixed))]]


def parity_prompts(tokens: StudentTokens, texts: Sequence[str]) -> list[ParityPrompt]:
    """Eight distinct train prompts from the shortest to the longest; spare ones where there are too few."""
    distinct = sorted(dict.fromkeys(texts), key=lambda text: (len(text), text))
    if len(distinct) > PROMPTS:
        step = (len(distinct) - 1) / (PROMPTS - 1)
        distinct = [distinct[round(step * k)] for k in range(PROMPTS)]
    chosen = [*distinct, *(text for text in _SPARE_PROMPTS if text not in distinct)][:PROMPTS]
    return [ParityPrompt(text, tokens.bare_ids(tokens.encode(text))) for text in chosen]


def weights_sha256(folder: Path) -> str:
    """Of the one file of weights; of a student in several files, of their names and hashes as JSON."""
    files = weight_files(folder)
    if len(files) == 1 and files[0].name == "model.safetensors":
        return jsonio.sha256_file(files[0])
    listed = [[path.name, jsonio.sha256_file(path)] for path in files]
    return hashlib.sha256(jsonio.dumps(listed).encode()).hexdigest()


def make_parity(
    folder: Path,
    tokens: StudentTokens,
    prompts: Sequence[str],
    texts: Sequence[str],
    dtype: str,
    poll: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Computes parity.json of an exported folder; raises when transformers and the trainer's forward disagree."""
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()

    oracle: Any = AutoModelForCausalLM.from_pretrained(
        str(folder), dtype=torch.float32, local_files_only=True, use_safetensors=True
    )
    oracle.eval()
    own = load_student(folder)
    records = []
    with torch.no_grad():
        for prompt in parity_prompts(tokens, prompts):
            poll()
            records.append(_prompt_record(prompt, oracle, own, tokens))
    return {
        "v": 1,
        "weightsSha256": weights_sha256(folder),
        "dtype": dtype,
        "bos": bool(tokens.bos_ids),
        "eosIds": list(tokens.eos_ids),
        "versions": {
            "tailor_bridge": VERSION,
            **{
                name: system.package_version(name) or "?"
                for name in ("torch", "transformers", "tokenizers", "safetensors")
            },
        },
        "prompts": records,
        "strings": [
            {"text": text, "ids": tokens.encode(text)} for text in parity_strings(tokens, texts)
        ],
    }


def _prompt_record(
    prompt: ParityPrompt, oracle: Any, own: Student, tokens: StudentTokens
) -> dict[str, Any]:
    ids = torch.tensor([prompt.ids])
    out = oracle(input_ids=ids, use_cache=True)
    logits: Tensor = out.logits[0].float()
    _require_equal(logits, own_logits(own, prompt.ids), prompt.text)
    n = len(prompt.ids)
    top = min(TOP, logits.shape[1])
    positions = []
    for position in (max(0, n // 3 - 1), max(0, 2 * n // 3 - 1), n - 1):
        values, indices = logits[position].topk(top)
        positions.append(
            {"position": position, "topIds": indices.tolist(), "topValues": values.tolist()}
        )
    greedy: list[int] = []
    margins: list[float] = []
    logprobs: list[float] = []
    row = logits[-1]
    # The id that ends the text is recorded too: it is what the engine must stop at.
    while True:
        best = row.topk(2)
        greedy.append(int(best.indices[0]))
        margins.append(float(best.values[0] - best.values[1]))
        logprobs.append(float(best.values[0] - row.logsumexp(0)))
        if len(greedy) == GREEDY or greedy[-1] in tokens.eos_ids:
            break
        if n + len(greedy) >= own.config.positions:
            break
        out = oracle(
            input_ids=torch.tensor([[greedy[-1]]]),
            past_key_values=out.past_key_values,
            use_cache=True,
        )
        row = out.logits[0, -1].float()
    return {
        "text": prompt.text,
        "ids": prompt.ids,
        "logits": positions,
        "greedyIds": greedy,
        "greedyMargins": margins,
        "greedyPieces": _pieces(tokens, greedy),
        "greedyLogprobs": logprobs,
    }


def _pieces(tokens: StudentTokens, ids: Sequence[int]) -> list[str]:
    """What each id adds to the text; nothing as long as a character is not whole."""
    pieces: list[str] = []
    before = ""
    for end in range(1, len(ids) + 1):
        text = tokens.decode(ids[:end])
        whole = not text.endswith("\ufffd") and text.startswith(before)
        pieces.append(text[len(before) :] if whole else "")
        before = text if whole else before
    return pieces


def own_logits(student: Student, ids: Sequence[int]) -> Tensor:
    """The trainer's forward on one plain sequence: [length, vocab]."""
    row = PackedRow(tuple(ids), (), (), ())
    # Weight on the prompt makes every position but the last read; the last is the border.
    hidden = student.hidden(build_batch([row], prompt_weight=1.0))
    return student.logits(hidden[0])


def _require_equal(theirs: Tensor, ours: Tensor, text: str) -> None:
    delta = float((theirs - ours).abs().max())
    if not delta < OWN_TOLERANCE:
        raise TrainerError(
            "INTERNAL",
            f"The exported student computes other logits in transformers (difference {delta:.2g}) "
            f"than in the trainer, for “{text[:40]}”.",
            "Please report this with the student's config.json; the checkpoint is kept.",
        )
