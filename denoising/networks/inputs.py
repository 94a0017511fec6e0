"""The inputs of a network: images padded to its stride, and the noise level."""

import keras
import numpy as np

# The level input for an image of unknown level, in networks trained to work without it.
UNKNOWN_LEVEL = -1.0
LARGEST_STRIDE = 64


def has_level_input(model: keras.Model) -> bool:
    """Return whether a network has the noise level as a second input."""
    return any(given.name == "level" for given in model.inputs)


def with_level(images: np.ndarray, level: float | np.ndarray | None) -> dict[str, np.ndarray]:
    """Return the inputs of a network with a level input: N images and their level or levels."""
    if level is None:
        raise ValueError("This network has a level input: give it a noise level.")
    levels = np.broadcast_to(np.asarray(level, dtype=np.float32), len(images))
    return {"noisy": images, "level": levels[:, None]}


def pad(images: np.ndarray, growth: tuple[int, int]) -> np.ndarray:
    """Pad images, (N, H, W, C), with rows and columns reflected at the lower and right edges."""
    rows, columns = growth
    if not rows and not columns:
        return images
    return np.pad(images, ((0, 0), (0, rows), (0, columns), (0, 0)), mode="symmetric")


def padding(model: keras.Model, image_shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the rows and columns by which images, (H, W, C), must grow to fit the model's stride.

    Raises
    ------
    ValueError
        The output differs in size from the input, or the stride is above 64.
    """
    height, width, channels = image_shape
    if _keeps_size(model, (1, *image_shape)):
        return 0, 0

    def missing(size: int) -> int:
        for extra in range(LARGEST_STRIDE):
            side = size + extra
            if _keeps_size(model, (1, side, side, channels)):
                return extra
        raise ValueError(
            f"{model.name} does not keep the size of images, {image_shape}. "
            f"Expected a stride of at most {LARGEST_STRIDE}."
        )

    return missing(height), missing(width)


def _keeps_size(model: keras.Model, shape: tuple[int, ...]) -> bool:
    given = {"noisy": shape, "level": (1, 1)} if has_level_input(model) else shape
    try:
        output = model.compute_output_shape(given)
    except ValueError:  # a skip connection between features of different size
        return False
    if isinstance(output, dict):
        output = output["reconstruction"]
    return tuple(output) == shape
