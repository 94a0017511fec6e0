"""Score the denoisers at every noise level: `python -m studies.noise_levels.stages.measure`.

The blind denoiser is compared with specialists for one level, and with a network that is given the
true level, an estimate of it, or a wrong level. The errors of the estimates are measured too.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from skimage.restoration import estimate_sigma
from tqdm import tqdm

from denoising.config.noise import Noise
from denoising.config.params import Params
from denoising.config.recipe import read_recipes
from denoising.datasets.registry import load_named
from denoising.evaluation.intervals import mean
from denoising.evaluation.parts import random_part
from denoising.evaluation.scores import psnr, ssim
from denoising.files.tables import write_csv, write_json
from denoising.images import as_float
from denoising.inference.engine import Network, open_network
from denoising.inference.predict import denoise
from denoising.noise.apply import noisy_images
from denoising.noise.estimation import estimate_level
from stages._paths import MODELS
from stages._runner import run
from studies.noise_levels.stages._arms import OUTPUTS, STUDY

IMAGES = 2000  # of the test set, drawn at random
LEVELS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
SPECIALISTS = {"mean_absolute_error": "specialist", "psnr": "specialist psnr"}
WRONG = {"half the level": 0.5, "twice the level": 2.0}


class Specialist(NamedTuple):
    """A denoiser trained on one noise level, and the name in the tables for its loss."""

    level: float
    name: str
    model: Network


class Part(NamedTuple):
    """Test images, ``uint8``, (N, H, W, C), and their positions in the test set, (N,)."""

    images: np.ndarray
    positions: np.ndarray


def main(params: Params) -> None:
    found = read_recipes(STUDY)
    models = {
        name: open_network(MODELS / "noise_levels" / name / "denoiser.onnx", params.threads)
        for name in found.recipes
    }
    specialists = [
        Specialist(recipe.noise.level, SPECIALISTS[recipe.loss], models[name])
        for name, recipe in found.recipes.items()
        if recipe.noise_range is None
    ]
    test = load_named(params.datasets, found.recipes["blind"].dataset, found.seed)["test"]
    part = random_part(len(test.labels), IMAGES, found.seed, "test")
    test = Part(test.images[part], part)
    clean = as_float(test.images)
    rows: list[dict[str, Any]] = []
    estimates: list[dict[str, Any]] = []
    gaps: dict[str, Any] = {}
    for level in tqdm(LEVELS, desc="levels"):
        images = denoise_all(models, specialists, noise_of(test, level, found.seed), level)
        scores = {name: psnr(clean, some) for name, some in images.items()}
        for name, some in images.items():
            row = {"level": level, "denoiser": name, "n": len(clean)}
            row |= mean(scores[name], found.seed).columns("psnr")
            rows.append(row | {"ssim": ssim(clean, some).mean()})
        for name in SPECIALISTS.values():
            if name in scores:
                key, lost = f"blind_minus_{name.replace(' ', '_')}", scores["blind"] - scores[name]
                gaps.setdefault(f"{level}", {}).update(mean(lost, found.seed).columns(key))
        if level == 0:
            gaps["identity_psnr"] = float(scores["blind"].mean())
        estimates += errors_of_estimates(test, level, models["blind"], found.seed)
    write_csv(OUTPUTS / "levels.csv", pd.DataFrame(rows))
    write_csv(OUTPUTS / "estimates.csv", pd.DataFrame(estimates))
    write_json(OUTPUTS / "metrics.json", gaps)


def denoise_all(
    models: dict[str, Network], specialists: list[Specialist], noisy: np.ndarray, level: float
) -> dict[str, np.ndarray]:
    """Return images denoised by every denoiser for this level, and the noisy ones, by name."""
    blind = denoise(models["blind"], noisy)
    images = {"noisy": noisy, "blind": blind}
    images |= {one.name: denoise(one.model, noisy) for one in specialists if one.level == level}
    given = {"level given": level, "level estimated": estimate_level(noisy, blind)}
    given |= {name: factor * level for name, factor in WRONG.items()}
    for name, value in given.items():
        images[name] = denoise(models["level_input"], noisy, value)
    return images


def noise_of(test: Part, level: float, seed: int, *, clip: bool = True) -> np.ndarray:
    """Return the test images with Gaussian noise of a level."""
    noise = Noise(kind="gaussian", level=level, clip=clip)
    return noisy_images(test.images, noise, seed, "test", indices=test.positions)


def errors_of_estimates(
    test: Part, level: float, blind: Network, seed: int
) -> list[dict[str, Any]]:
    """Return the errors of two estimates of the level, on clipped and on unclipped noise."""
    rows: list[dict[str, Any]] = []
    for clip in (True, False):
        noisy = noise_of(test, level, seed, clip=clip)
        estimates = {
            "residual of the blind denoiser": estimate_level(noisy, denoise(blind, noisy), clip),
            "wavelets (estimate_sigma)": np.array(
                [estimate_sigma(image, channel_axis=-1) for image in noisy]
            ),
        }
        for name, found in estimates.items():
            row = {"level": level, "clipped": clip, "estimate": name, "n": len(found)}
            row |= {"mean": found.mean(), "mean_absolute_error": np.abs(found - level).mean()}
            rows.append(row)
    return rows


if __name__ == "__main__":
    run("measure_noise_levels", main)
