"""Score the denoisers without training on the field's test sets.

Run as `python -m studies.photographs.stages.measure_others`. Each picture has white Gaussian noise,
clipped and in 8 bits; a denoiser's parameter is chosen for each level on validation photographs. On
the pairs with real noise it has the best parameter for each pair, which nobody knows without the
clean picture.
"""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from tqdm import tqdm

from denoising.config.params import Params
from denoising.files.tables import write_csv
from stages._runner import run
from studies.photographs.stages._others import GRIDS, OPENCV, best_parameter, denoised_by
from studies.photographs.stages._ranked import middle
from studies.photographs.stages._settings import (
    Settings,
    read_settings,
    read_tests,
    read_training_photographs,
)
from studies.photographs.stages._test_noise import (
    LEVELS,
    REAL,
    WHITE_NOISE,
    Pair,
    in_8_bits,
    real_pairs,
    score,
)

OTHERS = Path("data/photographs/others.csv")
FOR_EACH_PAIR = ("nlm", OPENCV)


def main(params: Params) -> None:
    settings = read_settings()
    tests = read_tests(settings.data)
    chosen = parameters(settings)
    rows: list[dict[str, Any]] = []
    for name in WHITE_NOISE:
        work = [
            delayed(scored)(
                in_8_bits(clean, level, number, settings.seed, name),
                {"set": name, "picture": picture, "level": level},
                chosen[clean.shape[2], level],
            )
            for number, (picture, clean) in enumerate(tests[name].items())
            for level in LEVELS
        ]
        rows += done(name, work)
    work = [
        delayed(scored)(pair, {"set": REAL, "picture": picture, "level": None})
        for picture, pair in real_pairs(tests[REAL]).items()
    ]
    write_csv(OTHERS, pd.DataFrame(rows + done(REAL, work)))


def done(title: str, work: list[Any]) -> list[dict[str, Any]]:
    """Do the work on all cores and show the progress; return the rows of all."""
    found: Any = Parallel(n_jobs=-1, return_as="generator")(work)
    return [row for rows in tqdm(found, desc=title, total=len(work)) for row in rows]


def parameters(settings: Settings) -> dict[tuple[int, int], dict[str, float]]:
    """Return the best parameter of each denoiser by number of channels and level."""
    photographs = read_training_photographs(settings.data, settings.seed)["validation"]
    crops = [middle(each) for each in photographs]
    found: dict[tuple[int, int], dict[str, float]] = {}
    for channels, level, name in tqdm([*product((1, 3), LEVELS, GRIDS)], desc="parameters"):
        pairs = [
            in_8_bits(as_grey(each) if channels == 1 else each, level, number, settings.seed, "val")
            for number, each in enumerate(crops)
        ]
        found.setdefault((channels, level), {})[name] = best_parameter(name, pairs)
    return found


def as_grey(pixels: np.ndarray) -> np.ndarray:
    """Return the mean of the channels of a picture, ``uint8``, (H, W, 1)."""
    return np.rint(pixels.mean(axis=2, keepdims=True)).astype(np.uint8)


def scored(
    pair: Pair, place: dict[str, Any], parameters: dict[str, float] | None = None
) -> list[dict[str, Any]]:
    """Return a row for the noisy picture, and for each denoiser with its parameter.

    Without parameters, the denoisers of `FOR_EACH_PAIR` have the best ones for this pair.
    """
    if parameters is None:
        parameters = {name: best_parameter(name, [pair]) for name in FOR_EACH_PAIR}
    rows = [place | {"denoiser": "noisy", "parameter": None} | score(pair.clean, pair.noisy)]
    for name, parameter in parameters.items():
        denoised = score(pair.clean, denoised_by(name, pair.noisy, parameter))
        rows.append(place | {"denoiser": name, "parameter": parameter} | denoised)
    return rows


if __name__ == "__main__":
    run("measure_other_denoisers", main)
