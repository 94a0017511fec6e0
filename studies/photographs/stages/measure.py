"""Score the denoiser for photographs on the field's test sets, beside denoisers without training.

Run as `python -m studies.photographs.stages.measure`. Each picture gets white Gaussian noise twice:
as papers have it, neither clipped nor rounded, with the level given to the network; and in 8 bits,
as the command `denoise image` meets it, with the level given and without. Denoised pictures are
rounded to 8 bits. The parameter of each other denoiser is chosen for each level on validation
photographs.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from denoising.baselines.toolbox import denoise_blind
from denoising.config.noise import Noise
from denoising.config.params import Params
from denoising.evaluation.scores import psnr, ssim
from denoising.files.figures import write_figure
from denoising.files.tables import write_csv
from denoising.images import as_bytes, as_float
from denoising.inference.engine import Network, open_network
from denoising.inference.tiling import denoise_large
from denoising.noise.apply import noisy_images
from stages import THREADS
from stages._runner import run
from studies.photographs.stages._others import best_parameters, denoised_by
from studies.photographs.stages._ranked import draw_ranked, middle
from studies.photographs.stages._settings import (
    Settings,
    model_path,
    read_settings,
    read_tests,
    read_training_photographs,
)

OUTPUTS = Path("data/photographs")
LEVELS = (15, 25, 50)  # of 255, the scale of denoising papers
WHITE_NOISE = ("cbsd68", "kodak24", "set12")
PAPERS, COMMAND = "not clipped", "8 bits"
OURS, BLIND = "ours (level given)", "ours"
SHOWN = 25
Images = dict[str, np.ndarray]


def main(params: Params) -> None:
    settings = read_settings()
    model = open_network(model_path(list(settings.parts)[-1]), THREADS)
    chosen = parameters(settings)
    rows: list[dict[str, Any]] = []
    tests = read_tests(settings.data)
    for name in WHITE_NOISE:
        shown: dict[str, Images] = {}
        for number, (picture, clean) in enumerate(tqdm(tests[name].items(), desc=name)):
            for level in LEVELS:
                place = {"set": name, "picture": picture, "level": level}
                noisy = made_noisy(clean, level, number, settings.seed, name, clip=False)
                images = {"noisy": noisy, OURS: as_bytes(denoise_large(model, noisy, level / 255))}
                rows += scored(clean, images, place | {"noise": PAPERS})
                images = in_8_bits(model, clean, level, number, settings.seed, name)
                images |= dict(by_others(images["noisy"], chosen[clean.shape[2], level]))
                rows += scored(clean, images, place | {"noise": COMMAND})
                if level == SHOWN:
                    shown[picture] = {"original": clean} | images
        write_figure(OUTPUTS / f"{name}.png", draw_ranked(shown, BLIND))
    write_csv(OUTPUTS / "white_noise.csv", pd.DataFrame(rows))


def made_noisy(
    clean: np.ndarray, level: float, number: int, seed: int, name: str, clip: bool = True
) -> np.ndarray:
    """Return a picture, ``uint8``, (H, W, C), of a set with white noise; `level` is of 255.

    Returns
    -------
    ``float32``, on the scale from 0 to 1.
    """
    noise = Noise(kind="gaussian", level=level / 255, clip=clip)
    return noisy_images(clean[None], noise, seed, f"test {name}", indices=[number])[0]


def in_8_bits(
    model: Network, clean: np.ndarray, level: float, number: int, seed: int, name: str
) -> Images:
    """Return the noisy picture as a file holds it, denoised with the level given, and without."""
    noisy = as_bytes(made_noisy(clean, level, number, seed, name))
    given = denoise_large(model, noisy, level / 255)
    return {"noisy": noisy, OURS: given, BLIND: denoise_blind(model, noisy)[0]}


def parameters(settings: Settings) -> dict[tuple[int, int], dict[str, float]]:
    """Return the best parameter of each other denoiser by number of channels and level."""
    found = {}
    photographs = read_training_photographs(settings.data, settings.seed)["validation"]
    crops = [middle(each) for each in photographs]
    for channels in (1, 3):
        for level in tqdm(LEVELS, desc=f"parameters for {channels} channel(s)"):
            clean = [as_grey(each) if channels == 1 else each for each in crops]
            noisy = [
                as_bytes(made_noisy(each, level, number, settings.seed, "validation"))
                for number, each in enumerate(clean)
            ]
            found[channels, level] = best_parameters(clean, noisy)
    return found


def as_grey(pixels: np.ndarray) -> np.ndarray:
    """Return the mean of the channels of a picture, ``uint8``, (H, W, 1)."""
    return np.rint(pixels.mean(axis=2, keepdims=True)).astype(np.uint8)


def by_others(noisy: np.ndarray, chosen: dict[str, float]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield a picture, ``uint8``, (H, W, C), denoised by each of the others, with their names."""
    for name, parameter in chosen.items():
        yield name, denoised_by(name, noisy, parameter)


def scored(clean: np.ndarray, images: Images, place: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each denoiser with its PSNR, in dB, and its SSIM."""
    return [place | {"denoiser": name} | score(clean, image) for name, image in images.items()]


def score(clean: np.ndarray, image: np.ndarray) -> dict[str, float]:
    """Return the PSNR, in dB, and the SSIM of a picture."""
    pair = as_float(clean)[None], as_float(image)[None]
    return {"psnr": psnr(*pair)[0], "ssim": ssim(*pair)[0]}


if __name__ == "__main__":
    run("measure_photographs", main)
