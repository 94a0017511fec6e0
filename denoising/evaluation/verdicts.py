"""Run the arms on noisy images."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from denoising.evaluation.summaries import image_scores
from denoising.inference.blocks import by_blocks
from denoising.inference.engine import Network
from denoising.inference.predict import denoise, predict, restore_and_classify


class Verdict(NamedTuple):
    """An arm's logits, (N, classes), and the images that it classified, (N, H, W, C)."""

    logits: np.ndarray
    images: np.ndarray


class Scored(NamedTuple):
    """An arm's logits, (N, classes), and the scores of the images that it classified, (N,) each."""

    logits: np.ndarray
    scores: dict[str, np.ndarray]


def judge(
    networks: Mapping[str, Network],
    noisy: np.ndarray,
    level: float,
    *,
    clean_trained: bool = True,
) -> dict[str, Verdict]:
    """Run every arm on noisy images.

    Parameters
    ----------
    networks : by the keys of `denoising.evaluation.arms.NETWORKS`.
    noisy : as stored or as floats in [0, 1], (N, H, W, C).
    level : their noise level, for networks with a level input.
    clean_trained : whether to run the arm whose networks have seen no noise.

    Returns
    -------
    the verdict of each arm, by its name; an arm that does not denoise classifies the noisy images.
    """
    classifier = networks["classifier_clean"]
    plain = {"clean_trained": Verdict(predict(classifier, noisy), noisy)} if clean_trained else {}
    denoised = denoise(networks["autoencoder"], noisy, level)
    restored, joint = restore_and_classify(networks["joint"], noisy, level)
    noise_trained = predict(networks["classifier_noisy"], noisy, level)
    retrained = predict(networks["classifier_denoised"], denoised, level)
    return plain | {
        "noise_trained": Verdict(noise_trained, noisy),
        "denoised_clean_trained": Verdict(predict(classifier, denoised), denoised),
        "denoised_trained": Verdict(retrained, denoised),
        "joint": Verdict(joint, restored),
    }


def score(verdicts: Mapping[str, Verdict], clean: np.ndarray) -> dict[str, Scored]:
    """Return the verdict of each arm with the `image_scores` of its images."""
    classified = {id(verdict.images): verdict.images for verdict in verdicts.values()}
    scores = {key: image_scores(clean, images) for key, images in classified.items()}
    return {arm: Scored(logits, scores[id(images)]) for arm, (logits, images) in verdicts.items()}


def all_logits(
    networks: Mapping[str, Network], noisy: np.ndarray, level: float
) -> dict[str, np.ndarray]:
    """Return the logits of each arm, as `judge` does, for images that do not fit into memory."""

    def find(part: slice) -> dict[str, np.ndarray]:
        return {arm: found.logits for arm, found in judge(networks, noisy[part], level).items()}

    return by_blocks(find, noisy.shape)
