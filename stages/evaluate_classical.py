"""Measure denoisers without training, before the clean-trained classifier, at every level.

The parameter of each is chosen on validation images, separately for each level. A random part of
the test images is measured; at the level of the noise, a larger one, or all of them.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from tqdm import tqdm

from denoising.baselines.filters import DENOISERS, denoise
from denoising.config.noise import Noise
from denoising.config.params import Params
from denoising.evaluation.break_even import measures
from denoising.evaluation.filter_choice import choose
from denoising.evaluation.scores import correct
from denoising.evaluation.summaries import classification, image_scores, restoration
from denoising.files.tables import write_csv
from denoising.inference.blocks import by_blocks
from denoising.inference.engine import Network
from denoising.inference.predict import predict
from stages._images import Images, read_clean
from stages._measured import part_of, with_noise
from stages._measures import ARM_PARTS, report_result, write_arms
from stages._models import read_network
from stages._paths import CLASSICAL, PLOTS
from stages._runner import run

MORE_HERE = 10  # times as many test images at the level of the noise as at others, at most


class Filtered(NamedTuple):
    """The logits on the images that a denoiser returned, (N, classes), and their scores, (N,)."""

    logits: np.ndarray
    scores: dict[str, np.ndarray]


class Measured(NamedTuple):
    """Noisy images, and each denoiser's, by its name."""

    noisy: Filtered
    denoised: dict[str, Filtered]


def main(params: Params) -> None:
    settings, seed = params.classical, params.seed
    validation, test = (read_clean(split, params.dataset) for split in ("validation", "test"))
    classifier = read_network("classifier_clean", test, params.threads)
    levels = sorted({*params.sweep.levels, params.noise.level})
    chosen_on = part_of(
        validation, "validation", seed, settings.validation_images, settings.fraction
    )
    part = part_of(test, "test", seed, settings.images, settings.fraction)
    most = part_of(test, "test", seed, MORE_HERE * settings.images)
    rows, chosen = [], dict.fromkeys(DENOISERS, 0.0)
    for level in tqdm(levels, desc="levels, denoisers without training"):
        noise, here = params.noise.at(level), level == params.noise.level
        known = with_noise(validation, "validation", noise, seed, chosen_on)
        for name, before in chosen.items():
            chosen[name] = choose(name, known.clean, known.noisy, before)
        places = most if here else part
        found, labels = measure(test, places, noise, seed, classifier, chosen), test.labels[places]
        right = correct(found.noisy.logits, labels)
        rows += [
            {"kind": noise.kind, "level": level, "arm": name}
            | measures(scores, logits, labels, right)
            for name, (logits, scores) in found.denoised.items()
        ]
        if here:
            write_here(found, chosen, labels, seed)
    table = pd.DataFrame(rows)
    write_csv(CLASSICAL, table.loc[table["level"].isin(params.sweep.levels)])


def measure(
    test: Images,
    places: np.ndarray,
    noise: Noise,
    seed: int,
    classifier: Network,
    parameters: Mapping[str, float],
) -> Measured:
    """Denoise the test images at these places with each denoiser, score and classify them."""

    def find(block: slice) -> Measured:
        clean, _, noisy, _ = with_noise(test, "test", noise, seed, places[block])

        def judged(images: np.ndarray) -> Filtered:
            return Filtered(predict(classifier, images), image_scores(clean, images))

        denoised = {name: judged(denoise(name, noisy, one)) for name, one in parameters.items()}
        return Measured(judged(noisy), denoised)

    return by_blocks(find, (len(places), *test.clean.shape[1:]))


def write_here(
    found: Measured, parameters: Mapping[str, float], labels: np.ndarray, seed: int
) -> None:
    """Write the measures and the parameters at the level of the noise, and print the results."""
    measured = {
        name: classification(logits, labels, seed) | restoration(scores, found.noisy.scores, seed)
        for name, (logits, scores) in found.denoised.items()
    }
    write_arms(ARM_PARTS / "classical.csv", measured)
    values = [float(one) for one in parameters.values()]  # some are whole numbers
    table = pd.DataFrame({"arm": parameters.keys(), "parameter": values})
    write_csv(PLOTS / "filters.csv", table.assign(n=len(labels)))
    for name, one in measured.items():
        report_result(name, one)


if __name__ == "__main__":
    run("evaluate_classical", main)
