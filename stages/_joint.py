"""The joint network: built in one of its forms, and started from its trained parts."""

from pathlib import Path
from types import ModuleType
from typing import Any

import keras

from denoising.config.params import Params
from denoising.config.training import with_level
from denoising.files.models import read_model
from denoising.networks import cascade, joint
from denoising.networks.registry import any_size, explaining, load
from denoising.networks.tensors import ImageShape
from denoising.networks.weights import take_weights

PARTS = {
    "branches": {"autoencoder": ""},
    "cascade": {"autoencoder": "", "classifier_denoised": cascade.PREFIX},
}
"""The trained networks that each form contains, with the prefix of their layers in it."""


def build_joint(
    params: Params, image_shape: ImageShape, classes: int, *, exact: bool = False
) -> keras.Model:
    """Build the joint network, for images of any size that its strides divide.

    Parameters
    ----------
    exact : build it for images of this shape alone, as is done for a classifier of one size.
    """
    level_input = params.training.level_input
    options = with_level(params.autoencoder.options, level_input)
    autoencoder = load(params.autoencoder.name, "autoencoder", options)
    shape = image_shape if exact else any_size(image_shape)
    if params.joint.form == "branches":
        options = params.autoencoder.options
        with explaining("autoencoder.options", options):
            return joint.build(shape, classes, autoencoder, options, level_input=level_input)
    classifier_options = with_level(params.classifier.options, level_input)
    classifier = load(params.classifier.name, "classifier", classifier_options)
    if getattr(classifier, "FIXED_SIZE", False):
        shape = image_shape
    return cascade.build(
        _built(autoencoder, "autoencoder", options, shape),
        _built(classifier, "classifier", classifier_options, shape, classes),
    )


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
