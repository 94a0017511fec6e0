"""Score the traffic-sign detector over seeds and noise levels: `python -m results.detector`.

Writes `results/detector.csv`: a row a seed and level, with the keys of `metrics/roc.json`. All else
is as `params.yaml` says, so that the row of its own seed and level is what `dvc repro` gives.
"""

import stages  # noqa: F401  pins the threads, so it comes before NumPy

# isort: split
from itertools import product
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from denoising.artifacts import write_csv
from denoising.params import read_params
from denoising.roc import summary
from stages.run_detector import run_rendered

TABLE = Path(__file__).parent / "detector.csv"
SEEDS = (0, 1, 2)
LEVELS = (0.0, 0.2, 0.4)


def main() -> None:
    params = read_params()
    rows = []
    for seed, level in tqdm(list(product(SEEDS, LEVELS))):
        noise = params.noise.model_copy(update={"level": level})
        changed = params.model_copy(update={"seed": seed, "noise": noise})
        _, labels, outputs = run_rendered(changed)
        rows.append({"seed": seed, "level": level})
        rows[-1] |= summary(labels, outputs, params.roc.resamples, seed)
    write_csv(TABLE, pd.DataFrame(rows))


if __name__ == "__main__":
    main()
