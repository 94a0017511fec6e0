"""How networks are told the level of the noise; several share it."""

from keras import layers

LEVEL_UNITS = 32


def told_level(x, level, name: str):
    """Add to features what the level of the noise says, the same at every pixel.

    Parameters
    ----------
    x : features, (N, H, W, C).
    level : (N, 1), or None, where the network is not told: the features stay as they are.
    name : of the layers that are added, their first word.
    """
    if level is None:
        return x
    said = layers.Dense(LEVEL_UNITS, activation="relu", name=f"{name}_level")(level)
    said = layers.Dense(x.shape[-1], name=f"{name}_level_out")(said)
    said = layers.Reshape((1, 1, x.shape[-1]), name=f"{name}_level_map")(said)
    return layers.Add(name=f"{name}_told")([x, said])
