"""Measure the denoisers of this study at every level: `python -m studies.levels.measure`.

What the blind one gives away against a specialist, one with its loss, too; what it is worth to be
told the level, to have it estimated, and to be told a wrong one; and how far the estimates are off.
"""

from pathlib import Path

import stages

# isort: split
import numpy as np
import pandas as pd
from skimage.restoration import estimate_sigma
from tqdm import tqdm

from denoising.artifacts import read_model, write_csv, write_json
from denoising.datasets.splits import Split
from denoising.estimation import estimate_level
from denoising.evaluation import average
from denoising.inference import as_float, denoise
from denoising.noise import add_noise, noise_keys
from denoising.params import Params
from denoising.scores import psnr, ssim
from denoising.seeding import make_deterministic
from recipes.data import read_splits
from recipes.settings import read_recipes
from stages.running import run

HERE = Path("studies/levels")
IMAGES = 2000  # the first of the test images
LEVELS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
SPECIALISTS = {"mean_absolute_error": "specialist", "psnr": "specialist psnr"}
WRONG = {"told half": 0.5, "told twice": 2.0}


def main(params: Params) -> None:
    found = read_recipes(HERE)
    make_deterministic(found.seed, stages.THREADS)
    models = {name: read_model(HERE / "models" / name / "denoiser.keras") for name in found.recipes}
    specialists = [
        (recipe.noise.level, SPECIALISTS[recipe.loss], models[name])
        for name, recipe in found.recipes.items()
        if recipe.noise_range is None
    ]
    test = read_splits(params, found.recipes["blind"], found.seed)["test"]
    test = Split(test.images[:IMAGES], test.labels[:IMAGES])
    restored, estimates, gaps = [], [], {}
    for level in tqdm(LEVELS, desc="levels"):
        noisy = noise_of(test, level, found.seed)
        blind = denoise(models["blind"], noisy)
        estimated = estimate_level(noisy, blind)
        images = {"noisy": noisy, "blind": blind}
        images |= {name: denoise(one, noisy) for at, name, one in specialists if at == level}
        told = {"told": level, "told the estimate": estimated}
        told |= {name: factor * level for name, factor in WRONG.items()}
        images |= {name: denoise(models["told"], noisy, given) for name, given in told.items()}
        clean = as_float(test.images)
        scores = {name: psnr(clean, some) for name, some in images.items()}
        for name, some in images.items():
            row = {"level": level, "denoiser": name, "n": len(clean)}
            row |= average("psnr", scores[name], found.seed)
            restored.append(row | {"ssim": ssim(clean, some).mean()})
        for name in SPECIALISTS.values():
            if name in scores:
                key, lost = f"blind_minus_{name.replace(' ', '_')}", scores["blind"] - scores[name]
                gaps.setdefault(f"{level}", {}).update(average(key, lost, found.seed))
        if level == 0:
            gaps["identity_psnr"] = float(scores["blind"].mean())
        estimates += errors_of_estimates(test, level, models["blind"], found.seed)
    write_csv(HERE / "levels.csv", pd.DataFrame(restored))
    write_csv(HERE / "estimates.csv", pd.DataFrame(estimates))
    write_json(HERE / "metrics.json", gaps)


def noise_of(test: Split, level: float, seed: int, *, clip: bool = True) -> np.ndarray:
    """Return the test images with Gaussian noise of a level."""
    keys = noise_keys(seed, "test", "gaussian", range(len(test.labels)))
    return add_noise(as_float(test.images), level, keys, clip=clip)


def errors_of_estimates(test: Split, level: float, blind, seed: int) -> list[dict]:
    """Return how far two estimates of the level are off, where noise is clipped and where not."""
    rows = []
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
    run("measure", main)
