"""The study's settings, and the patches cut from photographs."""

from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field
from skimage.transform import rescale

from denoising.config.recipe import Recipes
from denoising.config.yaml_reader import read_sections
from denoising.config.yaml_schema import Count, Fraction, Section
from denoising.datasets.sample_photographs import read_photograph
from denoising.datasets.splits import Split

STUDY = Path("studies/photographs")
Names = Annotated[list[str], Field(min_length=1)]


class Photographs(Section):
    """The photographs for training, validation and test, and how patches are cut from them."""

    train: Names
    validation: Names
    test: Names
    side: Count
    step: Count
    scales: Annotated[list[Annotated[Fraction, Field(gt=0)]], Field(min_length=1)]
    most: Count
    contrast: Annotated[Fraction, Field(gt=0)]


class Settings(Recipes):
    """All of the study's `params.yaml`."""

    photographs: Photographs


def read_settings() -> Settings:
    """Read and check the study's parameters; raise `UserError` that lists every wrong key."""
    return read_sections(STUDY / "params.yaml", Settings)


def read_patches(settings: Photographs) -> dict[str, Split]:
    """Return patches of training and validation photographs; a label is its photograph's index."""
    splits = {}
    for part, names in (("train", settings.train), ("validation", settings.validation)):
        found = [patches(in_colour(read_photograph(name)), settings) for name in names]
        labels = np.repeat(np.arange(len(found)), [len(some) for some in found])
        splits[part] = Split(np.concatenate(found), labels)
    return splits


def in_colour(pixels: np.ndarray) -> np.ndarray:
    """Return a photograph with three channels, all equal if it is grey."""
    return np.repeat(pixels, 3 // pixels.shape[2], axis=2)


def patches(photograph: np.ndarray, settings: Photographs) -> np.ndarray:
    """Cut patches from a photograph, ``uint8``, (H, W, 3), at each scale, upright and rotated.

    Returns
    -------
    ``uint8``, (N, side, side, 3).
    """
    found = []
    for scale in settings.scales:
        smaller = photograph
        if scale < 1:
            values = rescale(photograph / 255, scale, anti_aliasing=True, channel_axis=-1)
            smaller = np.rint(255 * np.clip(values, 0, 1)).astype(np.uint8)
        corners = [
            (top, left)
            for top in range(0, smaller.shape[0] - settings.side + 1, settings.step)
            for left in range(0, smaller.shape[1] - settings.side + 1, settings.step)
        ]
        number = min(len(corners), settings.most)
        for which in np.linspace(0, len(corners) - 1, number).astype(int):
            top, left = corners[which]
            patch = smaller[top : top + settings.side, left : left + settings.side]
            found += [patch, np.rot90(patch)]
    return np.stack(found)
