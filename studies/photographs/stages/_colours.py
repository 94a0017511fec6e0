"""Colour augmentation, so that the colours of the few photographs are not learned as a rule."""

import numpy as np

from denoising.seeding import generator


def recolour_turned(patches: np.ndarray, least: float, seed: int) -> None:
    """Recolour every second patch in place: it is a rotated copy of the patch before it."""
    patches[1::2] = recoloured(patches[1::2], least, generator(seed, "colours"))


def recoloured(images: np.ndarray, least: float, random: np.random.Generator) -> np.ndarray:
    """Return images in random colours; grey ones get a tint.

    The channels are permuted. The contrast of each is multiplied by a factor drawn uniformly from
    `least` to 1, and its brightness is shifted uniformly within the range that this leaves.

    Parameters
    ----------
    images : ``uint8``, (N, H, W, 3).
    least : lowest factor, above 0, at most 1.

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
