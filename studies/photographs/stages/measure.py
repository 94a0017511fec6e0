"""Score the photograph denoiser on held-out photographs, compared with classical denoisers.

Run as `python -m studies.photographs.stages.measure`. The parameters of the classical denoisers
are chosen for each level on the training photographs. All denoise the same noisy 8-bit pictures.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from tqdm import tqdm

from denoising.baselines import filters
from denoising.baselines.toolbox import denoise_blind
from denoising.config.noise import Noise
from denoising.config.params import Params
from denoising.datasets.sample_photographs import read_photograph
from denoising.evaluation.arms import FILTER_ARMS
from denoising.evaluation.filter_choice import choose
from denoising.evaluation.scores import psnr, ssim
from denoising.files.figures import write_figure
from denoising.files.tables import write_csv, write_json
from denoising.images import as_bytes, as_float
from denoising.inference.engine import open_network
from denoising.inference.tiling import denoise_large
from denoising.noise.apply import noisy_images
from denoising.plots.figures import picture_rows
from stages._runner import run
from studies.photographs.stages._settings import Settings, model_path, read_settings

OUTPUTS = Path("data/photographs")
LEVELS = (15, 25, 50)  # of 255, the scale of denoising papers
CROP = 128  # pixels, the side of the middle of a photograph
SHOWN = 25


def main(params: Params) -> None:
    settings = read_settings()
    model = open_network(model_path(list(settings.parts)[-1]), params.threads)
    photographs = {name: read_photograph(name) for name in settings.photographs.test}
    rows: list[dict[str, Any]] = []
    shown: list[dict[str, np.ndarray]] = []
    for level in tqdm(LEVELS, desc="levels"):
        chosen = {channels: choose_filters(settings, channels, level) for channels in (1, 3)}
        for number, (name, clean) in enumerate(photographs.items()):
            noisy = made_noisy(clean, level, number, settings.seed)
            images = {
                "noisy": noisy,
                "ours": denoise_blind(model, noisy)[0],
                "ours (level given)": denoise_large(model, noisy, level / 255),
            }
            parameters = chosen[clean.shape[2]]
            for other, parameter in parameters.items():
                denoised = filters.denoise(other, as_float(noisy)[None], parameter)[0]
                images[other] = as_bytes(denoised)
            for denoiser, image in images.items():
                row = {"photograph": name, "level": level, "denoiser": denoiser}
                row |= {"parameter": parameters.get(denoiser)}
                rows.append(row | score(clean, image))
            if level == SHOWN:
                shown.append({"original": clean, **images})
    table = pd.DataFrame(rows)
    write_csv(OUTPUTS / "measures.csv", table)
    write_json(OUTPUTS / "metrics.json", ahead(table))
    write_figure(OUTPUTS / "pictures.png", draw(shown))


def made_noisy(clean: np.ndarray, level: float, number: int, seed: int) -> np.ndarray:
    """Return a photograph, ``uint8``, (H, W, C), with noise at a level of 255, in 8 bits again."""
    noise = Noise(kind="gaussian", level=level / 255, clip=True)
    return as_bytes(noisy_images(clean[None], noise, seed, "test", indices=[number])[0])


def choose_filters(settings: Settings, channels: int, level: float) -> dict[str, float]:
    """Return the best parameter of each classical denoiser on the training photographs.

    For one channel, colour photographs are averaged; for three, grey ones are left out.
    """
    found = [read_photograph(name) for name in settings.photographs.train]
    crops = [middle(pixels) for pixels in found if pixels.shape[2] >= channels]
    if channels == 1:
        crops = [np.rint(crop.mean(axis=2, keepdims=True)).astype(np.uint8) for crop in crops]
    noisy = [made_noisy(crop, level, number, settings.seed) for number, crop in enumerate(crops)]
    clean, noisy = as_float(np.stack(crops)), as_float(np.stack(noisy))
    return {name: choose(name, clean, noisy) for name in filters.DENOISERS}


def middle(pixels: np.ndarray) -> np.ndarray:
    """Return the middle of a photograph, `CROP` pixels a side."""
    top, left = ((size - CROP) // 2 for size in pixels.shape[:2])
    return pixels[top : top + CROP, left : left + CROP]


def score(clean: np.ndarray, image: np.ndarray) -> dict[str, float]:
    """Return the PSNR, in dB, and the SSIM of an 8-bit picture."""
    pair = as_float(clean)[None], as_float(image)[None]
    return {"psnr": psnr(*pair)[0], "ssim": ssim(*pair)[0]}


def ahead(table: pd.DataFrame) -> dict[str, Any]:
    """Return our lead over the best classical denoiser of each photograph, by level.

    The lead is given as the average over the photographs and as the smallest one.
    """
    found: dict[str, Any] = {}
    for level, part in table.groupby("level"):
        found[str(level)] = {}
        for name in ("psnr", "ssim"):
            wide = part.pivot(index="photograph", columns="denoiser", values=name)
            lead = wide["ours"] - wide[list(filters.DENOISERS)].max(axis=1)
            found[str(level)] |= {
                name: wide["ours"].mean(),
                f"{name}_ahead": lead.mean(),
                f"{name}_ahead_least": lead.min(),
            }
    return found


def draw(shown: list[dict[str, np.ndarray]]) -> Figure:
    """Draw the middle of each photograph: original, noisy and denoised."""
    titles = {"original": "original", "noisy": "noisy", "nlm": FILTER_ARMS["nlm"].label}
    titles["ours"] = "ours"
    rows = {}
    for name, title in titles.items():
        crops = [as_float(middle(images[name])) for images in shown]
        rows[title] = np.stack([np.repeat(crop, 3 // crop.shape[2], axis=2) for crop in crops])
    return picture_rows(rows, inches=2)


if __name__ == "__main__":
    run("measure_photographs", main)
