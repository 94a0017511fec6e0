"""The table of `denoise image --compare`: every method beside a picture without noise."""

import argparse
from collections.abc import Iterator

import numpy as np

from denoising.baselines.toolbox import METHODS, NETWORK, Found, denoise_picture
from denoising.evaluation.scores import psnr, ssim
from denoising.evaluation.ssim import gaussian_window
from denoising.images import white_value
from denoising.inference.engine import Network


def compared(
    given: argparse.Namespace,
    model: Network,
    pixels: np.ndarray,
    clean: np.ndarray,
    noise: Found,
) -> Iterator[str]:
    """Yield the lines of the table: the noisy picture, then every method.

    Parameters
    ----------
    pixels : the noisy picture, (H, W, C), ``uint8``, ``uint16`` or ``float32``.
    clean : the picture without noise, of that shape, as floats from 0 to 1.
    """
    yield f"{'against ' + str(given.compare):<32}  PSNR      SSIM"
    yield _row("noisy", clean, pixels)
    for method in METHODS:
        if method == NETWORK and not model.has_level and given.strength != 1:
            continue
        restored = denoise_picture(model, pixels, noise, given.strength, method)
        yield _row(method, clean, restored)


def _row(name: str, clean: np.ndarray, image: np.ndarray) -> str:
    pair = clean[None], image[None].astype(np.float32) / white_value(image.dtype)
    large = min(clean.shape[:2]) >= len(gaussian_window())
    similarity = f"{ssim(*pair)[0]:8.4f}" if large else "too small"
    return f"  {name:<30}{psnr(*pair)[0]:6.2f} dB  {similarity}"
