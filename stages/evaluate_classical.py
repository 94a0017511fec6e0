"""Measure denoisers without training, before the clean-trained classifier, at every level.

The parameter of each is chosen on validation images, separately for each level. At the level of the
noise, all test images are measured, as for the other arms; at other levels, a random part.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from tqdm import tqdm

from denoising.baselines.filters import DENOISERS, denoise
from denoising.config.params import Params
from denoising.evaluation.break_even import measures
from denoising.evaluation.filter_choice import choose
from denoising.evaluation.scores import correct
from denoising.evaluation.summaries import classification, image_scores, restoration
from denoising.files.tables import write_csv
from denoising.inference.engine import Network
from denoising.inference.predict import predict
from stages._images import NoisyImages, read_clean
from stages._measured import part_of, with_noise
from stages._measures import ARM_PARTS, report_result, write_arms
from stages._models import read_network
from stages._paths import CLASSICAL, PLOTS
from stages._runner import run

MORE_HERE = 10  # times as many test images at the level of the noise as at others, at most


class Filtered(NamedTuple):
    """A denoiser's parameter, its images' scores, (N,) each, and the logits on them."""

    parameter: float
    scores: dict[str, np.ndarray]
    logits: np.ndarray


def main(params: Params) -> None:
    settings, seed = params.classical, params.seed
    splits = {split: read_clean(split, params.dataset) for split in ("validation", "test")}
    classifier = read_network("classifier_clean", splits["test"], params.threads)
    levels = sorted({*params.sweep.levels, params.noise.level})
    chosen_on = part_of(
        splits["validation"], "validation", seed, settings.validation_images, settings.fraction
    )
    part = part_of(splits["test"], "test", seed, settings.images, settings.fraction)
    most = part_of(splits["test"], "test", seed, MORE_HERE * settings.images)
    rows, chosen = [], dict.fromkeys(DENOISERS, 0.0)
    with tqdm(total=len(levels) * len(DENOISERS), desc="classical denoisers") as progress:
        for level in levels:
            noise, here = params.noise.at(level), level == params.noise.level
            validation, test = (
                with_noise(splits[split], split, noise, seed, some)
                for split, some in (("validation", chosen_on), ("test", most if here else part))
            )
            before = correct(predict(classifier, test.noisy), test.labels)
            filtered = {}
            for name in DENOISERS:
                chosen[name] = choose(name, validation.clean, validation.noisy, chosen[name])
                filtered[name] = found = apply(name, chosen[name], test, classifier)
                row = measures(found.scores, found.logits, test.labels, before)
                rows.append({"kind": params.noise.kind, "level": level, "arm": name} | row)
                progress.update()
            if here:
                write_here(filtered, test, seed)
    table = pd.DataFrame(rows)
    write_csv(CLASSICAL, table.loc[table["level"].isin(params.sweep.levels)])


def apply(name: str, parameter: float, test: NoisyImages, classifier: Network) -> Filtered:
    """Denoise test images, score and classify them."""
    denoised = denoise(name, test.noisy, parameter)
    scores = image_scores(test.clean, denoised)
    return Filtered(float(parameter), scores, predict(classifier, denoised))


def write_here(filtered: dict[str, Filtered], test: NoisyImages, seed: int) -> None:
    """Write the measures and the parameters at the level of the noise, and print the results."""
    noisy = image_scores(test.clean, test.noisy)
    measured = {
        name: classification(found.logits, test.labels, seed)
        | restoration(found.scores, noisy, seed)
        for name, found in filtered.items()
    }
    write_arms(ARM_PARTS / "classical.csv", measured)
    parameters = {name: found.parameter for name, found in filtered.items()}
    table = pd.DataFrame({"arm": parameters.keys(), "parameter": parameters.values()})
    write_csv(PLOTS / "filters.csv", table.assign(n=len(test.labels)))
    for name, found in measured.items():
        report_result(name, found)


if __name__ == "__main__":
    run("evaluate_classical", main)
