"""The arms compared: one shown name and one colour for each, used everywhere."""

from typing import NamedTuple


class Arm(NamedTuple):
    """An arm.

    Attributes
    ----------
    label, colour : its shown name and its colour.
    how : a sentence on how it works.
    networks : that an image passes through, keys of `NETWORKS`.
    """

    label: str
    colour: str
    how: str
    networks: tuple[str, ...]


ARMS = {
    "clean_trained": Arm(
        "clean-trained",
        "#555555",
        "A classifier trained on clean images sees the noisy image.",
        ("classifier_clean",),
    ),
    "noise_trained": Arm(
        "noise-trained",
        "#d9772b",
        "A classifier trained on noisy images sees the noisy image.",
        ("classifier_noisy",),
    ),
    "denoised_clean_trained": Arm(
        "denoise + clean-trained",
        "#3a9a5b",
        "The autoencoder denoises; a classifier trained on clean images classifies.",
        ("autoencoder", "classifier_clean"),
    ),
    "denoised_trained": Arm(
        "denoise + retrained",
        "#1f6f8b",
        "The autoencoder denoises; a classifier trained on denoised images classifies.",
        ("autoencoder", "classifier_denoised"),
    ),
    "joint": Arm(
        "joint network", "#8a4fb0", "One network denoises and classifies at once.", ("joint",)
    ),
}
"""Arms with trained networks."""

_FILTERED = ("classifier_clean",)
FILTER_ARMS = {
    "median": Arm("median filter", "#c9b458", "A median filter, then clean-trained.", _FILTERED),
    "tv": Arm(
        "total variation", "#c98bb9", "Total variation denoising, then clean-trained.", _FILTERED
    ),
    "wavelet": Arm("wavelets", "#7fb2d9", "Wavelet shrinkage, then clean-trained.", _FILTERED),
    "nlm": Arm("non-local means", "#b08968", "Non-local means, then clean-trained.", _FILTERED),
}
"""Denoisers without training, before the clean-trained classifier."""

ALL_ARMS = ARMS | FILTER_ARMS
ARM_LABELS = {name: arm.label for name, arm in ALL_ARMS.items()}
"""The shown names of all arms."""

NETWORKS = {
    "classifier_clean": "classifier (clean-trained)",
    "classifier_noisy": "classifier (noise-trained)",
    "classifier_denoised": "classifier (retrained)",
    "autoencoder": "autoencoder",
    "joint": "joint network",
}
"""The shown names of the arms' networks, by the names of their files."""
