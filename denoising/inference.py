"""Run a model over images: in batches, and of any size."""

import keras
import numpy as np

BATCH_SIZE = 250
# What a network sees instead of the level where it is not told it, if it has learned that.
UNKNOWN_LEVEL = -1.0
LARGEST_STRIDE = 64


def is_told(model: keras.Model) -> bool:
    """Say whether a network has the level of the noise as an input beside the images."""
    return any(given.name == "level" for given in model.inputs)


def with_level(images: np.ndarray, level: float | np.ndarray) -> dict[str, np.ndarray]:
    """Return the inputs of a network that is told: N images, and their levels or that of all."""
    if level is None:
        raise ValueError("Expected the level of the noise, which this network is told.")
    levels = np.broadcast_to(np.asarray(level, dtype=np.float32), len(images))
    return {"noisy": images, "level": levels[:, None]}


def predict(
    model: keras.Model,
    images: np.ndarray,
    level: float | np.ndarray | None = None,
    batch_size: int = BATCH_SIZE,
    growth: tuple[int, int] = (0, 0),
):
    """Return what `model` gives for images, one batch in memory at a time.

    All batches have the same number of images, at most `batch_size`: TensorFlow traces a network
    again where the number changes. The last batch repeats an image, where they do not come out
    even.

    Parameters
    ----------
    images : (N, H, W, C), N at least 1; ``uint8`` from 0 to 255, or floats in [0, 1].
    level : of the noise in each image, (N,), or in all. A network that is not told ignores it.
    growth : by how many rows and columns the images are padded, see `padding`.

    Returns
    -------
    ``float32``, the model's output for the N images, or a dict of outputs.
    """
    batches = -(-len(images) // batch_size)
    size = -(-len(images) // batches)
    parts, told = [], is_told(model)
    if told:
        levels = with_level(images, level)["level"]
    for start in range(0, len(images), size):
        chosen = np.minimum(np.arange(start, start + size), len(images) - 1)
        seen = pad(as_float(images[chosen]), growth)
        parts.append(
            model.predict_on_batch({"noisy": seen, "level": levels[chosen]} if told else seen)
        )
    if isinstance(parts[0], dict):
        return {
            name: np.concatenate([part[name] for part in parts])[: len(images)] for name in parts[0]
        }
    return np.concatenate(parts)[: len(images)]


def denoise(
    model: keras.Model,
    images: np.ndarray,
    level: float | np.ndarray | None = None,
    batch_size: int = BATCH_SIZE,
) -> np.ndarray:
    """Return denoised images in [0, 1], of any height and width.

    Images that the network's stride does not divide are reflected at their lower and right edges
    to the next size that it does, and cut again. `level` is that of the noise, as `predict` has it.
    """
    return restore_and_classify(model, images, level, batch_size)[0]


def restore_and_classify(
    model: keras.Model,
    images: np.ndarray,
    level: float | np.ndarray | None = None,
    batch_size: int = BATCH_SIZE,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return denoised images as `denoise` does, and the logits of a joint network, else None."""
    height, width = images.shape[1:3]
    growth = padding(model, images.shape[1:])
    output, logits = predict(model, images, level, batch_size, growth), None
    if isinstance(output, dict):
        output, logits = output["reconstruction"], output["classification"]
    output = output[:, :height, :width]
    return np.clip(output, 0, 1, out=output), logits


def pad(images: np.ndarray, growth: tuple[int, int]) -> np.ndarray:
    """Reflect images at their lower and right edges by so many rows and columns."""
    rows, columns = growth
    if not rows and not columns:
        return images
    return np.pad(images, ((0, 0), (0, rows), (0, columns), (0, 0)), mode="symmetric")


def padding(model: keras.Model, image_shape: tuple[int, int, int]) -> tuple[int, int]:
    """Return by how many rows and columns images must grow for the model to give their size."""
    height, width, channels = image_shape
    if _keeps(model, (1, *image_shape)):
        return 0, 0

    def missing(size: int) -> int:
        for extra in range(LARGEST_STRIDE):
            side = size + extra
            if _keeps(model, (1, side, side, channels)):
                return extra
        raise ValueError(
            f"Expected a model that returns images of the size that it is given, with a stride of "
            f"at most {LARGEST_STRIDE}. Received: {model.name}, for images of {image_shape}"
        )

    return missing(height), missing(width)


def _keeps(model: keras.Model, shape: tuple[int, ...]) -> bool:
    given = {"noisy": shape, "level": (1, 1)} if is_told(model) else shape
    try:
        output = model.compute_output_shape(given)
    except ValueError:  # a skip connection between two sizes
        return False
    if isinstance(output, dict):
        output = output["reconstruction"]
    return tuple(output) == shape


def as_float(images: np.ndarray) -> np.ndarray:
    """Return images as ``float32`` in [0, 1]."""
    if images.dtype == np.uint8:
        return images.astype(np.float32) / 255
    return np.asarray(images, dtype=np.float32)
