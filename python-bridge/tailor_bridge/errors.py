"""Failures the trainer foresaw: each becomes the terminal `error` record of a run."""

from __future__ import annotations

# Exit codes of every command; the supervisor passes the worker's on.
EXIT_DONE = 0
EXIT_OTHER = 1
EXIT_CANCELLED = 3
EXIT_BAD_INPUT = 4
EXIT_OOM = 5

ERROR_CODES = (
    "BAD_CONFIG",
    "DATA_INVALID",
    "MODEL_LOAD",
    "NO_GPU",
    "OOM",
    "NONFINITE",
    "DISK_FULL",
    "CKPT_MISMATCH",
    "PROTOCOL",
    "DEPS_MISSING",
    "INTERNAL",
)


class TrainerError(Exception):
    """`message` says in one sentence what happened, `hint` what to do about it."""

    def __init__(self, code: str, message: str, hint: str = "", *, retryable: bool = False) -> None:
        super().__init__(message)
        if code not in ERROR_CODES:
            raise ValueError(f"unknown error code {code}")
        self.code = code
        self.message = message
        self.hint = hint
        self.retryable = retryable

    @property
    def exit_code(self) -> int:
        """0 done · 3 cancelled · 4 bad configuration or data · 5 out of memory · 1 other."""
        if self.code in ("BAD_CONFIG", "DATA_INVALID"):
            return EXIT_BAD_INPUT
        return EXIT_OOM if self.code == "OOM" else EXIT_OTHER


class Cancelled(Exception):
    """A person asked the run to stop. `at_once` means: not even a checkpoint any more."""

    def __init__(self, mode: str, *, at_once: bool = False) -> None:
        super().__init__(mode)
        self.mode = mode
        self.at_once = at_once


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch (CPU or CUDA) or Python ran out of memory; torch's CPU allocator has no class of its own."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    text = str(error)
    return isinstance(error, RuntimeError) and (
        "can't allocate memory" in text or "out of memory" in text
    )
