"""Measure every arm on test images at every level of every kind of noise, without training.

Around the break-even, the two arms that it compares are measured at further levels.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from tqdm import tqdm

from denoising.config.noise import Noise, NoiseKind
from denoising.config.params import Params
from denoising.evaluation.break_even import break_even, levels_between, measures
from denoising.evaluation.calibration import ece
from denoising.evaluation.intervals import Estimate, paired_difference
from denoising.evaluation.over_levels import REFERENCE, of_rates, over_kinds, over_levels
from denoising.evaluation.scores import correct
from denoising.evaluation.summaries import Measures
from denoising.evaluation.verdicts import Scored, judge, score
from denoising.files.tables import read_csv, write_csv
from denoising.inference.blocks import by_blocks
from denoising.inference.engine import Network
from denoising.inference.predict import denoise, predict
from denoising.noise.kinds import KINDS
from stages._arms import read_networks, read_temperatures
from stages._images import NoisyImages, read_clean
from stages._measured import part_of, with_noise
from stages._measures import write_metrics
from stages._paths import CLASSICAL, PLOTS
from stages._runner import run

NOISY, DENOISED = "clean_trained", "denoised_clean_trained"
COLUMNS = ["kind", "level", "arm", "n"]
FURTHER = 3  # levels between the two around the break-even

Right = dict[str, np.ndarray]
"""By arm, (N,), ``int8``: 1 for each of N images that is classified correctly, else 0."""


class Measured(NamedTuple):
    """The images that are measured with one kind of noise.

    Attributes
    ----------
    noisy : returns a block of them at a level.
    shape, labels : of all of them, (N, H, W, C) and (N,).
    """

    noisy: Callable[[float, slice], NoisyImages]
    shape: tuple[int, ...]
    labels: np.ndarray


class Swept(NamedTuple):
    """One kind of noise, measured.

    Attributes
    ----------
    rows : of the table of the sweep.
    right : of each arm, by level of the sweep.
    pairs : of the two arms of the break-even, by level, ascending; at further levels, too.
    """

    rows: list[dict[str, Any]]
    right: dict[float, Right]
    pairs: dict[float, Right]


def main(params: Params) -> None:
    stored = read_clean("test", params.dataset)
    networks, temperatures = read_networks(stored, params.threads), read_temperatures()
    settings, seed = params.sweep, params.seed
    part = part_of(stored, "test", seed, settings.images, settings.fraction)
    every = np.arange(len(stored.labels))
    swept: dict[NoiseKind, Swept] = {}
    for kind in settings.kinds:
        places, noise = every if kind == params.noise.kind else part, params.noise.of(kind)

        def noisy(
            level: float,
            block: slice,
            noise: Noise = noise,
            places: np.ndarray = places,
        ) -> NoisyImages:
            return with_noise(stored, "test", noise.at(level), seed, places[block])

        images = Measured(noisy, (len(places), *stored.clean.shape[1:]), stored.labels[places])
        swept[kind] = measure_kind(kind, images, settings.levels, networks, temperatures)
    rows = [row for found in swept.values() for row in found.rows]
    classical = read_csv(CLASSICAL)
    table = pd.concat([pd.DataFrame(rows), classical])
    others = table.columns.difference(COLUMNS, sort=False)
    write_csv(PLOTS / "sweep.csv", table.loc[:, [*COLUMNS, *others]])
    write_csv(PLOTS / "over_levels.csv", summary(swept, classical, settings.levels, seed))
    write_csv(PLOTS / "gains.csv", gain_table(swept))
    levels: dict[NoiseKind, Estimate | None] = {
        kind: break_even([*found.pairs], gains(found.pairs), seed, kind)
        for kind, found in swept.items()
    }
    write_break_even(levels, params.noise.kind)


def measure_kind(
    kind: NoiseKind,
    images: Measured,
    levels: list[float],
    networks: dict[str, Network],
    temperatures: dict[str, float],
) -> Swept:
    """Measure every arm at each level of a kind of noise."""
    rows, right = [], {}
    for level in tqdm(levels, desc=f"levels, {KINDS[kind].label}"):
        measured, right[level] = measure(networks, images, level, temperatures)
        rows += [{"kind": kind, "level": level} | row for row in measured]
    further = levels_between(levels, gains(right).mean(axis=1), FURTHER)
    pairs = right | {level: compared(networks, images, level) for level in further}
    return Swept(rows, right, dict(sorted(pairs.items())))


def measure(
    networks: dict[str, Network],
    images: Measured,
    level: float,
    temperatures: dict[str, float],
) -> tuple[list[dict[str, Any]], Right]:
    """Return a row of measures for each arm, and which images each classifies correctly."""

    def find(block: slice) -> dict[str, Scored]:
        test = images.noisy(level, block)
        return score(judge(networks, test.noisy, level), test.clean)

    verdicts, labels = by_blocks(find, images.shape), images.labels
    right = {arm: correct(verdict.logits, labels) for arm, verdict in verdicts.items()}
    rows = [
        {"arm": arm}
        | measures(scores, logits, labels, right[NOISY])
        | {"ece_calibrated": ece(logits / temperatures[arm], labels)}
        for arm, (logits, scores) in verdicts.items()
    ]
    return rows, {arm: one.astype(np.int8) for arm, one in right.items()}


def compared(networks: dict[str, Network], images: Measured, level: float) -> Right:
    """Return which images the clean-trained classifier gets right, and after denoising."""
    classifier = networks["classifier_clean"]

    def find(block: slice) -> Right:
        test = images.noisy(level, block)
        denoised = denoise(networks["autoencoder"], test.noisy, level)
        seen = {NOISY: test.noisy, DENOISED: denoised}
        right = {arm: correct(predict(classifier, one), test.labels) for arm, one in seen.items()}
        return {arm: one.astype(np.int8) for arm, one in right.items()}

    return by_blocks(find, images.shape)


def gains(right: Mapping[float, Right]) -> np.ndarray:
    """Return the gain from denoising for each image at each level, (L, N)."""
    return np.array([one[DENOISED] - one[NOISY] for one in right.values()])


def gain_table(swept: Mapping[NoiseKind, Swept]) -> pd.DataFrame:
    """Return the gain in accuracy from denoising at each level, with its paired interval."""
    rows = [
        {"kind": kind, "level": level, "n": len(one[NOISY])}
        | paired_difference(one[DENOISED], one[NOISY])._asdict()
        for kind, found in swept.items()
        for level, one in found.pairs.items()
    ]
    return pd.DataFrame(rows)


def summary(
    swept: Mapping[NoiseKind, Swept], classical: pd.DataFrame, levels: list[float], seed: int
) -> pd.DataFrame:
    """Return the summaries of the arms over the levels of each kind, and over all kinds."""
    rows = []
    for kind, found in swept.items():
        wrong = {
            arm: np.array([1 - one[arm] for one in found.right.values()])
            for arm in found.right[levels[0]]
        }
        arms = over_levels(levels, wrong, seed, kind)
        for name, table in classical.loc[classical["kind"] == kind].groupby("arm", sort=False):
            arms |= of_filter(str(name), table)
        rows += [
            {"kind": kind, "arm": arm, "measure": measure, **one._asdict()}
            for arm, measured in arms.items()
            for measure, one in measured.items()
        ]
    joined = pd.DataFrame(rows)
    return pd.concat([joined, over_kinds(joined)])


def of_filter(arm: str, table: pd.DataFrame) -> dict[str, Measures]:
    """Return the summaries of a filter, from its rows of the sweep.

    It is compared with the clean-trained classifier on the images that both saw.
    """
    right = table["accuracy"]
    before = right + table["harm_rate"] - table["help_rate"]
    errors = {REFERENCE: (1 - before).to_numpy(), arm: (1 - right).to_numpy()}
    return of_rates([*table["level"]], errors)


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
    unresolved = here and here.low is None  # see `break_even`
    where = f"pays off from level {here.value:.2g}" if here else "has no break-even level"
    where += " (not resolved: the gains around it may be chance)" if unresolved else ""
    print(f"{KINDS[trained].label} noise: denoising {where}")


if __name__ == "__main__":
    run("sweep", main)
