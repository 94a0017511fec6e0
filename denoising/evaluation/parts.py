"""Random parts of a set, for measures that would take too long on all of it."""

import numpy as np

from denoising.seeding import generator


def random_part(number: int, most: int, *stream: int | str) -> np.ndarray:
    """Return the positions of `most` of `number` images, ascending; of all if there are no more.

    The first images of a set may be easier than the rest. A smaller part of the same `stream`, the
    name of the random stream, lies within a larger one.
    """
    drawn = generator(*stream, "part").permutation(number)[:most]
    return np.sort(drawn)
