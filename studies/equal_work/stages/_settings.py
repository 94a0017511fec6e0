"""The parameters of the study, and the places of its files."""

from pathlib import Path

from denoising.config.yaml_reader import read_sections
from denoising.config.yaml_schema import Count, Section
from stages._paths import MODELS, Place

SETTINGS = Path("studies/equal_work/params.yaml")
OUTPUTS = Path("data/equal_work")
PLACE = Place(MODELS / "equal_work", OUTPUTS, "equal_work-")
WORK = PLACE.models / "work.json"


class Control(Section):
    """The classifier of equal work.

    Attributes
    ----------
    option : of the classifier, a number that is raised until its work is that of the joint network.
    epochs : None for those in which the joint network learns to classify.
    """

    option: str
    epochs: Count | None


def read_settings() -> Control:
    """Read the study's `params.yaml`."""
    return read_sections(SETTINGS, Control)
