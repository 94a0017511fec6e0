"""Score the denoiser for photographs on real noise, and on pictures without noise.

Run as `python -m studies.photographs.stages.measure_real`. The noise is that of PolyU's pairs: a
picture of a camera, and the mean of many of the same scene. The denoiser is told nothing; the best
level for each pair, which nobody knows without the mean, is beside. Pictures without noise are the
test sets before noise is added: there, the score is the PSNR from the picture itself.
"""

from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from denoising.baselines.toolbox import denoise_blind, denoise_picture, find_noise
from denoising.config.params import Params
from denoising.files.tables import write_csv
from denoising.inference.engine import Network, open_network
from denoising.inference.tiling import denoise_large
from stages._runner import run
from studies.photographs.stages._settings import read_settings, read_tests
from studies.photographs.stages._test_noise import REAL, WHITE_NOISE, Pair, real_pairs, score
from studies.photographs.stages.measure import BLIND, OUTPUTS

BEST = "best level"
LEVELS = np.array([2, 3, 4, 6, 8, 11, 15, 20]) / 255  # of which the best is taken


def main(params: Params) -> None:
    settings = read_settings()
    model = open_network(settings.trained, params.threads)
    tests = read_tests(settings.data)
    pairs = [
        {"picture": name} | row
        for name, pair in tqdm(real_pairs(tests[REAL]).items(), desc=REAL)
        for row in scored_pair(model, pair)
    ]
    write_csv(OUTPUTS / "real_noise.csv", pd.DataFrame(pairs))
    clean = [
        {"set": part, "picture": name} | unchanged(model, pixels)
        for part in WHITE_NOISE
        for name, pixels in tqdm(tests[part].items(), desc=f"{part}, without noise")
    ]
    write_csv(OUTPUTS / "without_noise.csv", pd.DataFrame(clean))


def scored_pair(model: Network, pair: Pair) -> list[dict[str, Any]]:
    """Return the scores of a noisy picture, denoised blind and with the best level for it."""
    noise = find_noise(model, pair.noisy)
    blind = score(pair.clean, denoise_picture(model, pair.noisy, noise))
    by_level = [
        {"level": float(level)} | score(pair.clean, denoise_large(model, pair.noisy, level))
        for level in LEVELS
    ]
    return [
        {"knowing": BLIND, "level": noise.estimate.level} | blind,
        {"knowing": BEST} | max(by_level, key=lambda row: row["psnr"]),
    ]


def unchanged(model: Network, pixels: np.ndarray) -> dict[str, float]:
    """Return the level found in a picture without noise, and the PSNR of the denoised one."""
    denoised, noise = denoise_blind(model, pixels)
    return {"level": noise.estimate.level, "psnr": score(pixels, denoised)["psnr"]}


if __name__ == "__main__":
    run("measure_real_noise", main)
