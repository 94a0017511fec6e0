"""Noise as cameras, scanners and files make it, added to clean pictures."""

import io

import numpy as np
from PIL import Image
from scipy.ndimage import convolve, gaussian_filter, zoom

from denoising.images import as_bytes, as_float

GAMMA = 2.2
BALANCE = np.array([1.9, 1.0, 1.6])  # gains of red, green and blue in daylight
SUBSAMPLING = {"4:4:4": 0, "4:2:0": 2}
Random = np.random.Generator

# Bilinear interpolation of the green and of the red and blue samples of a Bayer mosaic.
GREEN = np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]]) / 4
RED_BLUE = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 4


def white(clean: np.ndarray, level: float, random: Random) -> np.ndarray:
    """Add white Gaussian noise; `level` is its standard deviation, of 255.

    This and the other functions take and return a ``uint8`` picture, (H, W, C).
    """
    return as_bytes(as_float(clean) + level / 255 * random.normal(size=clean.shape))


def jpeg(picture: np.ndarray, quality: int, subsampling: str = "4:2:0") -> np.ndarray:
    """Compress a picture as JPEG, and read it again."""
    file, options = io.BytesIO(), {"quality": quality}
    if picture.shape[2] == 3:
        options["subsampling"] = SUBSAMPLING[subsampling]
    Image.fromarray(picture.squeeze()).save(file, "JPEG", **options)
    return np.asarray(Image.open(file)).reshape(picture.shape)


def mosaic(clean: np.ndarray, level: float, random: Random) -> np.ndarray:
    """Add noise to the samples of a Bayer mosaic, and interpolate them.

    `level` is the standard deviation of the noise of the samples, of 255, on the display's scale.
    """
    noisy = as_float(clean) + level / 255 * random.normal(size=clean.shape)
    return as_bytes(_interpolated(noisy))


def camera(clean: np.ndarray, level: float, random: Random) -> np.ndarray:
    """Add noise as a camera does: in linear light, before white balance, on a Bayer mosaic.

    `level` is the standard deviation in green at mid-grey, of 255, on the display's scale.
    """
    light = as_float(clean).astype(np.float64) ** GAMMA / BALANCE
    wanted = level / 255 * GAMMA * 0.5 ** (GAMMA - 1)  # on the scale of light
    variance = 0.9 * wanted**2 * light / 0.5**GAMMA + 0.1 * wanted**2
    seen = light + np.sqrt(variance) * random.normal(size=light.shape)
    balanced = _interpolated(seen) * BALANCE
    return as_bytes(np.clip(balanced, 0, 1) ** (1 / GAMMA))


def _interpolated(image: np.ndarray) -> np.ndarray:
    """Return what bilinear interpolation makes of the samples that a Bayer mosaic takes."""
    rows, columns = np.indices(image.shape[:2]) % 2
    masks = [(rows == 0) & (columns == 0), rows != columns, (rows == 1) & (columns == 1)]
    found = [
        convolve(image[..., channel] * mask, GREEN if channel == 1 else RED_BLUE, mode="mirror")
        for channel, mask in enumerate(masks)
    ]
    return np.stack(found, axis=-1)


def photons(clean: np.ndarray, level: float, random: Random) -> np.ndarray:
    """Add the noise of photons and of the reader, in linear light; shadows get most.

    `level` is the standard deviation at mid-grey, of 255, on the display's scale.
    """
    light = as_float(clean).astype(np.float64) ** GAMMA
    middle = 0.5**GAMMA
    wanted = level / 255 * GAMMA * 0.5 ** (GAMMA - 1)  # on the scale of light
    reader = 0.3 * wanted
    gain = (wanted**2 - reader**2) / middle
    seen = light + np.sqrt(gain * light + reader**2) * random.normal(size=clean.shape)
    return as_bytes(np.clip(seen, 0, 1) ** (1 / GAMMA))


def grain(clean: np.ndarray, level: float, random: Random, width: float = 1.0) -> np.ndarray:
    """Add Gaussian noise blurred by a Gaussian of `width` pixels, with a deviation of `level`."""
    noise = gaussian_filter(random.normal(size=clean.shape), (width, width, 0))
    return as_bytes(as_float(clean) + level / 255 * noise / noise.std())


def blurred(picture: np.ndarray, width: float) -> np.ndarray:
    """Blur a picture by a Gaussian of `width` pixels, as cameras smooth away some noise."""
    return as_bytes(gaussian_filter(as_float(picture), (width, width, 0)))


def shrunk(clean: np.ndarray, level: float, random: Random) -> np.ndarray:
    """Add white noise to a picture 1.5 times as large, and shrink it by linear interpolation."""
    large = np.asarray(zoom(as_float(clean), (1.5, 1.5, 1), order=1))
    noisy = large + level / 255 * random.normal(size=large.shape)
    sides = np.array(clean.shape[:2]) / large.shape[:2]
    return as_bytes(np.asarray(zoom(noisy, (*sides, 1), order=1)))


def impulses(clean: np.ndarray, fraction: float, random: Random, each: bool = False) -> np.ndarray:
    """Turn a fraction of the pixels, or of the values of each channel, black or white."""
    shape = clean.shape if each else (*clean.shape[:2], 1)
    hit, light = random.random(shape) < fraction, random.random(shape) < 0.5
    return np.where(hit, np.where(light, 255, 0), clean).astype(np.uint8)
