"""The factor that keeps fp16 gradients from vanishing: halved when they overflow, doubled after a long calm."""

from __future__ import annotations

from dataclasses import dataclass

FIRST = 2.0**16
CALM_STEPS = 2000
LOWEST = 1.0


@dataclass
class LossScale:
    """Part of every checkpoint; 1 and never changed unless the products run in fp16."""

    value: float = 1.0
    calm: int = 0

    @staticmethod
    def of(precision: str) -> LossScale:
        return LossScale(FIRST if precision == "float16" else 1.0)

    def overflowed(self) -> bool:
        """Called when gradients were not finite; true when the step is worth doing again with a smaller factor."""
        if self.value <= LOWEST:
            return False
        self.value, self.calm = self.value / 2, 0
        return True

    def held(self) -> None:
        """Called after a step that was applied."""
        self.calm += 1
        if self.value > LOWEST and self.calm >= CALM_STEPS:
            self.value, self.calm = self.value * 2, 0
