"""Noise as cameras make it: in the light of the sensor, shared by pixels and channels, compressed.

Each picture is taken by a camera of its own, whose steps and their strengths are drawn at random:

- photons, and a reader whose noise does not depend on them: a variance linear in the light (Foi et
  al. 2008, doi:10.1109/TIP.2008.2001399); or noise alike in shadows and lights;
- a Bayer mosaic, whose samples are interpolated (`denoising.noise.mosaic`), white balance, and more
  vivid colours, by which channels share noise;
- pictures that were taken larger or smaller and then resized, and noise that is blurred, in the
  colours more than in the brightness;
- the display's gamma, black and white at the ends of the sensor's range;
- JPEG of any quality and subsampling, cut anywhere in its blocks.

The order is that of Guo et al. 2019 (arXiv:1807.04686) and Brooks et al. 2019 (arXiv:1811.11127);
steps at random, with resizing, follow Zhang et al. 2022 (arXiv:2203.13278). Other than there, the
steps up to gamma are linear and change the noise alone: what they would make of the picture without
noise is the clean picture.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from denoising.images import as_bytes, as_float
from denoising.noise.grain import blurred, resized
from denoising.noise.jpeg import Subsampling, jpeg
from denoising.noise.keys import generators
from denoising.noise.mosaic import Interpolation, Phase, interpolated, sampled

MIDDLE = 0.5  # brightness, on the display's scale, at which the shares of the noise are equal
STEPS = 4  # to find the strength of the sensor's noise
CLOSE = 0.1  # relative distance of the level at which the search ends
STRIDE = 4.0  # largest change of the strength in a step
# Ends of gamma, read, red, blue, vivid, scale, blur, colour_blur, phase, corner and quality.
_LOWEST = np.array([1.8, 0.05, 1.2, 1.2, 0.0, 0.6, 0.4, 0.5, 0, 0, 0, 0, 60])
_HIGHEST = np.array([2.4, 0.5, 2.4, 2.4, 0.5, 1.4, 1.4, 2.0, 2, 2, 8, 8, 99])
_EACH, _MEAN = np.eye(3, dtype=np.float32), np.full((3, 3), 1 / 3, np.float32)
DROWNED = 2.0  # ratio of the levels after and before compression from which it is left out


class Camera(NamedTuple):
    """The steps from light to file; the defaults are white noise in a picture without compression.

    Attributes
    ----------
    gamma : of the display.
    read : fraction of the variance, in mid-grey, that does not depend on the light.
    balance : gains of red, green and blue; those without a colour have none.
    vivid : by how much differences between the channels are enlarged, relative to the light.
    interpolation : of the samples of a Bayer mosaic; None if each pixel has all colours.
    phase : of the mosaic.
    scale : side of the picture that was taken, relative to that of the file.
    blur, colour_blur : deviations of Gaussians by which noise, and its differences between
        channels, are blurred, in pixels; 0 for none.
    quality : of JPEG; None for a file without compression.
    subsampling, corner : see `denoising.noise.jpeg`.
    """

    gamma: float = 1
    read: float = 1
    balance: tuple[float, float, float] = (1, 1, 1)
    vivid: float = 0
    interpolation: Interpolation | None = None
    phase: Phase = (0, 0)
    scale: float = 1
    blur: float = 0
    colour_blur: float = 0
    quality: int | None = None
    subsampling: Subsampling = "4:4:4"
    corner: tuple[int, int] = (0, 0)


def draw_camera(random: np.random.Generator, channels: int) -> Camera:
    """Draw a camera; without three channels it has neither a mosaic nor colours."""
    lit, mosaic, malvar, scaled, soft, blotchy, packed, halved = random.random(8).tolist()
    gamma, read, red, blue, vivid, scale, blur, colour_blur, *places, quality = (
        _LOWEST + (_HIGHEST - _LOWEST) * random.random(len(_LOWEST))
    ).tolist()
    down, right, top, left = map(int, places)
    colour, sensor = channels == 3, lit < 0.7
    return Camera(
        *((gamma, read) if sensor else (1, 1)),
        balance=(red, 1, blue) if sensor and colour else (1, 1, 1),
        vivid=vivid if colour else 0,
        interpolation=("malvar" if malvar < 0.5 else "bilinear")
        if mosaic < 0.6 and colour
        else None,
        phase=(down, right),
        scale=scale if scaled < 0.25 else 1,
        blur=blur if soft < 0.35 else 0,
        colour_blur=colour_blur if colour and blotchy < 0.25 else 0,
        quality=int(quality) if packed < 0.65 else None,
        subsampling="4:2:0" if halved < 0.5 else "4:4:4",
        corner=(top, left),
    )


def camera(clean: np.ndarray, level: float, keys: np.ndarray) -> np.ndarray:
    """Add camera noise; `level` is the root mean square of all differences from the clean image.

    What the steps leave of a difference from the level is scaled away. JPEG is left out where it
    would drown the noise, or the noise it. Levels that a sensor does not reach, above about 0.3,
    are scaled to beyond [0, 1].
    """
    noisy = np.empty(clean.shape, np.float32)
    for place, (image, random) in enumerate(zip(clean, generators(keys), strict=True)):
        model = draw_camera(random, image.shape[2])
        image = np.ascontiguousarray(image)
        expose = exposure(image, model, random)
        made = expose(level)
        if model.quality:
            written = compressed(made, model)
            again = level**2 / max(rms(written - image), level / DROWNED)
            written = compressed(expose(again), model)
            if 1 / DROWNED < rms(written - image) / level < DROWNED:
                made = written
        difference = made - image
        noisy[place] = image + np.float32(level / rms(difference)) * difference
    return noisy


def photographed(
    clean: np.ndarray, levels: np.ndarray, keys: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return images as cameras write them, and the root mean squares of their noise, (N,).

    Other than with `camera`, they are what was written, so that compression changes the level. A
    picture whose channels are alike keeps them so.

    Parameters
    ----------
    clean : ``float32`` in [0, 1], (N, H, W, C).
    levels : (N,), of the noise before compression, above 0.
    keys : (N, 4), see `denoising.noise.keys.noise_keys`.

    Returns
    -------
    ``float32`` in [0, 1], (N, H, W, C), and the levels.
    """
    noisy, found = np.empty(clean.shape, np.float32), np.empty(len(clean))
    for place, (image, random) in enumerate(zip(clean, generators(keys), strict=True)):
        grey = all(np.array_equal(image[..., 0], other) for other in np.moveaxis(image, 2, 0)[1:])
        image = np.ascontiguousarray(image[..., :1] if grey else image)
        model = draw_camera(random, image.shape[2])
        noisy[place] = written = compressed(exposure(image, model, random)(levels[place]), model)
        found[place] = rms(written - image)
    return noisy, found


def exposure(
    image: np.ndarray, camera: Camera, random: np.random.Generator
) -> Callable[[float], np.ndarray]:
    """Return a function of the level that returns a picture with noise, before it is compressed.

    Parameters
    ----------
    image : ``float32`` in [0, 1], (H, W, C).
    """
    light = image ** np.float32(camera.gamma) if camera.gamma != 1 else image
    noise = _sensor_noise(light, camera, random)
    slope = camera.gamma * MIDDLE ** (camera.gamma - 1)  # of the light over the display's scale
    start = slope / rms(noise)

    def expose(level: float) -> np.ndarray:
        strength, seen = start * level, image
        for _ in range(STEPS):
            seen = np.clip(light + np.float32(strength) * noise, 0, 1)
            if camera.gamma != 1:
                seen **= np.float32(1 / camera.gamma)
            found = rms(seen - image)
            if abs(found - level) < CLOSE * level:
                break
            strength *= np.clip(level / found, 1 / STRIDE, STRIDE)
        return seen

    return expose


def compressed(picture: np.ndarray, camera: Camera) -> np.ndarray:
    """Return a picture, ``float32`` in [0, 1], as it is read from the camera's file."""
    if camera.quality is None:
        return picture
    written = jpeg(as_bytes(picture), camera.quality, camera.subsampling, camera.corner)
    return as_float(written)


def rms(values: np.ndarray) -> float:
    """Return the root mean square of values, and a tiny number for zeros."""
    return max(float(np.sqrt(np.mean(np.square(values)))), 1e-12)


def _sensor_noise(light: np.ndarray, camera: Camera, random: np.random.Generator) -> np.ndarray:
    """Return the noise of a picture in linear light, (H, W, C), of any strength."""
    height, width, channels = light.shape
    if camera.scale != 1:
        light = _enlarged(light, camera.scale)
    gains = np.array(camera.balance, np.float32)
    if channels == 3 and camera.balance != (1, 1, 1):
        light = light @ np.diag(1 / gains)
    if camera.interpolation:
        light = sampled(light, camera.phase)
    noise = random.standard_normal(light.shape, np.float32)
    if camera.read < 1:
        photons = (1 - camera.read) / MIDDLE**camera.gamma
        noise *= np.sqrt(np.float32(camera.read) + np.float32(photons) * light)
    if camera.interpolation:
        noise = interpolated(noise, camera.interpolation, camera.phase)
    if channels == 3:
        noise = noise @ (np.diag(gains) @ (_EACH + np.float32(camera.vivid) * (_EACH - _MEAN)))
    if camera.scale != 1:
        noise = resized(noise, height, width)
    if camera.blur:
        noise = blurred(noise, camera.blur)
    if camera.colour_blur:
        brightness = noise @ _MEAN
        noise = brightness + blurred(noise - brightness, camera.colour_blur)
    return noise


def _enlarged(light: np.ndarray, scale: float) -> np.ndarray:
    """Return light at another size, without interpolation: only the noise's variance is its."""
    rows, columns = (np.arange(max(1, round(scale * side))) / scale for side in light.shape[:2])
    last = np.array(light.shape[:2]) - 1
    return light[
        np.minimum(rows.astype(int), last[0])[:, None], np.minimum(columns.astype(int), last[1])
    ]
