"""Other colours than those of the few photographs: what they have in common is no rule."""

import numpy as np

from denoising.seeding import generator


def recolour_turned(patches: np.ndarray, least: float, seed: int) -> None:
    """Give each second patch, which is the one before it, turned, other colours, in place."""
    patches[1::2] = recoloured(patches[1::2], least, generator(seed, "colours"))


def recoloured(images: np.ndarray, least: float, random: np.random.Generator) -> np.ndarray:
    """Return images in other colours; grey ones get a tint.

    The channels change places. Each has a contrast of its own, drawn evenly from `least` to 1 times
    what it was, and a brightness drawn evenly from what that leaves of 0 to 255.

    Parameters
    ----------
    images : ``uint8``, (N, H, W, 3).
    least : above 0, at most 1.

    Returns
    -------
    ``uint8``, (N, H, W, 3).
    """
    order = random.permuted(np.tile(np.arange(3), (len(images), 1)), axis=1)
    contrast = random.uniform(least, 1, size=order.shape)
    darkest = 255 * random.uniform(size=order.shape) * (1 - contrast)
    found = np.empty_like(images)
    for number, image in enumerate(images):
        found[number] = np.rint(image[..., order[number]] * contrast[number] + darkest[number])
    return found
