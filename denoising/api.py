"""The functions of `from denoising import …`: denoise and classify arrays.

An image is an array (H, W) or (H, W, C) with C of 1 or 3, of ``uint8``, ``uint16`` or floats on the
scale from 0, black, to 1, white. Noisy floats may lie outside of it.
"""

import warnings
from functools import cache
from os import PathLike
from pathlib import Path

import numpy as np
import pyvips

from denoising.baselines.toolbox import METHODS, NETWORK, check_options, denoise_picture, find_noise
from denoising.config.noise import NoiseKind
from denoising.files.errors import UserError
from denoising.files.ranges import Scale, find_scale
from denoising.files.survey import survey
from denoising.images import white_value
from denoising.inference.engine import Network
from denoising.inference.likeness import describe, seen_by
from denoising.inference.predict import probabilities
from denoising.inference.pretrained import PHOTOS, open_classifier, open_denoiser
from denoising.noise.pictures import with_noise

MOST = 10.0  # noisy floats hardly go beyond; those of images from 0 to 255 do


def load_denoiser(path: str | PathLike | None = None) -> Network:
    """Open a denoiser or a joint network.

    Parameters
    ----------
    path : an ``.onnx`` file, or a ``.keras`` file, which needs the packages of the pipeline; the
        denoiser for photographs that comes with this package if omitted.

    Raises
    ------
    denoising.files.errors.UserError
        There is no such file, it is damaged, or it is not a denoiser.

    Examples
    --------
    >>> load_denoiser().card.dataset
    'photographs'
    """
    return _shipped() if path is None else open_denoiser(Path(path))


@cache
def _shipped() -> Network:
    return open_denoiser(PHOTOS)


def load_classifier(path: str | PathLike) -> Network:
    """Open a classifier or a joint network; ``card.classes`` are the names of its classes.

    Parameters
    ----------
    path : as for `load_denoiser`, for example ``models/joint.onnx``.

    Raises
    ------
    denoising.files.errors.UserError
        There is no such file, it is damaged, or it is not a classifier with named classes.
    """
    return open_classifier(Path(path))[0]


def denoise(
    image: np.ndarray,
    *,
    level: float | None = None,
    strength: float = 1.0,
    method: str = NETWORK,
    model: Network | None = None,
    white: float | None = None,
) -> np.ndarray:
    """Return the denoised image, of the same shape and type.

    Impulses (salt-and-pepper noise) are replaced first. An image without noise comes back unchanged
    unless a level is given.

    Parameters
    ----------
    image : (H, W) or (H, W, C), ``uint8``, ``uint16`` or floats, of any size.
    level : standard deviation of the noise on the scale from 0 to 1 (15 of 255 is 0.059); higher
        removes more. Estimated from the image if omitted.
    strength : multiplies the level; higher removes more.
    method : ``network``, or a filter without training: ``median``, ``tv``, ``wavelet`` or ``nlm``.
    model : from `load_denoiser`; the denoiser for photographs if omitted. The filters only estimate
        the level with it.
    white : the value of white in ``uint16`` or floats, such as 4095 of a camera with 12 bits. If
        omitted, it is 1 for floats, and for ``uint16`` found as the command does: the largest value
        of the fewest bits, 8, 10, 12, 14 or 16, that hold the image. Levels are relative to it.

    Raises
    ------
    TypeError, ValueError
        The array is not an image, or an option is impossible.
    denoising.files.errors.UserError
        The model cannot use this level, the type cannot hold `white`, or most values are above it.

    Warns
    -----
    UserWarning
        White is not given, and ``uint16`` values are taken for those of fewer bits; or it is given
        for ``uint8``, where it is 255.

    Examples
    --------
    >>> clean = np.full((64, 64), 0.5)
    >>> noisy = add_noise(clean, 0.1)
    >>> restored = denoise(noisy)
    >>> restored.shape, restored.dtype
    ((64, 64), dtype('float64'))
    >>> bool(np.abs(restored - clean).mean() < np.abs(noisy - clean).mean() / 4)
    True
    """
    values, model = _pixels(image, white), _network(model)
    if method not in METHODS:
        raise ValueError(f"Expected a method: {', '.join(METHODS)}. Received: {method!r}")
    for name, value in {"level": level, "strength": strength}.items():
        if value is not None and not isinstance(value, int | float | np.number):
            raise TypeError(f"Expected a number as the {name}. Received: {value!r}")
    if not 0 < strength < np.inf:
        raise ValueError(f"Expected a strength above 0. Received: {strength!r}")
    if method == NETWORK:
        check_options(model, level, strength)
    elif level is not None and not 0 <= level <= 1:
        raise ValueError(f"Expected a level from 0 to 1. Received: {level!r}")
    scale = _scale(values, white)
    pixels, kept = scale.to_work(values) if scale else (values, None)
    noise = find_noise(model, pixels, level)
    restored = denoise_picture(model, pixels, noise, strength, method)
    restored = scale.to_stored(restored, kept) if scale else restored
    return restored.reshape(image.shape)


def estimate_level(
    image: np.ndarray, model: Network | None = None, white: float | None = None
) -> float:
    """Return the standard deviation of the noise in an image, on the scale from 0 to 1.

    It is what `denoise` estimates, without impulses, from four squares of 256×256 pixels of a large
    image; 0 if there is no noise. `white` is that of `denoise`.

    Examples
    --------
    >>> clean = np.full((64, 64, 3), 128, np.uint8)
    >>> round(estimate_level(add_noise(clean, 0.1)), 2)
    0.1
    """
    values = _pixels(image, white)
    scale = _scale(values, white)
    pixels = scale.to_work(values)[0] if scale else values
    return find_noise(_network(model), pixels).estimate.level


def add_noise(
    image: np.ndarray, level: float, kind: NoiseKind = "gaussian", seed: int = 0, clip: bool = True
) -> np.ndarray:
    """Return an image with noise, of the same shape and type.

    Parameters
    ----------
    image : (H, W) or (H, W, C).
    level : strength, 0 or more, in the unit of `kind`: standard deviation on the scale from 0 to 1
        (gaussian), relative to the brightness (speckle), 1 / sqrt(photons at full white) (poisson),
        fraction of pixels that turn black or white (salt_and_pepper), or root mean square on the
        scale from 0 to 1 (camera).
    seed : determines the noise; equal seeds give equal noise at every level.
    clip : clip floats to [0, 1]; integers always are.

    Raises
    ------
    TypeError, ValueError
        The array is not an image.
    denoising.files.errors.UserError
        The kind is unknown, or the level impossible.

    Examples
    --------
    >>> clean = np.full((2, 2), 128, np.uint8)
    >>> noisy = add_noise(clean, 0.05)
    >>> noisy.dtype, bool((noisy == add_noise(clean, 0.05)).all())
    (dtype('uint8'), True)
    """
    pixels = _pixels(image)
    return with_noise(pixels, level, kind, seed, clip).reshape(image.shape)


def classify(image: np.ndarray, model: Network, *, as_is: bool = False) -> np.ndarray:
    """Return the probability of each class, (classes,), in the order of ``model.card.classes``.

    An image unlike those that the model was trained on is brought to their appearance where that is
    clearly right: a dark digit on white for a classifier of light digits on black, for example, is
    inverted and cut out. A `UserWarning` says so, and also if the image is unlike them all the
    same, as one in a hundred of the model's own validation images is: probabilities mean little
    then.

    Parameters
    ----------
    image : (H, W) or (H, W, C), of any size. One of another size than the model's is cropped about
        its centre and resized; colour becomes grey where the model is for grey images.
    model : from `load_classifier`.
    as_is : do not invert, stretch or cut out the subject.
    """
    model = _network(model)
    if model.card is None or "classification" not in model.outputs:
        raise UserError(
            f"The network {model.name} is not a classifier. Open one with load_classifier."
        )
    pixels = _pixels(image)
    white = white_value(pixels.dtype)
    if white == 1:
        pixels = pixels.astype(np.float32).clip(0, 1)
    seen = seen_by(model.card, pyvips.Image.new_from_array(pixels), white, as_is)
    if remarks := describe(seen, model.card.dataset):
        advice = "" if as_is or not seen.changes else "; as_is=True leaves it as it is"
        warnings.warn(f"The image is {remarks}{advice}.", stacklevel=2)
    exact = [*pixels.shape] == model.card.size and not seen.changes
    return probabilities(
        model, pixels[None].astype(np.float32) / white if exact else seen.image[None]
    )[0]


def _network(model: Network | None) -> Network:
    """Return a model, or the shipped one for None; raise `TypeError` if it is none."""
    if model is not None and not isinstance(model, Network):
        raise TypeError(
            f"Expected what load_denoiser or load_classifier returns. Received: {model!r}"
        )
    return model or _shipped()


def _scale(values: np.ndarray, white: float | None) -> Scale | None:
    """Return the scale of an image, None for floats from 0 to 1; warn if it is unexpected."""
    if white is not None:
        if not isinstance(white, int | float | np.number) or not 0 < white < np.inf:
            raise ValueError(f"Expected a number above 0 as white. Received: {white!r}")
        white = float(white)
    elif values.dtype != np.uint16:
        return None
    scale = find_scale(values.dtype, survey(values, white=white), white)
    if white is None and scale.note:
        warnings.warn(
            f"The image is taken for one of {scale.note}. Give white to set it, for example "
            "white=65535.",
            stacklevel=3,
        )
    elif values.dtype == np.uint8 and scale.note:
        warnings.warn(f"The {scale.note}.", stacklevel=3)
    return scale


def _pixels(image: np.ndarray, white: float | None = None) -> np.ndarray:
    """Return an image as (H, W, C); raise `TypeError` or `ValueError` if it is none."""
    if not isinstance(image, np.ndarray) or isinstance(image, np.ma.MaskedArray):
        raise TypeError(f"Expected a plain NumPy array. Received: {type(image).__name__}")
    image = np.asarray(image)  # matrices, too, whose rows have two dimensions
    if image.dtype not in (np.uint8, np.uint16) and not np.issubdtype(image.dtype, np.floating):
        raise TypeError(
            "Expected an image of uint8, uint16 or floats from 0 to 1. "
            f"Received: {image.dtype}. Convert it with astype."
        )
    pixels = image[..., None] if image.ndim == 2 else image
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3) or not pixels.size:
        raise ValueError(
            "Expected one image, (height, width) or (height, width, channels) with 1 or 3 "
            f"channels. Received: {image.shape}"
        )
    if not np.isfinite(pixels).all():
        raise ValueError("Expected an image without NaN and infinity. Replace them.")
    if white is None and white_value(pixels.dtype) == 1 and max(pixels.max(), -pixels.min()) > MOST:
        raise ValueError(
            "Expected floats on the scale from 0, black, to 1, white. Received values from "
            f"{pixels.min():g} to {pixels.max():g}. Give white to `denoise`, or divide "
            "them by it."
        )
    return pixels
