"""Train a classifier: `python -m stages.train_classifier {clean,noisy,denoised}`.

The argument selects the training images; the autoencoder makes the denoised ones.
"""

import sys
from functools import partial

from keras.metrics import CategoricalAccuracy

from denoising.config.params import Params, known_classes
from denoising.inference.predict import denoise
from denoising.networks.registry import build
from denoising.training.batches import BatchSettings
from denoising.training.loop import Objective
from denoising.training.losses import classification_loss
from stages._images import read_clean
from stages._models import read_network
from stages._runner import run
from stages._training import prepare, read_batches, train

DATA = ("clean", "noisy", "denoised")


def main(params: Params, data: str) -> None:
    classes = len(known_classes(params.data.source.classes, params.dataset))
    prepare(params)
    length = params.data.training.classifier
    settings = params.classifier
    denoiser = None
    if data == "denoised":
        images = read_clean("train", params.dataset)
        denoiser = partial(
            denoise, read_network("autoencoder", images, params.threads), level=params.noise.level
        )
    batches = read_batches(
        params,
        BatchSettings("classification", length.batch_size, params.seed, classes),
        noisy=data != "clean",
        denoise=denoiser,
    )
    shape = batches[0].samples.clean.shape[1:]
    train(
        params,
        f"classifier_{data}",
        settings,
        length,
        build(settings.name, "classifier", settings.options, shape, classes),
        batches,
        Objective(
            classification_loss(settings.label_smoothing), [CategoricalAccuracy(name="accuracy")]
        ),
    )


if __name__ == "__main__":
    if sys.argv[1:] not in ([name] for name in DATA):
        sys.exit(f"usage: python -m stages.train_classifier {{{','.join(DATA)}}}")
    run(f"train_classifier@{sys.argv[1]}", lambda params: main(params, sys.argv[1]))
