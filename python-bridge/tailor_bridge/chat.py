"""A student's chat template as the two texts around one message, and what ends the student's turn.

    python -m tailor_bridge chat --student DIR

A template is a program that came with a student. It is rendered here alone, once, by the sandbox of transformers, in a
process that holds no work and that the host ends after a minute; what comes out is plain text, kept in tailor.json.
Prints one JSON object: the frame, or {"type": "error"}. Its reader is src/node/python/chatFrame.ts.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import jsonio
from .config import ChatConfig
from .errors import EXIT_DONE, TrainerError
from .tokens import StudentTokens

# Letters alone: no template splits, trims or escapes them.
QUESTION = "TailorAsksThisQuestion"
REPLY = "TheStudentSaysThis"
# Texts of the kind that will stand there; the last looks like a turn's end and must stay a text.
SAMPLES = (
    "Question: What is 2 + 3?\nReasoning:",
    "Question: Ana has 1,234 pens, “two” boxes & 50 %.\n(a) 3\n(b) 0.5\nReasoning:",
    "Frage: Wie groß ist ½ × 8?\nReasoning:",
    " a",
)
MOST_CHARACTERS = 32_768
MEMORY = 8 << 30


def refused(message: str, hint: str) -> TrainerError:
    return TrainerError("DATA_INVALID", message, hint)


SERVE = (
    "Keep plain prompts, or serve the student and let its server put the template around a chat."
)


def render(tokenizer: Any, messages: list[dict[str, str]], *, answer_next: bool) -> str:
    """The template's text for a chat. Thinking is off where a template knows it."""
    try:
        text = tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=answer_next, enable_thinking=False
        )
    except Exception as error:  # whatever a template does
        name = type(error).__name__
        raise refused(f"The chat template cannot be rendered: {name}: {error}.", SERVE) from error
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
        raise refused("The chat template makes no text of a usual length.", SERVE)
    return text


def around(text: str, mark: str) -> tuple[str, str]:
    """What stands before and after a mark that must occur once."""
    if text.count(mark) != 1:
        raise refused(
            f"The chat template shows a message {text.count(mark)} times instead of once.", SERVE
        )
    before, _, after = text.partition(mark)
    return before, after


def frame_of(folder: Path) -> ChatConfig:
    """Renders the template of a student folder and checks that its parts give the ids of the whole."""
    from transformers import PreTrainedTokenizerFast
    from transformers.utils import logging

    logging.set_verbosity_error()
    plain = StudentTokens(folder)  # names what is wrong with a tokenizer
    tokenizer: Any = PreTrainedTokenizerFast.from_pretrained(str(folder), local_files_only=True)
    if not tokenizer.chat_template:
        raise refused(
            "The student has no chat template.",
            "It is not tuned for chats: keep plain prompts.",
        )
    template = tokenizer.get_chat_template()
    ask = [{"role": "user", "content": QUESTION}]
    prefix, suffix = around(render(tokenizer, ask, answer_next=True), QUESTION)
    answered = [*ask, {"role": "assistant", "content": REPLY}]
    _, tail = around(render(tokenizer, answered, answer_next=False), REPLY)

    def ids(text: str) -> list[int]:
        return list(tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).ids)

    end_id = next(iter(ids(tail)), None)
    special = tokenizer.backend_tokenizer.get_added_tokens_decoder()
    if end_id is None or end_id not in special:
        raise refused("The chat template ends a turn with no token of its own.", SERVE)
    before, after = ids(prefix), ids(suffix)
    for sample in SAMPLES:
        whole = ids(prefix + sample + suffix)
        if whole != [*before, *plain.encode(sample), *after]:
            raise refused(
                "The tokens of the chat template change with the question that stands in it.", SERVE
            )
    # A token that the tokenizer adds by itself is added by a server too; one that only the template writes is not.
    own = plain.bos_ids
    bos = plain.decode(own) if own and tuple(before[: len(own)]) == own else ""
    return ChatConfig(
        template=hashlib.sha256(template.encode("utf-8")).hexdigest(),
        bos=bos if prefix.startswith(bos) else "",
        prefix=prefix,
        suffix=suffix,
        end=special[end_id].content,
        prefix_ids=tuple(before),
        suffix_ids=tuple(after),
        end_id=end_id,
    )


def limit_memory() -> None:
    """A template that doubles a text for ever ends itself, not the computer."""
    try:
        import resource
    except ImportError:  # Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    if soft == resource.RLIM_INFINITY or soft > most:
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def main(argv: Sequence[str]) -> int:
    """Prints the frame of a student folder."""
    parser = argparse.ArgumentParser(prog="tailor_bridge chat")
    parser.add_argument("--student", required=True, type=Path, help="the student's folder")
    folder: Path = parser.parse_args(argv).student.resolve()
    limit_memory()
    try:
        frame = frame_of(folder)
    except TrainerError as error:
        answer = {
            "type": "error",
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
        }
        print(jsonio.dumps(answer))
        return error.exit_code
    print(
        jsonio.dumps(
            {
                "type": "frame",
                "frame": {
                    "template": frame.template,
                    "bos": frame.bos,
                    "prefix": frame.prefix,
                    "suffix": frame.suffix,
                    "end": frame.end,
                    "prefixIds": list(frame.prefix_ids),
                    "suffixIds": list(frame.suffix_ids),
                    "endId": frame.end_id,
                },
            }
        )
    )
    return EXIT_DONE
