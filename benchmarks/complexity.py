"""Print parameters and multiply-adds of each network for 28×28 grey images and 10 classes.

`python -m benchmarks.complexity`. Multiply-adds are those of convolutions and dense layers, for one
image forward.
"""

import math

import keras

from denoising.networks import joint, residual_unet, resnet, shallow, simple

SHAPE, CLASSES = (28, 28, 1), 10


def multiply_adds(model: keras.Model) -> int:
    """Count the multiply-adds of one image."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2DTranspose):
            total += math.prod(layer.kernel.shape) * math.prod(layer.input.shape[1:3])
        elif isinstance(layer, keras.layers.Conv2D):
            total += math.prod(layer.kernel.shape) * math.prod(layer.output.shape[1:3])
        elif isinstance(layer, keras.layers.Dense):
            total += math.prod(layer.kernel.shape)
    return total


def main() -> None:
    models = [
        resnet.build(SHAPE, CLASSES),
        simple.build(SHAPE, CLASSES),
        residual_unet.build(SHAPE),
        shallow.build(SHAPE),
        joint.build(SHAPE, CLASSES, residual_unet, {}),
    ]
    print("| network | parameters | multiply-adds |\n|---|---|---|")
    for model in models:
        millions = multiply_adds(model) / 1e6
        print(f"| `{model.name}` | {model.count_params():,} | {millions:.1f} million |")


if __name__ == "__main__":
    main()
