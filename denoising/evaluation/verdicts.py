"""Run the arms on noisy images."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from denoising.inference.engine import Network
from denoising.inference.predict import denoise, predict, restore_and_classify


class Verdict(NamedTuple):
    """An arm's logits, (N, classes), and the images that it classified, (N, H, W, C)."""

    logits: np.ndarray
    images: np.ndarray


def judge(networks: Mapping[str, Network], noisy: np.ndarray, level: float) -> dict[str, Verdict]:
    """Run every arm on noisy images.

    Parameters
    ----------
    networks : by the keys of `denoising.evaluation.arms.NETWORKS`.
    noisy : ``float32``, (N, H, W, C).
    level : their noise level, for networks with a level input.

    Returns
    -------
    the verdict of each arm, by its name; an arm that does not denoise classifies the noisy images.
    """
    clean_trained = networks["classifier_clean"]
    denoised = denoise(networks["autoencoder"], noisy, level)
    restored, joint = restore_and_classify(networks["joint"], noisy, level)
    noise_trained = predict(networks["classifier_noisy"], noisy, level)
    retrained = predict(networks["classifier_denoised"], denoised, level)
    return {
        "clean_trained": Verdict(predict(clean_trained, noisy), noisy),
        "noise_trained": Verdict(noise_trained, noisy),
        "denoised_clean_trained": Verdict(predict(clean_trained, denoised), denoised),
        "denoised_trained": Verdict(retrained, denoised),
        "joint": Verdict(joint, restored),
    }
