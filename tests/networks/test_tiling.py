"""Pictures that are denoised tile by tile."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import pyvips

from denoising.inference.tiling import denoise_large
from denoising.networks import photo_unet
from tests.support.dag import ROOT
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


MEASURED = """
import re, sys
from pathlib import Path
from denoising.cli.main import main
from denoising.inference import tiling
tiling.TILE = 256
code = main(["image", *sys.argv[1:]])
highest = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
sys.exit(f"{code} {highest[1]}")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory as Linux tells it")
def test_memory_grows_by_the_pixels_read_and_written_alone(models, tmp_path):
    """For 8 bits and three channels these are 6 bytes; in floats they would be 24."""
    used = []
    for side in (1024, 3072):
        source = tmp_path / f"{side}.png"
        first, *others = (
            pyvips.Image.gaussnoise(side, side, mean=128, sigma=20, seed=seed).cast("uchar")
            for seed in range(3)
        )
        first.bandjoin(others).copy(interpretation="srgb").pngsave(str(source))
        arguments = [source, "-o", tmp_path / f"{side}.out.png", "--model", models["colour"]]
        command = [sys.executable, "-c", MEASURED, *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        code, kibibytes = done.stderr.split()
        assert code == "0"
        used.append(1024 * int(kibibytes))
    assert (used[1] - used[0]) / (3072**2 - 1024**2) < 8
