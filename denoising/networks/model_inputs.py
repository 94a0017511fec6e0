"""The inputs that a Keras model takes."""

from functools import partial

import keras

from denoising.networks import inputs


def has_level_input(model: keras.Model) -> bool:
    """Return whether a network has the noise level as a second input."""
    return any(given.name == "level" for given in model.inputs)


def padding(model: keras.Model, image_shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the rows and columns by which images must grow; see `denoising.networks.inputs`."""
    return inputs.padding(partial(_keeps_size, model, image_shape[-1]), image_shape, model.name)


def _keeps_size(model: keras.Model, channels: int, height: int, width: int) -> bool:
    shape = (1, height, width, channels)
    given = {"noisy": shape, "level": (1, 1)} if has_level_input(model) else shape
    try:
        output = model.compute_output_shape(given)
    except ValueError:  # a skip connection between features of different size
        return False
    if isinstance(output, dict):
        output = output["reconstruction"]
    return tuple(output) == shape
