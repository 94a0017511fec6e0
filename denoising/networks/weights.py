"""Weights of one network, taken over by another that contains it."""

from keras import Model

from denoising.files.errors import UserError


def take_weights(model: Model, part: Model, prefix: str = "") -> None:
    """Give the layers of a model the weights of the layers of a trained part.

    Parameters
    ----------
    prefix : of the layers' names in `model`, before those in `part`.

    Raises
    ------
    UserError
        `model` lacks a layer of the part, or has it with weights of other shapes.
    """
    own = {layer.name: layer for layer in model.layers}
    for layer in part.layers:
        if not (given := layer.get_weights()):
            continue
        taken = own.get(f"{prefix}{layer.name}")
        if not taken or [w.shape for w in taken.weights] != [w.shape for w in given]:
            raise UserError(
                f"The network {model.name} cannot start from the trained network {part.name}: the "
                f"layer {layer.name} differs. Run `dvc repro`, which trains both with the same "
                "options, or set joint.start to scratch."
            )
        taken.set_weights(given)
