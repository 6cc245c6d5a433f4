"""Texts to ids, by the student's own tokenizer.json. No torch, no transformers.

Every text is *plain* text: special tokens written inside it (`<|im_end|>` in a rationale) are split into ordinary
pieces, so that no text can forge the end of a turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from . import jsonio
from .config import ChatConfig
from .errors import TrainerError


def read_json_object(path: Path, code: str = "MODEL_LOAD") -> dict[str, Any]:
    """A JSON object of a student folder; {} where the file is absent."""
    try:
        value = jsonio.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise TrainerError(
            code, f"{path.name} of the student cannot be read: {error}.", f"Check {path}."
        ) from error
    if not isinstance(value, dict):
        raise TrainerError(code, f"{path.name} of the student is not an object.", f"Check {path}.")
    return value


def _id_list(value: Any) -> list[int]:
    values = value if isinstance(value, list) else [value]
    return [v for v in values if isinstance(v, int) and not isinstance(v, bool)]


class StudentTokens:
    """The tokenizer of a student folder with its EOS ids and BOS rule, and the chat template around prompts, if any."""

    def __init__(self, folder: Path, chat: ChatConfig | None = None) -> None:
        path = folder / "tokenizer.json"
        if not path.is_file():
            raise TrainerError(
                "MODEL_LOAD",
                "The student folder has no tokenizer.json.",
                "Save the tokenizer with transformers' fast tokenizer.",
            )
        try:
            self._tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises a bare Exception
            raise TrainerError(
                "MODEL_LOAD", f"tokenizer.json cannot be read: {error}.", f"Check {path}."
            ) from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        # BOS exactly where the tokenizer itself adds one; measured before specials are split.
        plain = self._tokenizer.encode("a", add_special_tokens=False).ids
        whole = self._tokenizer.encode("a", add_special_tokens=True).ids
        at = next((i for i in range(len(whole)) if whole[i : i + len(plain)] == plain), 0)
        self.bos_ids: tuple[int, ...] = tuple(whole[:at])
        if chat is not None:
            self._require_frame(chat)
        self._tokenizer.encode_special_tokens = True
        self.eos_ids, self.eos_id = self._end_ids(folder)
        self._before, self._after = self.bos_ids, ()
        if chat is not None:
            self._before, self._after = chat.prefix_ids, chat.suffix_ids
            self.eos_ids = tuple(dict.fromkeys((*self.eos_ids, chat.end_id)))
            self.eos_id = chat.end_id

    def _require_frame(self, chat: ChatConfig) -> None:
        """The template was rendered for this very tokenizer."""
        for name, text, ids in (
            ("prefix", chat.prefix, chat.prefix_ids),
            ("suffix", chat.suffix, chat.suffix_ids),
            ("end", chat.end, (chat.end_id,)),
        ):
            found = tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)
            if found != tuple(ids):
                raise TrainerError(
                    "BAD_CONFIG",
                    f"run.json: chat.{name} was rendered for another student: its token ids differ here.",
                    "Run tailor choose --chat template again, or --chat plain.",
                )

    def _end_ids(self, folder: Path) -> tuple[tuple[int, ...], int]:
        """All ids that end a text, and the one that training appends (the tokenizer's own, if it is among them)."""
        config = read_json_object(folder / "config.json")
        generation = read_json_object(folder / "generation_config.json")
        ids = _id_list(generation.get("eos_token_id")) or _id_list(config.get("eos_token_id"))
        named = read_json_object(folder / "tokenizer_config.json").get("eos_token")
        if isinstance(named, dict):
            named = named.get("content")
        own = self._tokenizer.token_to_id(named) if isinstance(named, str) else None
        if not ids and own is not None:
            ids = [own]
        if not ids:
            raise TrainerError(
                "MODEL_LOAD",
                "The student names no end-of-sequence token.",
                "Set eos_token_id in generation_config.json or config.json.",
            )
        return tuple(dict.fromkeys(ids)), own if own is not None and own in ids else ids[0]

    @property
    def vocabulary(self) -> int:
        return self._tokenizer.get_vocab_size(with_added_tokens=True)

    def encode(self, text: str) -> list[int]:
        """Ids of a plain text; nothing is added."""
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def encode_all(self, texts: Sequence[str]) -> list[list[int]]:
        """`encode` of many texts, in parallel where the library does so."""
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    def prompt_ids(self, plain_ids: Sequence[int]) -> list[int]:
        """A prompt as the model sees it: within the chat template, or after the tokenizer's own BOS, if any."""
        return [*self._before, *plain_ids, *self._after]

    def bare_ids(self, plain_ids: Sequence[int]) -> list[int]:
        """A plain text as the tokenizer itself hands it over: its own BOS, if any, before it."""
        return [*self.bos_ids, *plain_ids]

    def text_of(self, token_id: int) -> str:
        """One token as text, for people; half of a UTF-8 character shows as U+FFFD."""
        return self._tokenizer.decode([token_id], skip_special_tokens=False)

    def decode(self, ids: Sequence[int]) -> str:
        """Ids as one text, special tokens included."""
        return self._tokenizer.decode(list(ids), skip_special_tokens=False)

    def special_texts(self) -> list[str]:
        """Contents of all added tokens."""
        return sorted(t.content for t in self._tokenizer.get_added_tokens_decoder().values())
