"""A chat template is a program that came with a student: the trainer carries it along and never renders it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from conftest import MakeRun, RunFolder
from runs import same, weights, work

torch.set_num_threads(1)


def plant(folder: Path, base: Path, fired: Path) -> tuple[Path, str]:
    """A student whose template leaves a file where it is run, and raises where a sandbox renders it."""
    student = shutil.copytree(base, folder)
    touch = f"open({str(fired)!r}, 'w').close()"
    template = (
        "{% set run = cycler.__init__.__globals__.__builtins__.exec %}"
        f'{{{{ run("{touch}") }}}}CANARY{{{{ raise_exception("rendered") }}}}'
    )
    (student / "chat_template.jinja").write_text(template)
    settings = student / "tokenizer_config.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "chat_template": template}))
    return student, template


def prepared(run: RunFolder) -> list[str]:
    return [(run.path / name).read_text() for name in ("plan.jsonl", "first-batch.json")]


def test_training_never_renders_a_chat_template(
    make_run: MakeRun, student_folder: Path, tmp_path: Path
) -> None:
    """threat 15: a chat template in the student's folder is neither rendered nor executed by training and export."""
    fired = tmp_path / "fired"
    student, template = plant(tmp_path / "with-template", student_folder, fired)
    plain, planted = make_run("plain"), make_run("planted", base=student)
    assert (work(plain), work(planted)) == (0, 0)
    assert not fired.exists()
    assert same(weights(plain), weights(planted))
    assert prepared(plain) == prepared(planted)
    # It goes on with the student as it came: text, and nothing has looked into it.
    assert (planted.student / "chat_template.jinja").read_text() == template
    for path in planted.path.rglob("*"):
        assert path.is_dir() or b"CANARY" not in path.read_bytes()
    assert b"CANARY" not in (planted.student / "parity.json").read_bytes()


def test_the_planted_template_would_have_been_noticed(student_folder: Path, tmp_path: Path) -> None:
    """The control: rendering it leaves the file, in the sandbox of transformers it raises."""
    jinja2 = pytest.importorskip("jinja2")
    transformers = pytest.importorskip("transformers")
    fired = tmp_path / "fired"
    student, template = plant(tmp_path / "with-template", student_folder, fired)
    messages = [{"role": "user", "content": "Two and two?"}]
    tokenizer = transformers.PreTrainedTokenizerFast.from_pretrained(student)
    with pytest.raises(jinja2.exceptions.TemplateError):
        tokenizer.apply_chat_template(messages, tokenize=False)
    assert not fired.exists()
    with pytest.raises(jinja2.exceptions.UndefinedError):
        jinja2.Environment().from_string(template).render(messages=messages)
    assert fired.exists()
