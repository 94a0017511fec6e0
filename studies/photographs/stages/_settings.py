"""The study's settings, and its photographs for training and validation."""

from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field

from denoising.config.recipe import Recipe, Recipes
from denoising.config.yaml_reader import read_sections
from denoising.config.yaml_schema import Count, Positive, Section
from denoising.datasets.photographs import PUBLISHERS, read_photographs
from denoising.files.errors import UserError
from denoising.seeding import generator
from stages._paths import MODELS

STUDY = Path("studies/photographs")
FIRST = "photos"
FolderHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Data(Section):
    """The folders of photographs, and how crops are cut from those for training.

    Attributes
    ----------
    train : hash of the folder of training and validation photographs.
    tests : hashes of the folders of test photographs, by name.
    validation : number of photographs of `train` for validation, drawn by the seed.
    side : of a crop, in pixels.
    crops : number of crops from each photograph in an epoch.
    """

    train: FolderHash
    tests: dict[str, FolderHash]
    validation: Count
    side: Count
    crops: Count


class Sitting(Section):
    """A part of the training, with the weights of the sitting `start` to begin with.

    What it does not name is as in the first one; `side` and `crops` are those of `Data`.
    """

    start: str
    learning_rate: Positive
    epochs: Count
    batch_size: Count
    side: Count
    crops: Count


class Part(NamedTuple):
    """All that one sitting needs; `start` is None in the first one."""

    recipe: Recipe
    data: Data
    start: str | None


class Settings(Recipes):
    """All of the study's `params.yaml`; `sittings` are those after the first."""

    sittings: dict[str, Sitting]
    data: Data

    @property
    def parts(self) -> dict[str, Part]:
        """The sittings in their order; the first has the name of the recipe."""
        first = self.recipes[FIRST]
        found = {FIRST: Part(first, self.data, None)}
        for name, sitting in self.sittings.items():
            training = sitting.model_dump(include={"learning_rate", "epochs", "batch_size"})
            crops = sitting.model_dump(include={"side", "crops"})
            found[name] = Part(
                first.model_copy(update=training),
                self.data.model_copy(update=crops),
                sitting.start,
            )
        return found

    def part(self, name: str) -> Part:
        """Return a sitting by its name; raise `UserError` for an unknown one."""
        if name not in self.parts:
            raise UserError(
                f"{STUDY}/params.yaml has no sitting {name!r}. "
                f"Expected one of: {', '.join(self.parts)}"
            )
        return self.parts[name]

    @property
    def trained(self) -> Path:
        """The path of the denoiser after the last sitting, as an ``.onnx`` file."""
        return model_path([*self.parts][-1])


def model_path(sitting: str) -> Path:
    """Return the path of the denoiser that a sitting trained, as an ``.onnx`` file."""
    return MODELS / "photographs" / sitting / "denoiser.onnx"


def read_settings() -> Settings:
    """Read and check the study's parameters; raise `UserError` that lists every wrong key."""
    return read_sections(STUDY / "params.yaml", Settings)


def read_training_photographs(data: Data, seed: int) -> dict[str, list[np.ndarray]]:
    """Return the photographs of ``train`` and ``validation``, ``uint8``, (H, W, 3).

    Raises
    ------
    UserError
        They are missing, too few or too small, or others than those that `data` names.
    """
    found = read_photographs("train", data.train)
    if small := [name for name, image in found.items() if min(image.shape[:2]) < data.side]:
        raise UserError(
            f"Photographs are smaller than data.side of {STUDY}/params.yaml, {data.side} pixels: "
            f"{', '.join(small)}. Lower data.side."
        )
    chosen = validation_names([*found], data.validation, seed)
    parts: dict[str, list[np.ndarray]] = {"train": [], "validation": []}
    for name, image in found.items():
        part = "validation" if name in chosen else "train"
        parts[part].append(np.repeat(image, 3 // image.shape[2], axis=2))
    return parts


def validation_names(names: list[str], number: int, seed: int) -> list[str]:
    """Draw the names of the validation photographs; raise `UserError` if none would remain."""
    if number >= len(names):
        raise UserError(
            f"Cannot hold out {number} of {len(names)} photographs for validation. Expected fewer. "
            f"Change data.validation of {STUDY}/params.yaml."
        )
    drawn = generator(seed, "photographs", "validation").permutation(len(names))[:number]
    return sorted(names[index] for index in drawn)


def read_tests(data: Data) -> dict[str, dict[str, np.ndarray]]:
    """Return the test photographs by set and file name; raise `UserError` as `read_photographs`."""
    if unknown := [name for name in data.tests if name not in PUBLISHERS]:
        raise UserError(
            f"Unknown sets in data.tests of {STUDY}/params.yaml: {', '.join(unknown)}. "
            f"Expected some of: {', '.join(name for name in PUBLISHERS if name != 'train')}"
        )
    return {name: read_photographs(name, digest) for name, digest in data.tests.items()}
