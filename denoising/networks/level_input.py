"""The level input of a network: a learned embedding of the noise level."""

import keras
from keras import layers

LEVEL_UNITS = 32


def add_level(
    x: keras.KerasTensor, level: keras.KerasTensor | None, name: str
) -> keras.KerasTensor:
    """Add a learned embedding of the noise level to the features, the same at every pixel.

    Parameters
    ----------
    x : features, (N, H, W, C).
    level : (N, 1); None for a network without a level input, which leaves the features unchanged.
    name : prefix of the names of the added layers.
    """
    if level is None:
        return x
    embedding = layers.Dense(LEVEL_UNITS, activation="relu", name=f"{name}_level")(level)
    embedding = layers.Dense(x.shape[-1], name=f"{name}_level_out")(embedding)
    embedding = layers.Reshape((1, 1, x.shape[-1]), name=f"{name}_level_map")(embedding)
    return layers.Add(name=f"{name}_level_add")([x, embedding])
