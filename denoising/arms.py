"""The arms that are compared: ways from a noisy image to a verdict and to a restored image."""

from typing import NamedTuple

import keras
import numpy as np

from denoising.inference import denoise, predict, restore_and_classify

# The networks that the arms are made of, by the names of their files.
NETWORKS = (
    "classifier_clean",
    "classifier_noisy",
    "classifier_denoised",
    "autoencoder",
    "joint",
)


class Verdict(NamedTuple):
    """What an arm says of N images: logits, (N, classes), and the images that it judged by."""

    logits: np.ndarray
    images: np.ndarray


def judge(networks: dict[str, keras.Model], noisy: np.ndarray, level: float) -> dict[str, Verdict]:
    """Return what every arm makes of noisy images.

    Parameters
    ----------
    networks : those that `NETWORKS` names.
    noisy : ``float32``, (N, H, W, C).
    level : of their noise, for a denoiser that is told.

    Returns
    -------
    arm to its verdict; the images are the noisy ones where an arm does not denoise.
    """
    clean_trained = networks["classifier_clean"]
    denoised = denoise(networks["autoencoder"], noisy, level)
    restored, joint = restore_and_classify(networks["joint"], noisy)
    return {
        "clean_trained": Verdict(predict(clean_trained, noisy), noisy),
        "noise_trained": Verdict(predict(networks["classifier_noisy"], noisy), noisy),
        "denoised_clean_trained": Verdict(predict(clean_trained, denoised), denoised),
        "denoised_trained": Verdict(predict(networks["classifier_denoised"], denoised), denoised),
        "joint": Verdict(joint, restored),
    }
