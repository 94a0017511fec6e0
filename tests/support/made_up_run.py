"""The results of a small run, made up, for the tests of the report."""

import json
from collections.abc import Sequence

import keras
import numpy as np
import pandas as pd

from denoising.config.noise import Noise
from denoising.evaluation.arms import ARMS, NETWORKS
from denoising.report.page import Run
from denoising.report.panel import Shown, choose, look
from tests.support.dag import ROOT
from tests.support.made_up_tables import sweep_table

NASTY = ("<b>bold</b>", 'a "quoted" & é', "</script>", "Größe")
LEVELS = (0.0, 0.1, 0.2, 0.4)
KINDS = ("gaussian", "speckle")
MEASURED = (
    *("calibration", "classical", "classifier", "data"),
    *("denoised", "joint", "roc", "sweep"),
)


def metrics() -> dict[str, dict]:
    """Return the metrics of the committed run, for a test to change."""
    found = {name: json.loads((ROOT / f"metrics/{name}.json").read_text()) for name in MEASURED}
    speckle = found["sweep"]["other_kinds"]["speckle"]
    return found | {"sweep": found["sweep"] | {"other_kinds": {"speckle": speckle}}}


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
    made = {name: classifier(image_shape, classes) for name in NETWORKS}
    made["autoencoder"] = denoiser(image_shape, level_input)
    image = keras.Input(image_shape)
    outputs = {
        "reconstruction": keras.layers.MaxPooling2D(3, strides=1, padding="same")(image),
        "classification": made["joint"](image),
    }
    return made | {"joint": keras.Model(image, outputs)}


def run(
    image_shape: tuple[int, int, int] = (12, 12, 1),
    names: Sequence[str] = NASTY,
    levels: Sequence[float] = LEVELS,
    kinds: Sequence[str] = KINDS,
    level_input: bool = False,
    found: dict[str, dict] | None = None,
) -> Run:
    """Return a run on random images; `found` replaces the metrics of the committed run."""
    noise = Noise(kind=kinds[0], level=0.2, clip=True)
    random = np.random.default_rng(0)
    clean = random.random((40, *image_shape), dtype=np.float32)
    labels = np.arange(40) % len(names)
    seen = sorted({*levels, noise.level})
    shown = choose(labels, image_shape, len(seen))
    history = pd.DataFrame({"epoch": [1, 2, 3], "loss": [3, 2, 1.0], "val_loss": [4, 2, 1.5]})
    return Run(
        metrics=found or metrics(),
        sweep=sweep_table(levels, kinds),
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
        kinds=[*kinds],
        examples=look(
            networks(image_shape, len(names), level_input),
            Shown(clean[shown], labels[shown], shown, [*names]),
            seen,
            noise,
            0,
            dict.fromkeys(ARMS, 1.0),
        ),
        facts=([("Data set", "a & b <i>")], [("Level", "0.2")], [("joint", "x", "10", "3")]),
        joint_weight=0.05,
        detector="rendered",
    )
