"""The arms compared: one shown name and one colour for each, used everywhere."""

from typing import NamedTuple


class Arm(NamedTuple):
    """The shown name of an arm, its colour, and a sentence on how it works."""

    label: str
    colour: str
    how: str


ARMS = {
    "clean_trained": Arm(
        "clean-trained", "#555555", "A classifier trained on clean images sees the noisy image."
    ),
    "noise_trained": Arm(
        "noise-trained", "#d9772b", "A classifier trained on noisy images sees the noisy image."
    ),
    "denoised_clean_trained": Arm(
        "denoise + clean-trained",
        "#3a9a5b",
        "The autoencoder denoises; a classifier trained on clean images classifies.",
    ),
    "denoised_trained": Arm(
        "denoise + retrained",
        "#1f6f8b",
        "The autoencoder denoises; a classifier trained on denoised images classifies.",
    ),
    "joint": Arm("joint network", "#8a4fb0", "One network denoises and classifies at once."),
}
"""Arms with trained networks."""

FILTER_ARMS = {
    "median": Arm("median filter", "#c9b458", "A median filter, then clean-trained."),
    "tv": Arm("total variation", "#c98bb9", "Total variation denoising, then clean-trained."),
    "wavelet": Arm("wavelets", "#7fb2d9", "Wavelet shrinkage, then clean-trained."),
    "nlm": Arm("non-local means", "#b08968", "Non-local means, then clean-trained."),
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
