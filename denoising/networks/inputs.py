"""The inputs of a network: images padded to its stride, and the noise level."""

from collections.abc import Callable

import numpy as np

from denoising.files.errors import UserError

# The level input for an image of unknown level, in networks trained to work without it.
UNKNOWN_LEVEL = -1.0
LARGEST_STRIDE = 64


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


def padding(
    keeps_size: Callable[[int, int], bool], image_shape: tuple[int, ...], name: str
) -> tuple[int, int]:
    """Return the rows and columns by which images, (H, W, C), must grow to fit a network's stride.

    Parameters
    ----------
    keeps_size : whether the network returns images of a height and width in the same size.
    name : of the network, in messages.

    Raises
    ------
    UserError
        The output differs in size from the input, or the stride is above 64.
    """
    height, width, _ = image_shape
    if keeps_size(height, width):
        return 0, 0

    def missing(size: int) -> int:
        for extra in range(LARGEST_STRIDE):
            if keeps_size(size + extra, size + extra):
                return extra
        raise UserError(
            f"The network {name} does not keep the size of images, {image_shape}. Use images of "
            "the size that it was made for, or another network, with a stride of at most "
            f"{LARGEST_STRIDE}."
        )

    return missing(height), missing(width)
