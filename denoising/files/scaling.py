"""A picture of any size as an image of one size.

It is turned upright as its file says, laid on white where it is transparent, cut to the aspect of
that size about its middle, and resized with Lanczos's kernel, which averages when it shrinks.
Colour becomes grey with the weights of ITU-R BT.601; colour profiles are not applied.
"""

import numpy as np
import pyvips

from denoising.files.pictures import Picture

GREY = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def resized(picture: Picture, height: int, width: int, channels: int) -> np.ndarray:
    """Return a picture as ``uint8``, (height, width, channels), as above."""
    image = _upright(picture)
    whole_width = max(1, min(image.width, round(image.height * width / height)))
    whole_height = max(1, min(image.height, round(image.width * height / width)))
    left, top = (image.width - whole_width) // 2, (image.height - whole_height) // 2
    image = image.crop(left, top, whole_width, whole_height).cast("float")
    image = image.resize(width / whole_width, vscale=height / whole_height)
    pixels = np.asarray(image).reshape(height, width, image.bands) * (255 / picture.white)
    if channels < pixels.shape[2]:
        pixels = pixels @ GREY[:, None]
    pixels = np.rint(np.clip(pixels, 0, 255)).astype(np.uint8)
    return np.broadcast_to(pixels, (height, width, channels))


def _upright(picture: Picture) -> pyvips.Image:
    """Return all of a picture on white, turned as its file says."""
    pixels, flat = picture.pixels, picture.alpha is None
    bands = pixels if flat else np.concatenate([pixels, picture.alpha[..., None]], axis=2)
    image = pyvips.Image.new_from_array(bands, interpretation=picture.source.interpretation)
    if not flat:
        image = image.flatten(background=picture.white, max_alpha=picture.white)
    if picture.source.get_typeof("orientation"):
        image = image.copy()
        image.set_type(pyvips.GValue.gint_type, "orientation", picture.source.get("orientation"))
    return image.autorot()
