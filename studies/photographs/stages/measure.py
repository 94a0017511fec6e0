"""Score the denoiser for photographs under white noise on the field's test sets.

Run as `python -m studies.photographs.stages.measure`. Each picture gets white Gaussian noise twice:
as papers have it, neither clipped nor rounded, with the level given to the network; and in 8 bits,
as the command `denoise image` meets it, with the level given and without. Denoised pictures are
rounded to 8 bits. The hashes of the model's files are written beside the scores.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from denoising.baselines.toolbox import denoise_blind
from denoising.config.params import Params
from denoising.files.digests import file_digest
from denoising.files.figures import write_figure
from denoising.files.tables import read_csv, write_csv, write_json
from denoising.images import as_bytes
from denoising.inference.engine import Network, open_network
from denoising.inference.tiling import denoise_large
from stages._runner import run
from studies.photographs.stages._others import denoised_by
from studies.photographs.stages._ranked import Shown, draw_ranked, ranked
from studies.photographs.stages._settings import read_settings, read_tests
from studies.photographs.stages._test_noise import (
    LEVELS,
    WHITE_NOISE,
    in_8_bits,
    made_noisy,
    score,
)
from studies.photographs.stages.measure_others import OTHERS

OUTPUTS = Path("data/photographs")
RANKED = Path("data/ranked_photographs")  # pictures of others, which are not kept in Git
PAPERS, COMMAND = "not clipped", "8 bits"
GIVEN, BLIND = "given", "blind"
SHOWN_LEVEL = 25
SHOWN_OTHER = "nlm"


def main(params: Params) -> None:
    settings = read_settings()
    model = open_network(settings.trained, params.threads)
    rows: list[dict[str, Any]] = []
    tests = read_tests(settings.data)
    for name in WHITE_NOISE:
        for number, (picture, clean) in enumerate(tqdm(tests[name].items(), desc=name)):
            for level in LEVELS:
                place = {"set": name, "picture": picture, "level": level}
                found = scored(model, clean, level, number, settings.seed, name)
                rows += [place | row for row in found]
        figure = draw_ranked(shown(model, tests[name], name, settings.seed, pd.DataFrame(rows)))
        write_figure(RANKED / f"{name}.png", figure)
    write_csv(OUTPUTS / "white_noise.csv", pd.DataFrame(rows))
    files = (settings.trained, settings.trained.with_suffix(".keras"))
    write_json(OUTPUTS / "model.json", {path.name: file_digest(path) for path in files})


def scored(
    model: Network, clean: np.ndarray, level: int, number: int, seed: int, name: str
) -> list[dict[str, Any]]:
    """Return the scores of a picture of a set: with unclipped noise, and in 8 bits."""
    unclipped = made_noisy(clean, level, number, seed, name, clip=False)
    noisy = in_8_bits(clean, level, number, seed, name).noisy
    images = {
        (PAPERS, GIVEN): as_bytes(denoise_large(model, unclipped, level / 255)),
        (COMMAND, GIVEN): denoise_large(model, noisy, level / 255),
        (COMMAND, BLIND): denoise_blind(model, noisy)[0],
    }
    return [
        {"noise": noise, "knowing": knowing} | score(clean, image)
        for (noise, knowing), image in images.items()
    ]


def shown(
    model: Network, pictures: dict[str, np.ndarray], name: str, seed: int, rows: pd.DataFrame
) -> list[Shown]:
    """Return the best, the median and the worst pictures of a set, denoised blind."""
    place = "set == @name and level == @SHOWN_LEVEL"
    ours = rows.query(f"{place} and knowing == @BLIND")
    scores = dict(zip(ours["picture"], ours["psnr"], strict=True))
    others = read_csv(OTHERS).query(f"{place} and denoiser == @SHOWN_OTHER")
    parameters = dict(zip(others["picture"], others["parameter"], strict=True))
    found = []
    for picture in ranked(scores):
        clean, noisy = in_8_bits(
            pictures[picture], SHOWN_LEVEL, [*pictures].index(picture), seed, name
        )
        other = denoised_by(SHOWN_OTHER, noisy, parameters[picture])
        denoised, _ = denoise_blind(model, noisy)
        found.append(Shown(picture, scores[picture], clean, noisy, other, denoised))
    return found


if __name__ == "__main__":
    run("measure_photographs", main)
