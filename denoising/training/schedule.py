"""The learning rate by training step."""

import math
from typing import Any

import keras

ops: Any = keras.ops  # its annotations allow None for every result


class Cosine(keras.optimizers.schedules.LearningRateSchedule):
    """A linear warm-up to the peak, then half a cosine down to 0.

    Keras's own CosineDecay branches on the step once per variable, which takes longer to trace
    than the network.
    """

    def __init__(self, peak: float, rise: int, steps: int):
        self.peak, self.rise, self.steps = peak, rise, steps

    def __call__(self, step: Any) -> Any:
        step = ops.cast(step, "float32")
        done = (step - self.rise) / max(1, self.steps - self.rise)
        fall = 0.5 * (1 + ops.cos(math.pi * ops.clip(done, 0.0, 1.0)))
        return self.peak * ops.minimum((step + 1) / max(1, self.rise), fall)

    def get_config(self) -> dict[str, float]:
        return {"peak": self.peak, "rise": self.rise, "steps": self.steps}
