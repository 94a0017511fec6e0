"""Noise as cameras, scanners and files make it, added to clean pictures of 8 bits.

The functions take and return a ``uint8`` picture, (H, W, C). Levels are of 255; other than that of
white noise, which is its standard deviation, they are about the root mean square of the noise.
"""

import numpy as np

from denoising.images import as_bytes, as_float
from denoising.noise.camera import Camera, exposure
from denoising.noise.grain import blurred as blurred_image
from denoising.noise.jpeg import jpeg as jpeg

Random = np.random.Generator


def white(clean: np.ndarray, level: float, random: Random) -> np.ndarray:
    """Add white Gaussian noise."""
    return as_bytes(as_float(clean) + level / 255 * random.normal(size=clean.shape))


def mosaic(clean: np.ndarray, level: float, random: Random) -> np.ndarray:
    """Add even noise to the samples of a Bayer mosaic, and interpolate them."""
    return _taken(clean, level, random, Camera(interpolation="bilinear"))


def camera(clean: np.ndarray, level: float, random: Random) -> np.ndarray:
    """Add noise as a camera does: in linear light, before white balance, on a Bayer mosaic."""
    daylight = Camera(2.2, 0.1, balance=(1.9, 1, 1.6), interpolation="bilinear")
    return _taken(clean, level, random, daylight)


def photons(clean: np.ndarray, level: float, random: Random) -> np.ndarray:
    """Add the noise of photons and of the reader, in linear light; shadows get most."""
    return _taken(clean, level, random, Camera(2.2, 0.1))


def grain(clean: np.ndarray, level: float, random: Random, width: float = 1.0) -> np.ndarray:
    """Add Gaussian noise blurred by a Gaussian of `width` pixels."""
    return _taken(clean, level, random, Camera(blur=width))


def shrunk(clean: np.ndarray, level: float, random: Random) -> np.ndarray:
    """Add white noise that was shrunk from a picture 1.5 times as large."""
    return _taken(clean, level, random, Camera(scale=1.5))


def blurred(picture: np.ndarray, width: float) -> np.ndarray:
    """Blur a picture by a Gaussian of `width` pixels, as cameras smooth away some noise."""
    return as_bytes(blurred_image(as_float(picture), width))


def impulses(clean: np.ndarray, fraction: float, random: Random) -> np.ndarray:
    """Turn a fraction of the pixels black or white."""
    shape = (*clean.shape[:2], 1)
    hit, light = random.random(shape) < fraction, random.random(shape) < 0.5
    return np.where(hit, np.where(light, 255, 0), clean).astype(np.uint8)


def slope(height: int, width: int, random: Random) -> np.ndarray:
    """Return a colour picture that brightens from left to right, with white noise."""
    rising = np.linspace(50, 200, width)[None, :, None] * np.ones((height, 1, 3))
    return white(rising.astype(np.uint8), 25, random)


def _taken(clean: np.ndarray, level: float, random: Random, camera: Camera) -> np.ndarray:
    return as_bytes(exposure(as_float(clean), camera, random)(level / 255))
