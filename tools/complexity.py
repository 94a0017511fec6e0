"""Print the parameters and the multiply-adds of each network: `python -m tools.complexity`.

For grey images of 28×28 pixels and 10 classes. Multiply-adds are those of convolutions and dense
layers, for one image.
"""

from importlib import import_module

import pandas as pd

from denoising.config.networks import network_names
from denoising.files.keras_import import import_keras
from tools._kept import markdown

SHAPE, CLASSES = (28, 28, 1), 10
DENOISER, CLASSIFIER = "residual_unet", "resnet"  # of which the joint network is made


def table() -> str:
    """Return a table of every network that a parameter can name, and of the joint network.

    The latter is called by its forms.
    """
    import_keras()
    import keras

    from denoising.networks import cascade, joint
    from denoising.networks.complexity import multiply_adds

    classifiers, denoisers = network_names("classifier"), network_names("autoencoder")
    networks = {
        name: import_module(f"denoising.networks.{name}") for name in (*classifiers, *denoisers)
    }
    models: list[tuple[str, str, keras.Model]] = []
    for name in classifiers:
        models.append((name, "classifier", networks[name].build(SHAPE, CLASSES)))
    for name in denoisers:
        models.append((name, "denoiser", networks[name].build(SHAPE)))
    denoiser, classifier = networks[DENOISER], networks[CLASSIFIER]
    models += [
        ("branches", "joint", joint.build(SHAPE, CLASSES, denoiser, {})),
        (
            "cascade",
            "joint",
            cascade.build(denoiser.build(SHAPE), classifier.build(SHAPE, CLASSES)),
        ),
    ]
    rows = [
        {
            "network": f"`{name}`",
            "kind": kind,
            "parameters": f"{model.count_params():,}",
            "multiply-adds": f"{multiply_adds(model) / 1e6:.1f} million",
        }
        for name, kind, model in models
    ]
    return markdown(pd.DataFrame(rows))


if __name__ == "__main__":
    print(table())
