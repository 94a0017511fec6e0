"""The section `detector`."""

from typing import Annotated, Literal

from pydantic import Field

from denoising.config.yaml_schema import Count, Section


class Detector(Section):
    """The traffic-sign detector: rendered scenes, or files with another detector's outputs."""

    source: Literal["rendered", "files"]
    training_patches: Annotated[Count, Field(ge=100)]
    scored_patches: Annotated[Count, Field(ge=100)]
    ground_truth: str
    outputs: str
    positive_label: int
