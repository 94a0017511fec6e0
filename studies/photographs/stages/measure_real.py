"""Score the denoiser for photographs on real noise, and on pictures without noise.

Run as `python -m studies.photographs.stages.measure_real`. The noise is that of PolyU's pairs: a
picture of a camera, and the mean of many of the same scene. Our denoiser is told nothing; non-local
means have the best strength for each pair, which nobody knows without the mean. Pictures without
noise are the test sets before noise is added: there, the score is the PSNR from the picture itself.
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
from stages import THREADS
from stages._runner import run
from studies.photographs.stages._others import OPENCV, best_parameter, denoised_by
from studies.photographs.stages._settings import model_path, read_settings, read_tests
from studies.photographs.stages.measure import OUTPUTS, WHITE_NOISE, score

REAL, MEAN = "_real", "_mean"  # in the names of the files of a pair
LEVELS = np.array([2, 3, 4, 6, 8, 11, 15, 20]) / 255  # tried for the best level of each pair


def main(params: Params) -> None:
    settings = read_settings()
    model = open_network(model_path(list(settings.parts)[-1]), THREADS)
    tests = read_tests(settings.data)
    pictures = tests["polyu"]
    pairs = [
        row
        for name in tqdm([name for name in pictures if REAL in name], desc="pairs")
        for row in scored_pair(model, name, pictures[name], pictures[name.replace(REAL, MEAN)])
    ]
    write_csv(OUTPUTS / "real_noise.csv", pd.DataFrame(pairs))
    clean = [
        {"set": part, "picture": name} | unchanged(model, pixels)
        for part in WHITE_NOISE
        for name, pixels in tqdm(tests[part].items(), desc=f"{part}, without noise")
    ]
    write_csv(OUTPUTS / "without_noise.csv", pd.DataFrame(clean))


def scored_pair(
    model: Network, name: str, noisy: np.ndarray, clean: np.ndarray
) -> list[dict[str, Any]]:
    """Return a row for each denoiser with its PSNR and SSIM, and the level or strength it had."""
    noise = find_noise(model, noisy)
    images = {
        "noisy": (0.0, noisy),
        "ours": (noise.estimate.level, denoise_picture(model, noisy, noise)),
    }
    by_level = [(float(level), denoise_large(model, noisy, level)) for level in LEVELS]
    images["ours (best level)"] = max(by_level, key=lambda one: score(clean, one[1])["psnr"])
    for other in ("nlm", OPENCV):
        strength = best_parameter(other, [clean], [noisy])
        images[other] = strength, denoised_by(other, noisy, strength)
    return [
        {"picture": name, "denoiser": denoiser, "parameter": parameter} | score(clean, image)
        for denoiser, (parameter, image) in images.items()
    ]


def unchanged(model: Network, pixels: np.ndarray) -> dict[str, float]:
    """Return the level found in a picture without noise, and the PSNR of the denoised one."""
    denoised, noise = denoise_blind(model, pixels)
    return {"level": noise.estimate.level, "psnr": score(pixels, denoised)["psnr"]}


if __name__ == "__main__":
    run("measure_real_noise", main)
