"""Run a model over images, batch by batch."""

import keras
import numpy as np

from denoising.images import as_float
from denoising.networks.inputs import has_level_input, pad, padding, with_level

BATCH_SIZE = 250


def predict(
    model: keras.Model,
    images: np.ndarray,
    level: float | np.ndarray | None = None,
    batch_size: int = BATCH_SIZE,
) -> np.ndarray:
    """Run a model with one output over N images.

    Parameters
    ----------
    images : (N, H, W, C), N at least 1; ``uint8``, or floats in [0, 1].
    level : noise level, one for all images or one for each, (N,). Ignored by a network without a
        level input.

    Returns
    -------
    the output, ``float32``, (N, …).
    """
    return _outputs(model, images, level, batch_size, (0, 0))["output"]


def denoise(
    model: keras.Model,
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
    model: keras.Model,
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
    growth = padding(model, images.shape[1:])
    outputs = _outputs(model, images, level, batch_size, growth)
    restored = outputs.get("reconstruction", outputs.get("output"))
    if restored is None:
        raise ValueError(f"{model.name} has no output named reconstruction, only {[*outputs]}")
    restored = restored[:, :height, :width]
    logits = outputs.get("classification", np.empty((len(images), 0), np.float32))
    return np.clip(restored, 0, 1, out=restored), logits


def _outputs(
    model: keras.Model,
    images: np.ndarray,
    level: float | np.ndarray | None,
    batch_size: int,
    growth: tuple[int, int],
) -> dict[str, np.ndarray]:
    """Return each output of a model for N images; a single one is called ``output``.

    All batches have the same number of images, as TensorFlow traces a network again whenever that
    changes. The last batch repeats an image to fill up.
    """
    batches = -(-len(images) // batch_size)
    size = -(-len(images) // batches)
    levels = with_level(images, level)["level"] if has_level_input(model) else None
    parts = []
    for start in range(0, len(images), size):
        chosen = np.minimum(np.arange(start, start + size), len(images) - 1)
        noisy = pad(as_float(images[chosen]), growth)
        output = model.predict_on_batch(
            noisy if levels is None else {"noisy": noisy, "level": levels[chosen]}
        )
        parts.append(output if isinstance(output, dict) else {"output": output})
    return {
        name: np.concatenate([part[name] for part in parts])[: len(images)] for name in parts[0]
    }
