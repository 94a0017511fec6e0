"""Score the traffic-sign detector over seeds and noise levels.

`python -m studies.traffic_signs.stages.measure` writes a row per seed and level, with the measures
of `plots/detector/summary.csv`. Everything else is as in the main `params.yaml`; the row for its
seed and level equals the pipeline's result.
"""

from itertools import product
from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import Field
from tqdm import tqdm

from denoising.config.noise import Level
from denoising.config.params import Params
from denoising.config.yaml_reader import read_sections
from denoising.config.yaml_schema import Section
from denoising.evaluation.roc import summary
from denoising.files.tables import write_csv
from stages._runner import run
from stages.run_detector import run_rendered

STUDY = Path("studies/traffic_signs")
OUTPUTS = Path("data/traffic_signs")


class Settings(Section):
    """All of the study's `params.yaml`."""

    seeds: Annotated[list[int], Field(min_length=1)]
    levels: Annotated[list[Level], Field(min_length=1)]


def main(params: Params) -> None:
    settings = read_sections(STUDY / "params.yaml", Settings)
    rows = []
    for seed, level in tqdm(list(product(settings.seeds, settings.levels)), desc="seeds × levels"):
        changed = params.model_copy(update={"seed": seed, "noise": params.noise.at(level)})
        _, labels, outputs = run_rendered(changed)
        rows.append({"seed": seed, "level": level})
        rows[-1] |= summary(labels, outputs)
    write_csv(OUTPUTS / "scores.csv", pd.DataFrame(rows))


if __name__ == "__main__":
    run("measure_traffic_signs", main)
