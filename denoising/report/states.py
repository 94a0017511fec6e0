"""The images that the report compares with the clean ones, and their shown names."""

from typing import NamedTuple

from denoising.evaluation.arms import NETWORKS


class State(NamedTuple):
    """A state of the test images.

    Attributes
    ----------
    label : its shown name.
    arm : the arm whose prediction is shown for these images.
    """

    label: str
    arm: str


STATES = {
    "noisy": State("noisy", "clean_trained"),
    "denoised": State(NETWORKS["autoencoder"], "denoised_clean_trained"),
    "joint": State(NETWORKS["joint"], "joint"),
}
