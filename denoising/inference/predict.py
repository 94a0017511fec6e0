"""Run a network over images, batch by batch."""

import math

import numpy as np

from denoising.files.errors import UserError
from denoising.images import as_float
from denoising.inference.engine import Network
from denoising.networks.inputs import UNKNOWN_LEVEL, pad, padding, with_level

BATCH_SIZE = 250
BATCH_PIXELS = 2**18  # the same number of images of 32×32 pixels; larger images, fewer of them


def predict(
    model: Network,
    images: np.ndarray,
    level: float | np.ndarray | None = None,
    batch_size: int = BATCH_SIZE,
) -> np.ndarray:
    """Run a network with one output over N images.

    Parameters
    ----------
    images : (N, H, W, C), N at least 1; ``uint8``, or floats in [0, 1].
    level : noise level, one for all images or one for each, (N,). Ignored by a network without a
        level input.

    Returns
    -------
    the output, ``float32``, (N, …).
    """
    (output,) = _outputs(model, images, level, batch_size, (0, 0)).values()
    return output


def denoise(
    model: Network,
    images: np.ndarray,
    level: float | np.ndarray | None = None,
    batch_size: int = BATCH_SIZE,
) -> np.ndarray:
    """Return denoised images in [0, 1], of any height and width.

    Images that do not fit the network's stride are padded by reflection, and cropped again. The
    parameters are those of `predict`.
    """
    return restore_and_classify(model, images, level, batch_size)[0]


def restore_and_classify(
    model: Network,
    images: np.ndarray,
    level: float | np.ndarray | None = None,
    batch_size: int = BATCH_SIZE,
) -> tuple[np.ndarray, np.ndarray]:
    """Return denoised images as `denoise` does, and the logits of a joint network.

    Without a classification output the logits have the shape (N, 0).

    Raises
    ------
    ValueError
        The model returns no image, or does not keep the size of images.
    """
    height, width = images.shape[1:3]
    if "reconstruction" not in model.outputs:
        raise ValueError(f"{model.name} returns no image, only {[*model.outputs]}")
    growth = padding(model.keeps_size, images.shape[1:], model.name)
    outputs = _outputs(model, images, level, batch_size, growth)
    restored = outputs["reconstruction"][:, :height, :width]
    logits = outputs.get("classification", np.empty((len(images), 0), np.float32))
    return np.clip(restored, 0, 1, out=restored), logits


def probabilities(model: Network, images: np.ndarray) -> np.ndarray:
    """Return the class probabilities of a classifier or a joint network, ``float64``, (N, classes).

    The parameters are those of `predict`. A joint network pads images that its stride does not
    divide. A network with a level input classifies without the level.

    Raises
    ------
    UserError
        The network returns NaN, for example because its training has failed; or it needs a level.
    """
    if model.has_level and not (model.card and model.card.level_known < 1):
        raise UserError(
            f"The network {model.name} takes the noise level of each image as an input, and was "
            "never trained without it. Train it with training.level_input false, or with "
            "training.level_known below 1."
        )
    if "reconstruction" in model.outputs:
        logits = restore_and_classify(model, images, UNKNOWN_LEVEL)[1]
    else:
        logits = predict(model, images, UNKNOWN_LEVEL)
    if not np.isfinite(logits).all():
        raise UserError(
            f"The network {model.name} returns NaN instead of probabilities: its weights are "
            "damaged, or its training has failed. Train it again, or use another model."
        )
    powers = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def batch_length(shape: tuple[int, ...], batch_size: int = BATCH_SIZE) -> int:
    """Return the number of images of a shape, (N, H, W, C), that a network computes at a time."""
    return max(1, min(batch_size, BATCH_PIXELS // math.prod(shape[1:3])))


def _outputs(
    model: Network,
    images: np.ndarray,
    level: float | np.ndarray | None,
    batch_size: int,
    growth: tuple[int, int],
) -> dict[str, np.ndarray]:
    """Return each output of a network for N images."""
    levels = with_level(images, level)["level"] if model.has_level else None
    size = batch_length(images.shape, batch_size)
    parts = []
    for start in range(0, len(images), size):
        chosen = slice(start, start + size)
        noisy = pad(as_float(images[chosen]), growth)
        parts.append(model.run(noisy, None if levels is None else levels[chosen]))
    return {name: np.concatenate([part[name] for part in parts]) for name in model.outputs}
