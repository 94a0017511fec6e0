"""Networks, one a file, found by name.

A file says its ``KIND`` and has ``build``, which returns a `keras.Model` of named stock layers:

- ``classifier``: ``build(image_shape, classes, **options)``; the output is logits, (N, classes).
- ``autoencoder``: ``build(image_shape, **options)``; the output is the image, in [0, 1] or,
  where the network corrects the noisy one, about that. It also has ``encode`` and ``decode``, of
  which the joint network is made.

Options are keyword-only arguments, whose annotations say which values they may have. A network
that takes images of one size alone says ``FIXED_SIZE = True``; the others are built for any height
and width that their stride divides.
"""

import contextlib
import importlib
import inspect
from collections.abc import Iterator
from types import ModuleType

from pydantic import ConfigDict, TypeAdapter, ValidationError

from denoising.files.errors import UserError

STRICT = ConfigDict(strict=True)


def build(
    name: str,
    kind: str,
    options: dict,
    image_shape: tuple[int, int, int],
    *arguments,
    key: str | None = None,
):
    """Build the network called `name`; `arguments` go to its ``build``, as `options` do.

    `key` is what errors call the place of the options, ``KIND.options`` unless given.

    Raises
    ------
    UserError : it is of another kind, or it does not take these options or their values.
    """
    network = load(name, kind, options, key)
    if not getattr(network, "FIXED_SIZE", False):
        image_shape = any_size(image_shape)
    with explaining(key or f"{kind}.options", options):
        return network.build(image_shape, *arguments, **options)


def load(name: str, kind: str, options: dict, key: str | None = None) -> ModuleType:
    """Import the network called `name`, and check that it is of `kind` and takes `options`.

    The annotations of its ``build`` say which values an option may have.
    """
    key = key or f"{kind}.options"
    network = importlib.import_module(f"{__package__}.{name}")
    if getattr(network, "KIND", None) != kind:
        raise UserError(
            f"Expected in {kind}.name a network of the kind {kind}. "
            f"Received: {name} (of kind {getattr(network, 'KIND', 'unknown')})"
        )
    accepted = {
        parameter.name: parameter.annotation
        for parameter in inspect.signature(network.build).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    if unknown := sorted(set(options) - set(accepted)):
        raise UserError(
            f"Expected in {key} what {name} takes: {', '.join(accepted) or 'nothing'}. "
            f"Received: {', '.join(unknown)}"
        )
    for option, value in options.items():
        try:
            TypeAdapter(accepted[option], config=STRICT).validate_python(value)
        except ValidationError as failure:
            expected = "; ".join(error["msg"] for error in failure.errors())
            raise UserError(f"{key}.{option}: {expected}. Received: {value!r}") from None
    return network


@contextlib.contextmanager
def explaining(key: str, options: dict) -> Iterator[None]:
    """Turn what Keras says of an option's impossible value into a `UserError` that names `key`."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise UserError(
            f"Expected in {key} values that the network can be built with. "
            f"Received: {options}, of which Keras says: {str(error).strip()}"
        ) from None


def any_size(image_shape: tuple[int, int, int]) -> tuple[None, None, int]:
    """Return the shape of images of any height and width with as many channels."""
    return (None, None, image_shape[-1])
