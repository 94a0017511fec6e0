"""Made-up data sets of any size, in folders of their own, and small networks trained on them."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from denoising.config.yaml_reader import load
from tools._memory import run_stage
from tools._program import ROOT

NAME, SIDE, CLASSES = "large", 28, 10
VALIDATION, DRAWN = 1000, 10_000
LENGTH = {"epochs": 1, "batch_size": 100}
TRAININGS = (
    *("train_autoencoder", "train_classifier clean", "train_classifier noisy"),
    *("train_classifier denoised", "train_joint"),
)


def write_set(folder: Path, train: int, test: int) -> None:
    """Write a data set in the IDX format, and parameters that select it, into `folder`.

    Training noise is fixed, networks are small, and the sweep has one kind of noise at two levels.
    """
    source = folder / "datasets" / NAME
    source.mkdir(parents=True)
    names = {}
    for part, number in (("train", train), ("test", test)):
        labels = (np.arange(number) % CLASSES).astype(np.uint8)
        write_idx(source / f"{part}_labels", (number,), [labels])
        write_idx(source / f"{part}_images", (number, SIDE, SIDE), pixels(number))
        names |= {f"{part}_{kind}": {"name": f"{part}_{kind}"} for kind in ("images", "labels")}
    # JSON is YAML, too.
    (folder / "params.yaml").write_text(json.dumps(parameters(names)), encoding="utf-8")


def parameters(files: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of the project with another data set, read from these files."""
    values = load((ROOT / "params.yaml").read_text("utf-8"))
    classes = [str(number) for number in range(CLASSES)]
    values["datasets"][NAME] = {
        "source": {"format": "idx", "validation": VALIDATION, "files": files, "classes": classes},
        "training": values["datasets"]["digits"]["training"]
        | dict.fromkeys(("classifier", "autoencoder", "joint"), LENGTH),
    }
    values["dataset"], values["training"]["noise"] = NAME, "fixed"
    values["classifier"] |= {"name": "resnet", "options": {"width": 4, "blocks": 1}}
    values["autoencoder"] |= {"name": "residual_unet", "options": {"width": 4, "blocks": 1}}
    values["sweep"] |= {"levels": [0, values["noise"]["level"]], "kinds": [values["noise"]["kind"]]}
    values["classical"] |= {"images": 50, "validation_images": 10}
    return values


def pixels(number: int) -> Iterator[np.ndarray]:
    """Yield random images, of which the first ones are repeated."""
    some = np.random.default_rng(0).integers(0, 256, (min(number, DRAWN), SIDE, SIDE), np.uint8)
    for start in range(0, number, DRAWN):
        yield some[: number - start]


def write_idx(path: Path, shape: tuple[int, ...], blocks: Iterable[np.ndarray]) -> None:
    """Write an IDX file of bytes."""
    with path.open("wb") as file:
        file.write(bytes((0, 0, 8, len(shape))) + np.array(shape, ">u4").tobytes())
        for block in blocks:
            file.write(block.tobytes())


def train_networks(folder: Path) -> None:
    """Write a small data set into `folder`, and train every network on it."""
    write_set(folder, 2 * VALIDATION, VALIDATION)
    for stage in ("download", "add_noise", *TRAININGS):
        run_stage(stage, folder)
