"""Loads exported files with the libraries that they are for and prints one JSON object with what was read.

loadExports.py FOLDER STUDENT: FOLDER holds one file a format, STUDENT a small Hugging Face folder with a tokenizer.
"""

import json
import os
import sys
import tempfile
import types
from importlib.machinery import ModuleSpec

os.environ.update(
    HF_HUB_OFFLINE="1",
    TRL_EXPERIMENTAL_SILENCE="1",
    # Its data loader alone is used; the versions it asks for are those of its trainers.
    DISABLE_VERSION_CHECK="1",
)
import pandas
from datasets import load_dataset
from transformers import AutoModelForCausalLM, AutoTokenizer

FOLDER, STUDENT = sys.argv[1:3]
found: dict[str, object] = {}


def read(name: str, extension: str = "jsonl"):
    return load_dataset(
        "json",
        data_files=f"{FOLDER}/{name}.{extension}",
        split="train",
        cache_dir=tempfile.mkdtemp(),
    )


def tokenizer():
    loaded = AutoTokenizer.from_pretrained(STUDENT)
    loaded.pad_token = loaded.pad_token or loaded.eos_token
    loaded.chat_template = (
        "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
        "{% if add_generation_prompt %}assistant: {% endif %}"
    )
    return loaded


def step_of(name: str, trainer_class, config_class, data, **more) -> None:
    config = config_class(
        output_dir=tempfile.mkdtemp(),
        max_steps=1,
        per_device_train_batch_size=2,
        use_cpu=True,
        bf16=False,
        report_to=[],
        save_strategy="no",
        disable_tqdm=True,
        gradient_checkpointing=False,
    )
    model = AutoModelForCausalLM.from_pretrained(STUDENT)
    trainer = trainer_class(
        model=model,
        args=config,
        train_dataset=data,
        processing_class=tokenizer(),
        **more,
    )
    loss = trainer.train().training_loss
    found[name] = {"rows": len(data), "loss": loss, "columns": data.column_names}


def trl() -> None:
    from trl import DPOConfig, DPOTrainer, SFTConfig, SFTTrainer
    from trl.data_utils import is_conversational

    for name in ("trl-sft", "trl-messages", "openai"):
        step_of(name, SFTTrainer, SFTConfig, read(name))
    for name in ("trl-preference", "trl-preference-implicit"):
        step_of(name, DPOTrainer, DPOConfig, read(name))
    found["conversational"] = [
        is_conversational(read(name)[0]) for name in ("trl-sft", "trl-messages")
    ]
    steps = read("trl-stepwise")
    found["trl-stepwise"] = {
        "rows": len(steps),
        "features": {name: str(kind) for name, kind in steps.features.items()},
        "even": all(len(row["completions"]) == len(row["labels"]) for row in steps),
    }


def llama_factory() -> None:
    # It imports audio packages to read text, too.
    for absent in ("torchaudio", "librosa"):
        stand_in = types.ModuleType(absent)
        stand_in.__spec__ = ModuleSpec(absent, None)
        sys.modules.setdefault(absent, stand_in)
    from llamafactory.data.loader import _get_merged_dataset
    from llamafactory.hparams import DataArguments, ModelArguments
    from transformers import Seq2SeqTrainingArguments

    names = {
        "alpaca": "sft",
        "sharegpt": "sft",
        "alpaca-preference": "rm",
        "sharegpt-preference": "rm",
    }
    training = Seq2SeqTrainingArguments(output_dir=tempfile.mkdtemp(), use_cpu=True)
    model = ModelArguments(model_name_or_path=STUDENT, cache_dir=tempfile.mkdtemp())
    for name, stage in names.items():
        data = DataArguments(dataset=name, dataset_dir=FOLDER, overwrite_cache=True)
        rows = _get_merged_dataset([name], model, data, training, stage)
        first = rows[0]
        found[name] = {
            "rows": len(rows),
            "roles": [turn["role"] for turn in first["_prompt"]],
            "answers": len(first["_response"]),
        }


def table() -> None:
    frame = pandas.read_csv(f"{FOLDER}/csv.csv", dtype=str, keep_default_na=False)
    found["csv"] = {"rows": len(frame), "columns": list(frame.columns)}


failures: dict[str, str] = {}
for part in (trl, llama_factory, table):
    try:
        part()
    except Exception as error:  # noqa: BLE001
        failures[part.__name__] = f"{type(error).__name__}: {error}"
print(json.dumps({"found": found, "failures": failures}))
