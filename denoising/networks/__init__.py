"""Networks, one a file, found by name.

A file says its ``KIND`` and has ``build``, which returns a `keras.Model` of named stock layers:

- ``classifier``: ``build(image_shape, classes, **options)``; the output is logits, (N, classes).
- ``autoencoder``: ``build(image_shape, **options)``; the output is the image, in [0, 1]. It
  also has ``encode`` and ``decode``, of which the joint network is made.
"""

import importlib
import inspect
from types import ModuleType

from denoising.errors import UserError


def load(name: str, kind: str, options: dict) -> ModuleType:
    """Import the network called `name`.

    Raises
    ------
    UserError : it is of another kind, or its ``build`` does not take `options`.
    """
    network = importlib.import_module(f"{__name__}.{name}")
    if getattr(network, "KIND", None) != kind:
        raise UserError(
            f"Expected in {kind}.name a network of the kind {kind}. "
            f"Received: {name} (of kind {getattr(network, 'KIND', 'unknown')})"
        )
    accepted = [
        parameter.name
        for parameter in inspect.signature(network.build).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    if unknown := sorted(set(options) - set(accepted)):
        raise UserError(
            f"Expected in {kind}.options what {name} takes: {', '.join(accepted) or 'nothing'}. "
            f"Received: {', '.join(unknown)}"
        )
    return network
