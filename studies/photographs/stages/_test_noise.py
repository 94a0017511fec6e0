"""White noise on the test photographs, and scores."""

from typing import NamedTuple

import numpy as np

from denoising.config.noise import Noise
from denoising.evaluation.scores import psnr, ssim
from denoising.images import as_bytes, as_float
from denoising.noise.apply import noisy_images

LEVELS = (15, 25, 50)  # of 255, the scale of denoising papers
WHITE_NOISE = ("cbsd68", "kodak24", "set12")
REAL = "polyu"
SHOT, MEAN = "_real", "_mean"  # in the names of the files of a pair


class Pair(NamedTuple):
    """A clean and a noisy picture, ``uint8``, (H, W, C)."""

    clean: np.ndarray
    noisy: np.ndarray


def made_noisy(
    clean: np.ndarray, level: float, number: int, seed: int, name: str, clip: bool = True
) -> np.ndarray:
    """Return picture `number` of a set, ``uint8``, (H, W, C), with white noise.

    Parameters
    ----------
    level : standard deviation, of 255.
    name : of the set; with `number` and `seed` it determines the noise.

    Returns
    -------
    ``float32``, on the scale from 0 to 1.
    """
    noise = Noise(kind="gaussian", level=level / 255, clip=clip)
    return noisy_images(clean[None], noise, seed, f"test {name}", indices=[number])[0]


def in_8_bits(clean: np.ndarray, level: float, number: int, seed: int, name: str) -> Pair:
    """Return a picture with the noisy one that a file holds, as `made_noisy` makes it."""
    return Pair(clean, as_bytes(made_noisy(clean, level, number, seed, name)))


def real_pairs(pictures: dict[str, np.ndarray]) -> dict[str, Pair]:
    """Return the pairs of the set `REAL`, from its pictures by file name, by that of the shot."""
    return {
        name: Pair(pictures[name.replace(SHOT, MEAN)], pixels)
        for name, pixels in pictures.items()
        if SHOT in name
    }


def score(clean: np.ndarray, image: np.ndarray) -> dict[str, float]:
    """Return the PSNR, in dB, and the SSIM of a picture."""
    pair = as_float(clean)[None], as_float(image)[None]
    return {"psnr": psnr(*pair)[0], "ssim": ssim(*pair)[0]}
