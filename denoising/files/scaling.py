"""Bring a picture of any size to a given size and number of channels."""

import numpy as np
import pyvips

from denoising.files.vips import ORIENTATION, Picture, image_of, metadata

GREY = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def resized(picture: Picture, height: int, width: int, channels: int) -> np.ndarray:
    """Return a picture as ``uint8``, (height, width, channels).

    It is rotated as its orientation tag demands, composited on white if it is transparent, and then
    `fitted`. Colour profiles are not applied.
    """
    return fitted(upright(picture), picture.white, height, width, channels)


def fitted(image: pyvips.Image, white: int, height: int, width: int, channels: int) -> np.ndarray:
    """Return an image as ``uint8``, (height, width, channels).

    It is cropped about its centre to the target's aspect ratio, and resized with a Lanczos kernel,
    which averages when it shrinks. Colour becomes grey with the weights of ITU-R BT.601.
    """
    whole_width = max(1, min(image.width, round(image.height * width / height)))
    whole_height = max(1, min(image.height, round(image.width * height / width)))
    left, top = (image.width - whole_width) // 2, (image.height - whole_height) // 2
    image = image.crop(left, top, whole_width, whole_height).cast("float")
    image = image.resize(width / whole_width, vscale=height / whole_height)
    pixels = np.asarray(image).reshape(height, width, image.bands) * (255 / white)
    if channels < pixels.shape[2]:
        pixels = pixels @ GREY[:, None]
    pixels = np.rint(np.clip(pixels, 0, 255)).astype(np.uint8)
    return np.broadcast_to(pixels, (height, width, channels))


def upright(picture: Picture) -> pyvips.Image:
    """Return a picture on white, rotated as its orientation tag demands."""
    pixels, alpha = picture.pixels, picture.alpha
    if alpha is None:
        image = image_of(pixels)
    else:
        alpha, _ = picture.scale.to_work(alpha[..., None])
        image = image_of(np.concatenate([pixels, alpha], axis=2))
        image = image.flatten(background=[picture.white], max_alpha=picture.white)
    if orientation := metadata(picture.source, ORIENTATION):
        image = image.copy()
        image.set_type(pyvips.GValue.gint_type, ORIENTATION, orientation)
    return image.autorot()
