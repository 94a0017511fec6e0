"""The four questions of the report with their answers."""

import pandas as pd

from denoising.config.noise import Noise
from denoising.evaluation.intervals import Estimate
from denoising.evaluation.summaries import Measures
from denoising.report import pays_off, words
from denoising.report.facts import noise_name

Differences = dict[tuple[str, str], Measures]
"""The measures of one arm minus another."""


def answers(
    *,
    arms: dict[str, Measures],
    differences: Differences,
    break_even: dict[str, Estimate | None],
    sweep: pd.DataFrame,
    noise: Noise,
    joint_weight: float,
    images: int,
) -> list[words.Answer]:
    """Return the four questions with their answers.

    Parameters are as in `denoising.report.results.Run`; `images` is the number of test images.
    """
    joint = differences["joint", words.NOISE_TRAINED]
    return [
        words.suffering(arms, noise_name(noise), images),
        words.given_back(arms, differences[words.DENOISED, words.ALONE]),
        words.joint_better(arms, joint, joint_weight),
        pays_off.break_even(break_even[noise.kind], sweep, noise.kind),
    ]


def gain(differences: Differences) -> Estimate:
    """Return the gain in accuracy from denoising before the clean-trained classifier."""
    return differences[words.DENOISED, words.ALONE]["accuracy"]
