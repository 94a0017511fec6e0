"""Print parameters and multiply-adds of each network for 28×28 grey images and 10 classes.

`python -m benchmarks.complexity`. Multiply-adds are those of convolutions and dense layers, for one
image forward.
"""

from denoising.networks import joint, photo_unet, residual_unet, resnet, shallow, simple
from denoising.networks.complexity import multiply_adds

SHAPE, CLASSES = (28, 28, 1), 10


def main() -> None:
    models = [
        resnet.build(SHAPE, CLASSES),
        simple.build(SHAPE, CLASSES),
        residual_unet.build(SHAPE),
        photo_unet.build(SHAPE),
        shallow.build(SHAPE),
        joint.build(SHAPE, CLASSES, residual_unet, {}),
    ]
    print("| network | parameters | multiply-adds |\n|---|---|---|")
    for model in models:
        millions = multiply_adds(model) / 1e6
        print(f"| `{model.name}` | {model.count_params():,} | {millions:.1f} million |")


if __name__ == "__main__":
    main()
