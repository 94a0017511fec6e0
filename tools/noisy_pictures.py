"""Measure the level found in noisy photographs of many makes: `python -m tools.noisy_pictures`.

Writes results/noisy_pictures.csv: for each kind of noise, averaged over the test photographs of
scikit-image, the level found and the PSNR reached with it, beside those of the level of the part
that the network removes without a level, and of the best of nine levels. `python -m tools.tables`
writes the table of docs/pictures.md from it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from denoising.baselines.toolbox import denoise_picture, find_noise
from denoising.datasets.sample_photographs import read_photograph
from denoising.evaluation.scores import psnr
from denoising.files.tables import read_csv, write_csv
from denoising.images import as_float
from denoising.inference.blind import level_of_white_noise
from denoising.inference.engine import Network, open_network
from denoising.inference.levels import highest_level
from denoising.inference.pretrained import PHOTOS
from denoising.inference.tiling import denoise_large
from tools import _noisy_cases as noise
from tools._kept import markdown
from tools._program import RESULTS, run

TARGET = RESULTS / "noisy_pictures.csv"
PHOTOGRAPHS = ("chelsea.png", "coffee.png", "camera.png", "coins.png")
SIDE = 256  # pixels, of the middle of a photograph
LEVELS = np.array([3, 6, 10, 15, 20, 25, 33, 41, 51]) / 255

Kind = tuple[float | None, Callable[[np.ndarray, np.random.Generator], np.ndarray]]
KINDS: dict[str, Kind] = {
    "none": (0, lambda clean, random: clean),
    "none, JPEG, quality 80, 4:2:0": (0, lambda clean, random: noise.jpeg(clean, 80)),
    "white": (25, lambda clean, random: noise.white(clean, 25, random)),
    "white, weak": (5, lambda clean, random: noise.white(clean, 5, random)),
    "white, then JPEG, quality 90, 4:2:0": (
        25,
        lambda clean, random: noise.jpeg(noise.white(clean, 25, random), 90),
    ),
    "white, then JPEG, quality 75, 4:4:4": (
        10,
        lambda clean, random: noise.jpeg(noise.white(clean, 10, random), 75, "4:4:4"),
    ),
    "grain, blurred by 1 pixel": (20, lambda clean, random: noise.grain(clean, 20, random)),
    "photons, in linear light": (20, lambda clean, random: noise.photons(clean, 20, random)),
    "shrunk": (25, lambda clean, random: noise.shrunk(clean, 25, random)),
    "mosaic": (25, lambda clean, random: noise.mosaic(clean, 25, random)),
    "camera, then JPEG, quality 90, 4:2:0": (
        10,
        lambda clean, random: noise.jpeg(noise.camera(clean, 10, random), 90),
    ),
    "impulses, 5%": (None, lambda clean, random: noise.impulses(clean, 0.05, random)),
}
COLOUR = ("mosaic", "camera")
HEAD = {
    "level_true": "true",
    "level_best": "best",
    "level_before": "before",
    "level_found": "found",
    "psnr_noisy": "noisy",
    "psnr_before": "PSNR before",
    "psnr_found": "PSNR now",
    "psnr_best": "PSNR at best",
}


def main() -> None:
    model = open_network(PHOTOS)
    rows = []
    for kind, (true, make) in tqdm(KINDS.items()):
        for number, name in enumerate(PHOTOGRAPHS):
            clean = _middle(read_photograph(name))
            if clean.shape[2] == 3 or not kind.startswith(COLOUR):
                noisy = make(clean, np.random.default_rng(number))
                rows.append({"noise": kind, "photograph": name, "level_true": true})
                rows[-1] |= measured(model, clean, noisy)
    write_csv(TARGET, pd.DataFrame(rows))


def measured(model: Network, clean: np.ndarray, noisy: np.ndarray) -> dict[str, Any]:
    """Return the levels, of 255, and the PSNR, in dB, at each of them."""

    def score(image: np.ndarray) -> float:
        return float(psnr(as_float(clean)[None], as_float(image)[None])[0])

    found = find_noise(model, noisy)
    before = level_of_white_noise(model, noisy)
    limited = min(before, highest_level(model))
    scores = [score(noisy), *(score(denoise_large(model, noisy, level)) for level in LEVELS)]
    best = int(np.argmax(scores))
    return {
        "level_best": 255 * float([0, *LEVELS][best]),
        "level_before": 255 * before,
        "level_found": 255 * found.estimate.level,
        "psnr_noisy": scores[0],
        "psnr_before": score(denoise_large(model, noisy, limited)),
        "psnr_found": score(denoise_picture(model, noisy, found)),
        "psnr_best": scores[best],
    }


def _middle(pixels: np.ndarray) -> np.ndarray:
    top, left = ((size - SIDE) // 2 for size in pixels.shape[:2])
    return np.ascontiguousarray(pixels[top : top + SIDE, left : left + SIDE])


def table() -> str:
    """Return the kept figures, averaged over the photographs, as Markdown."""
    kept = read_csv(TARGET)
    means = kept.groupby("noise", sort=False)[[*HEAD]].mean()
    shown = pd.DataFrame({"noise": means.index})
    for column, head in HEAD.items():
        digits = 1 if column.startswith("psnr") else 0
        shown[head] = [_number(value, digits) for value in means[column]]
    return markdown(shown)


def _number(value: float, digits: int) -> str:
    return "" if np.isnan(value) else f"{value:.{digits}f}"


if __name__ == "__main__":
    run(main)
