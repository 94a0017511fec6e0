"""Measure every arm on test images at every level of every kind of noise, without training."""

from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from denoising.config.noise import Noise, NoiseKind
from denoising.config.params import Params
from denoising.evaluation.break_even import area, break_even, measures
from denoising.evaluation.calibration import ece
from denoising.evaluation.intervals import Estimate
from denoising.evaluation.scores import correct
from denoising.evaluation.verdicts import Scored, judge, score
from denoising.files.tables import read_csv, write_csv
from denoising.inference.blocks import by_blocks
from denoising.inference.engine import Network
from denoising.noise.kinds import KINDS
from stages._arms import read_networks, read_temperatures
from stages._images import Images, part_of, read_clean, with_noise
from stages._measures import write_metrics
from stages._paths import CLASSICAL, PLOTS
from stages._runner import run

NOISY, DENOISED = "clean_trained", "denoised_clean_trained"
COLUMNS = ["kind", "level", "arm", "n"]


def main(params: Params) -> None:
    stored = read_clean("test", params.dataset)
    networks, temperatures = read_networks(stored, params.threads), read_temperatures()
    cells: list[tuple[NoiseKind, float]] = [
        (kind, level) for kind in params.sweep.kinds for level in params.sweep.levels
    ]
    rows: list[dict[str, Any]] = []
    gains: dict[NoiseKind, list[np.ndarray]] = {kind: [] for kind in params.sweep.kinds}
    for kind, level in tqdm(cells, desc="levels"):
        number = (
            len(stored.labels)
            if kind == params.noise.kind
            else part_of(stored, params.sweep.images, params.sweep.fraction)
        )
        found = judge_noisy(networks, stored, number, params.noise.of(kind).at(level), params.seed)
        measured, gain = measure(found, stored.labels[:number], temperatures)
        gains[kind].append(gain)
        rows += [{"kind": kind, "level": level} | row for row in measured]
    table = pd.concat([pd.DataFrame(rows), read_csv(CLASSICAL)])
    others = table.columns.difference(COLUMNS, sort=False)
    write_csv(PLOTS / "sweep.csv", table.loc[:, [*COLUMNS, *others]])
    write_csv(PLOTS / "areas.csv", areas(table, params.sweep.levels))
    levels: dict[NoiseKind, Estimate | None] = {
        kind: break_even(params.sweep.levels, np.array(found), params.seed, kind)
        for kind, found in gains.items()
    }
    write_break_even(levels, params.noise.kind)


def judge_noisy(
    networks: dict[str, Network], images: Images, number: int, noise: Noise, seed: int
) -> dict[str, Scored]:
    """Return the scored verdicts of each arm on the first `number` test images with noise."""

    def find(part: slice) -> dict[str, Scored]:
        test = with_noise(images, "test", noise, seed, part)
        return score(judge(networks, test.noisy, noise.level), test.clean)

    return by_blocks(find, (number, *images.clean.shape[1:]))


def measure(
    verdicts: dict[str, Scored], labels: np.ndarray, temperatures: dict[str, float]
) -> tuple[list[dict[str, Any]], np.ndarray]:
    """Return a row of measures for each arm, and the gain from denoising for each image, (N,)."""
    right = {arm: correct(verdict.logits, labels) for arm, verdict in verdicts.items()}
    rows = [
        {"arm": arm}
        | measures(scores, logits, labels, right[NOISY])
        | {"ece_calibrated": ece(logits / temperatures[arm], labels)}
        for arm, (logits, scores) in verdicts.items()
    ]
    return rows, right[DENOISED] - right[NOISY]


def areas(table: pd.DataFrame, levels: list[float]) -> pd.DataFrame:
    """Return the mean accuracy over the levels: ``kind``, ``arm``, ``value``."""
    arms = table.groupby(["kind", "arm"], sort=False)["accuracy"]
    return arms.agg(value=lambda part: area(levels, np.asarray(part))).reset_index()


def write_break_even(levels: dict[NoiseKind, Estimate | None], trained: NoiseKind) -> None:
    """Write the break-even level of each kind of noise, the `trained` one first."""
    kinds = sorted(levels, key=lambda kind: kind != trained)
    rows = [
        {"kind": kind, **(found or Estimate(np.nan))._asdict(), "found": int(found is not None)}
        for kind in kinds
        for found in [levels[kind]]
    ]
    write_csv(PLOTS / "break_even.csv", pd.DataFrame(rows))
    here = levels[trained]
    write_metrics("sweep", {"break_even_level": here} if here else {}, ("break_even_level",))
    about = "" if here and here.low is not None else "about "  # unresolved, see `break_even`
    where = f"pays off from {about}level {here.value:.2g}" if here else "has no break-even level"
    print(f"{KINDS[trained].label} noise: denoising {where}")


if __name__ == "__main__":
    run("sweep", main)
