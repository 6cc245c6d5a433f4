"""Frozen weights in four bits (QLoRA, Dettmers et al. 2023): NF4 with doubly quantised scales, by bitsandbytes.

Only what lies in memory is quantised: products run in the precision of the run, the gradient goes through to the
adapters, and the export merges into the weights of the base's own files.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor

from .errors import TrainerError


class Quantised(Protocol):
    """A weight that can be made anew in a precision."""

    def weight(self, dtype: torch.dtype) -> Tensor: ...


class _Nf4:
    def __init__(self, functions: Any, weight: Tensor) -> None:
        self._functions = functions
        self._data, self._state = functions.quantize_4bit(
            weight, blocksize=64, quant_type="nf4", compress_statistics=True
        )

    def weight(self, dtype: torch.dtype) -> Tensor:
        return self._functions.dequantize_4bit(self._data, self._state).to(dtype)


def nf4() -> Callable[[Tensor], Quantised]:
    """The quantiser of bitsandbytes; DEPS_MISSING, with the command, where it is not installed or does not load."""
    try:
        from bitsandbytes import functional  # pyright: ignore[reportMissingImports]
    except Exception as error:  # a build for another CUDA fails in many ways
        raise TrainerError(
            "DEPS_MISSING",
            f"Mode qlora needs the package bitsandbytes ({type(error).__name__}: {error}).",
            f"Run: {sys.executable} -m pip install --no-compile bitsandbytes; or use mode lora.",
        ) from error
    return lambda weight: _Nf4(functional, weight)
