"""What stages read of earlier ones: images and networks, checked to belong together."""

from typing import NamedTuple

import numpy as np

from denoising.artifacts import image_shape, read_array, read_json, read_model
from denoising.errors import UserError
from stages.running import CLEAN, MODELS, NOISY


class Images(NamedTuple):
    """Images of a split, memory-mapped: ``uint8`` clean ones, labels, ``float32`` noisy ones."""

    clean: np.ndarray
    labels: np.ndarray
    noisy: np.ndarray | None = None
    classes: int = 0


def read_images(split: str, dataset: str, *, noisy: bool = True) -> Images:
    """Map what `download` and `add_noise` wrote of a split.

    Raise `UserError` where it is of another data set, or the files do not belong together.
    """
    folder = CLEAN / split
    known = read_json(folder / "dataset.json")
    images = Images(
        read_array(folder / "images.npy"),
        read_array(folder / "labels.npy"),
        read_array(NOISY / split / "images.npy") if noisy else None,
        known.get("classes", 0),
    )
    again = "Run `dvc repro`, which writes again what does not belong to params.yaml."
    if known.get("dataset") != dataset:
        raise UserError(
            f"Expected in {folder} images of {dataset}, as `dataset` in params.yaml says. "
            f"Received: images of {known.get('dataset')}. {again}"
        )
    shapes = {
        name: f"{part.dtype} {part.shape}"
        for name, part in images._asdict().items()
        if isinstance(part, np.ndarray)
    }
    number, shape = len(images.clean), images.clean.shape
    expected = {"clean": f"uint8 {shape}", "labels": f"int64 {(number,)}"}
    if noisy:
        expected["noisy"] = f"float32 {shape}"
    if shapes != expected or len(shape) != 4:
        raise UserError(
            f"Expected of the {split} images arrays that belong together: {expected}. "
            f"Received: {shapes}. {again}"
        )
    return images


def read_network(name: str, images: Images):
    """Open a model that an earlier stage wrote; raise `UserError` if it is not for such images.

    Its name says what it gives: logits, images, or both.
    """
    path, shape = MODELS / f"{name}.keras", images.clean.shape[1:]
    model = read_model(path)
    wanted = {"classification": (images.classes,), "reconstruction": shape}
    if name != "joint":
        kind = "classification" if name.startswith("classifier") else "reconstruction"
        wanted = {"output": wanted[kind]}
    outputs = model.output if isinstance(model.output, dict) else {"output": model.output}
    found = {key: tuple(one.shape[1:]) for key, one in outputs.items()}
    found["input"] = image_shape(model)
    wanted["input"] = shape
    if found.keys() != wanted.keys() or not all(_fits(found[key], wanted[key]) for key in wanted):
        raise UserError(
            f"Expected in {path} a network of the shapes {wanted}. Received: {found}, where None "
            "is any size. It was trained on other data: `dvc repro` trains another one."
        )
    return model


def _fits(shape: tuple[int | None, ...], wanted: tuple[int, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        one in (None, other) for one, other in zip(shape, wanted, strict=True)
    )
