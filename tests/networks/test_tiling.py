"""Pictures that are denoised tile by tile."""

import keras
import numpy as np

from denoising.inference.tiling import denoise_large
from denoising.networks import photo_unet
from tests.support.learning import runnable, without_zeros


def test_tiles_have_no_seams(monkeypatch):
    keras.utils.set_random_seed(0)
    model = runnable(without_zeros(photo_unet.build((None, None, 1))))
    pixels = np.random.default_rng(0).integers(0, 256, (300, 420, 1)).astype(np.uint8)
    whole = denoise_large(model, pixels)
    assert np.abs(whole.astype(int) - pixels).max() > 5
    monkeypatch.setattr("denoising.inference.tiling.TILE", 128)
    done = []
    tiled = denoise_large(model, pixels, progress=done.append)
    assert len(done) == 12
    assert sum(done) == pixels.size
    assert np.abs(tiled.astype(int) - whole).max() <= 1
    monkeypatch.setattr("denoising.inference.tiling.HALO", 16)
    assert np.abs(denoise_large(model, pixels).astype(int) - whole).max() > 1
