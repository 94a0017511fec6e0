"""The results of a small run, made up, for the tests of the report."""

from collections.abc import Sequence

import keras
import numpy as np
import pandas as pd

from denoising.config.noise import Noise, NoiseKind
from denoising.evaluation.arms import ARMS, NETWORKS
from denoising.evaluation.intervals import Estimate
from denoising.report.facts import Facts
from denoising.report.look import Shown, choose, look
from denoising.report.results import Run
from tests.support import made_up_tables
from tests.support.learning import runnable

NASTY = ("<b>bold</b>", 'a "quoted" & é', "</script>", "Größe")
LEVELS = (0.0, 0.1, 0.2, 0.4)
KINDS: tuple[NoiseKind, ...] = ("gaussian", "speckle")


def classifier(image_shape: tuple[int, int, int], classes: int) -> keras.Model:
    return keras.Sequential(
        [keras.Input(image_shape), keras.layers.Flatten(), keras.layers.Dense(classes)]
    )


def denoiser(image_shape: tuple[int, int, int], level_input: bool) -> keras.Model:
    """Return an autoencoder that blurs; with a level input, it also subtracts the level."""
    noisy = keras.Input(image_shape, name="noisy")
    blurred = keras.layers.AveragePooling2D(3, strides=1, padding="same")(noisy)
    if not level_input:
        return keras.Model(noisy, blurred)
    level = keras.Input((1,), name="level")
    darker = keras.layers.Reshape((1, 1, 1))(level)
    return keras.Model({"noisy": noisy, "level": level}, keras.layers.Subtract()([blurred, darker]))


def networks(image_shape: tuple[int, int, int], classes: int, level_input: bool) -> dict:
    """Return untrained networks, by the names of `NETWORKS`."""
    keras.utils.set_random_seed(0)
    made: dict[str, keras.Model] = {name: classifier(image_shape, classes) for name in NETWORKS}
    made["autoencoder"] = denoiser(image_shape, level_input)
    image = keras.Input(image_shape)
    outputs = {
        "reconstruction": keras.layers.MaxPooling2D(3, strides=1, padding="same")(image),
        "classification": keras.layers.Dense(classes)(keras.layers.Flatten()(image)),
    }
    made["joint"] = keras.Model(image, outputs)
    return {name: runnable(model) for name, model in made.items()}


def run(
    image_shape: tuple[int, int, int] = (12, 12, 1),
    names: Sequence[str] = NASTY,
    levels: Sequence[float] = LEVELS,
    kinds: Sequence[NoiseKind] = KINDS,
    level_input: bool = False,
) -> Run:
    """Return a run on random images; a test changes it with ``_replace``."""
    noise = Noise(kind=kinds[0], level=0.2, clip=True)
    random = np.random.default_rng(0)
    clean = random.random((40, *image_shape), dtype=np.float32)
    labels = np.arange(40) % len(names)
    seen = sorted({*levels, noise.level})
    shown = choose(labels, image_shape, len(seen))
    history = pd.DataFrame({"epoch": [1, 2, 3], "loss": [3, 2, 1.0], "val_loss": [4, 2, 1.5]})
    sweep = made_up_tables.sweep_table(levels, kinds)
    return Run(
        data={"dataset": "a & b <i>", "test": made_up_tables.IMAGES},
        arms=made_up_tables.arms(),
        differences=made_up_tables.differences(),
        break_even=dict.fromkeys(kinds, Estimate(0.06, 0.052, 0.071)),
        detector=made_up_tables.detector(),
        calibration=made_up_tables.calibration(),
        filters=made_up_tables.filters(),
        over_levels=made_up_tables.over_levels(sweep),
        sweep=sweep,
        roc=pd.DataFrame(
            {
                "threshold": [np.nan, 2.0, 1.0, 0.0],
                "false_positive_rate": [0, 0.1, 0.4, 1],
                "true_positive_rate": [0, 0.5, 0.9, 1],
            }
        ),
        histories=dict.fromkeys(NETWORKS, history),
        noise=noise,
        levels=[*levels],
        examples=look(
            networks(image_shape, len(names), level_input),
            Shown(clean[shown], labels[shown], shown, [*names]),
            seen,
            noise,
            0,
            dict.fromkeys(ARMS, 1.0),
        ),
        facts=Facts(
            [("Data set", "a & b <i>")],
            [("Level", "0.2")],
            [("joint", "x", "10", "3")],
            [("Parameters (SHA-256)", "0123456789abcdef")],
        ),
        joint_weight=0.05,
        detector_source="rendered",
    )
