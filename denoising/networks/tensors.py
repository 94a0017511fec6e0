"""Image shapes and symbolic inputs, with their types."""

from keras import Input, KerasTensor

ImageShape = tuple[int | None, int | None, int]
"""Height, width and channels; a height or width of None stands for any size."""


def named_input(shape: tuple[int | None, ...], name: str) -> KerasTensor:
    """Return `keras.Input`, for tensors of a shape without the batch."""
    tensor = Input(shape, name=name)
    assert isinstance(tensor, KerasTensor)  # its declared type allows a list
    return tensor
