"""parity.json for a student that the trainer did not make."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from conftest import write_student
from safetensors.torch import load_file, save_file

from tailor_bridge import jsonio, record
from tailor_bridge.__main__ import main
from tailor_bridge.chat import frame_of
from tailor_bridge.errors import TrainerError
from tailor_bridge.parity import parity_prompts, weights_sha256
from tailor_bridge.tokens import StudentTokens

PROMPTS = [f"Question: {n} + {n}?\nReasoning:" for n in range(20)]


def test_records_what_the_base_computes_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = write_student(tmp_path / "base", 3)
    before = {path.name: jsonio.sha256_file(path) for path in base.iterdir()}
    texts = tmp_path / "texts.json"
    texts.write_text(json.dumps({"prompts": PROMPTS, "texts": ["a b c"]}))
    assert main(["record", "--student", str(base), "--texts", str(texts)]) == 0
    said = json.loads(capsys.readouterr().out)
    parity = json.loads((base / "parity.json").read_text())
    after = {path.name: jsonio.sha256_file(path) for path in base.iterdir()}
    assert after.keys() - before.keys() == {"parity.json"}
    assert before.items() <= after.items()
    assert said["weightsSha256"] == parity["weightsSha256"] == before["model.safetensors"]
    assert [prompt["text"] in PROMPTS for prompt in parity["prompts"]] == [True] * 8
    steps = [len(prompt["greedyIds"]) for prompt in parity["prompts"]]
    assert said["steps"] == sum(steps) and min(steps) > 0
    for prompt in parity["prompts"]:
        lengths = {len(prompt[name]) for name in ("greedyIds", "greedyMargins", "greedyPieces")}
        assert lengths == {len(prompt["greedyLogprobs"])}
        assert all(value <= 0 for value in prompt["greedyLogprobs"])


def test_a_record_is_kept_unless_it_is_to_be_made_again(tmp_path: Path) -> None:
    base = write_student(tmp_path / "base", 3)
    (base / "parity.json").write_text("{}")
    with pytest.raises(TrainerError, match="has a record already"):
        record.record_student(base, PROMPTS, [])
    assert (base / "parity.json").read_text() == "{}"
    record.record_student(base, PROMPTS, [], replace=True)
    assert json.loads((base / "parity.json").read_text())["v"] == 1


def test_weights_in_several_files_are_named_by_all_of_them(tmp_path: Path) -> None:
    base = write_student(tmp_path / "base", 3)
    whole = record.record_student(base, PROMPTS, [])
    tensors = load_file(base / "model.safetensors")
    (base / "model.safetensors").unlink()
    (base / "parity.json").unlink()
    names = sorted(tensors)
    half = len(names) // 2
    files = {"model-1.safetensors": names[:half], "model-2.safetensors": names[half:]}
    for file, own in files.items():
        save_file({name: tensors[name] for name in own}, base / file, metadata={"format": "pt"})
    weight_map = {name: file for file, own in files.items() for name in own}
    index = {"metadata": {}, "weight_map": weight_map}
    (base / "model.safetensors.index.json").write_text(json.dumps(index))
    split = record.record_student(base, PROMPTS, [])
    assert split["prompts"] == whole["prompts"]
    listed = [[name, jsonio.sha256_file(base / name)] for name in sorted(files)]
    plain = json.dumps(listed, separators=(",", ":"))
    assert split["weightsSha256"] == hashlib.sha256(plain.encode()).hexdigest()
    assert weights_sha256(base) == split["weightsSha256"] != whole["weightsSha256"]


def test_texts_of_another_form_are_refused_before_anything_is_computed(tmp_path: Path) -> None:
    base = write_student(tmp_path / "base", 3)
    texts = tmp_path / "texts.json"
    for wrong in ("[]", '{"prompts": [1], "texts": []}', '{"prompts": []}', "no"):
        texts.write_text(wrong)
        assert main(["record", "--student", str(base), "--texts", str(texts)]) != 0
    assert not (base / "parity.json").exists()


def test_a_record_holds_in_every_form_of_prompts(tmp_path: Path, student_folder: Path) -> None:
    base = shutil.copytree(student_folder, tmp_path / "base")
    template = "{% for m in messages %}<|pad|>{{ m.content | trim }}<|end|>{% endfor %}<|pad|>"
    (base / "chat_template.jinja").write_text(template)
    chat = frame_of(base)
    assert chat.prefix_ids and chat.suffix_ids
    # A student that is trained in a chat template, and the base as `record` reads it: neither knows of the frame here.
    inside = parity_prompts(StudentTokens(base, chat), PROMPTS)
    assert inside == parity_prompts(StudentTokens(base), PROMPTS)
    assert [prompt.text in PROMPTS for prompt in inside] == [True] * 8
    recorded = record.record_student(base, PROMPTS, [])["prompts"]
    assert [prompt["ids"] for prompt in recorded] == [prompt.ids for prompt in inside]
