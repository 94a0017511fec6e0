"""Networks, one per file, found by name.

A file defines its ``KIND`` and ``build``, which returns a `keras.Model` of named stock layers:

- ``classifier``: ``build(image_shape, classes, **options)``; the output is logits, (N, classes).
- ``autoencoder``: ``build(image_shape, **options)``; the output is the denoised image, in [0, 1],
  or close to that range if the network corrects the noisy image. It also defines ``encode`` and
  ``decode``, from which the joint network is built.

Options are keyword-only arguments; their annotations define the valid values. A network for images
of one size has ``FIXED_SIZE = True``; the others are built for any height and width that their
stride divides.
"""

import contextlib
import importlib
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from keras import Model
from pydantic import ConfigDict, TypeAdapter, ValidationError

from denoising.files.errors import UserError
from denoising.networks.tensors import ImageShape

STRICT = ConfigDict(strict=True)


def build(
    name: str,
    kind: str,
    options: dict[str, Any],
    image_shape: ImageShape,
    *arguments: Any,
    key: str | None = None,
) -> Model:
    """Build the network called `name`.

    Parameters
    ----------
    kind : ``classifier`` or ``autoencoder``.
    options : keyword arguments of the network's ``build``.
    image_shape : (H, W, C) of the training images.
    arguments : further positional arguments of ``build``.
    key : the key of the options in error messages; ``KIND.options`` if omitted.

    Raises
    ------
    UserError
        The network is of another kind, or does not accept an option or its value.
    """
    network = load(name, kind, options, key)
    if not getattr(network, "FIXED_SIZE", False):
        image_shape = any_size(image_shape)
    with explaining(key or f"{kind}.options", options):
        return network.build(image_shape, *arguments, **options)


def load(name: str, kind: str, options: dict[str, Any], key: str | None = None) -> ModuleType:
    """Import the network called `name`, and check its kind and the options.

    Parameters and errors are those of `build`.
    """
    key = key or f"{kind}.options"
    network = importlib.import_module(f"{__package__}.{name}")
    if (found := getattr(network, "KIND", None)) != kind:
        raise UserError(
            f"{name} is not a network of kind {kind}: its KIND is {found!r}. "
            f"Name one with KIND = {kind!r}."
        )
    accepted = {
        parameter.name: parameter.annotation
        for parameter in inspect.signature(network.build).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    if "level_input" in options and "level_input" not in accepted:
        raise UserError(
            f"The network {name} has no level input. Set level_input to false, or name another."
        )
    if unknown := sorted(set(options) - set(accepted)):
        raise UserError(
            f"{key}: {name} has no option {', '.join(unknown)}. "
            f"Its options: {', '.join(accepted) or 'none'}."
        )
    for option, value in options.items():
        try:
            TypeAdapter(accepted[option], config=STRICT).validate_python(value)
        except ValidationError as failure:
            expected = "; ".join(error["msg"] for error in failure.errors())
            raise UserError(f"{key}.{option}: {expected}. Received: {value!r}") from None
    return network


@contextlib.contextmanager
def explaining(key: str, options: dict[str, Any]) -> Iterator[None]:
    """Turn the error of a network that cannot be built into a `UserError` that names `key`."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise UserError(
            f"Cannot build the network with {key} = {options}: {str(error).strip().rstrip('.')}. "
            f"Change {key}."
        ) from None


def any_size(image_shape: ImageShape) -> ImageShape:
    """Return the shape of images of any height and width, with as many channels."""
    return (None, None, image_shape[-1])
