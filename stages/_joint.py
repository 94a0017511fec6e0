"""The joint network: built in one of its forms, and started from its trained parts."""

from pathlib import Path
from types import ModuleType
from typing import Any

import keras

from denoising.config.params import Params
from denoising.config.training import with_level
from denoising.files.models import read_model
from denoising.networks import cascade, joint
from denoising.networks.model_inputs import padding
from denoising.networks.registry import any_size, explaining, load
from denoising.networks.tensors import ImageShape
from denoising.networks.weights import take_weights

Shape = tuple[int, int, int]
"""Of images: height, width and channels."""

PARTS = {
    "branches": {"autoencoder": ""},
    "cascade": {"autoencoder": "", "classifier_denoised": cascade.PREFIX},
}
"""The trained networks that each form contains, with the prefix of their layers in it."""


def build_joint(
    params: Params, image_shape: Shape, classes: int, *, exact: bool = False
) -> keras.Model:
    """Build the joint network, for images of any size unless its classifier is of one size.

    Images are padded to fit its strides.

    Parameters
    ----------
    exact : build it for images of this shape alone, as is done for a classifier of one size.

    Raises
    ------
    UserError
        A network does not take its options, or images of this shape.
    """
    options = with_level(params.autoencoder.options, params.training.level_input)
    autoencoder = load(params.autoencoder.name, "autoencoder", options)
    build = _branches if params.joint.form == "branches" else _cascade
    return build(params, autoencoder, image_shape, classes, exact)


def _branches(
    params: Params, autoencoder: ModuleType, image_shape: Shape, classes: int, exact: bool
) -> keras.Model:
    options, level_input = params.autoencoder.options, params.training.level_input

    def built(shape: ImageShape) -> keras.Model:
        with explaining("autoencoder.options", options):
            return joint.build(shape, classes, autoencoder, options, level_input=level_input)

    model = built(any_size(image_shape))
    return built(_padded(model, image_shape)) if exact else model


def _cascade(
    params: Params, autoencoder: ModuleType, image_shape: Shape, classes: int, exact: bool
) -> keras.Model:
    level_input = params.training.level_input
    options = with_level(params.autoencoder.options, level_input)
    classifier_options = with_level(params.classifier.options, level_input)
    classifier = load(params.classifier.name, "classifier", classifier_options)
    fixed = getattr(classifier, "FIXED_SIZE", False)
    shape, growth = any_size(image_shape), (0, 0)
    first = _built(autoencoder, "autoencoder", options, shape)
    if fixed:
        shape, growth = image_shape, padding(first, image_shape)
    elif exact:
        shape = _padded(first, image_shape)
    if exact or (fixed and not any(growth)):
        first = _built(autoencoder, "autoencoder", options, _padded(first, image_shape))
    second = _built(classifier, "classifier", classifier_options, shape, classes)
    return cascade.build(first, second, growth)


def _padded(model: keras.Model, image_shape: Shape) -> Shape:
    """Return the shape of images, (H, W, C), that are padded to fit a network's stride."""
    height, width, channels = image_shape
    rows, columns = padding(model, image_shape)
    return height + rows, width + columns, channels


def _built(
    network: ModuleType, section: str, options: dict[str, Any], *arguments: Any
) -> keras.Model:
    with explaining(f"{section}.options", options):
        return network.build(*arguments, **options)


def start_joint(model: keras.Model, params: Params, models: Path) -> list[Path]:
    """Give the joint network the weights of its trained parts, unless it starts from scratch.

    Parameters
    ----------
    models : the folder of the parts.

    Returns
    -------
    the files of the parts.
    """
    if params.joint.start == "scratch":
        return []
    parts = {models / f"{name}.keras": p for name, p in PARTS[params.joint.form].items()}
    for path, prefix in parts.items():
        take_weights(model, read_model(path), prefix)
    return [*parts]
