"""Train the classifier on images of one sort: `python -m stages.train_classifier clean`.

The others are noisy images, and those that the autoencoder has denoised.
"""

import sys
from functools import partial

from keras.metrics import CategoricalAccuracy

from denoising.inference import denoise
from denoising.losses import classification_loss
from denoising.networks import build
from denoising.params import Params
from stages.fitting import prepare, read_batches, train
from stages.inputs import read_images, read_network
from stages.running import run

DATA = ("clean", "noisy", "denoised")


def main(params: Params, data: str) -> None:
    prepare(params)
    course = params.data.training.classifier
    settings = params.classifier
    through = None
    if data == "denoised":
        images = read_images("train", params.dataset, noisy=False)
        autoencoder = read_network("autoencoder", images)
        through = partial(denoise, autoencoder, level=params.noise.level)
    batches = read_batches(
        params, "classification", course.batch_size, noisy=data != "clean", through=through
    )
    classes = len(params.data.source.classes)
    shape = batches[0].images.shape[1:]
    model = build(settings.name, "classifier", settings.options, shape, classes)
    train(
        params,
        f"classifier_{data}",
        settings,
        model,
        batches,
        loss=classification_loss(settings.label_smoothing),
        metrics=[CategoricalAccuracy(name="accuracy")],
        epochs=course.epochs,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
    )


if __name__ == "__main__":
    if sys.argv[1:] not in ([name] for name in DATA):
        sys.exit(f"usage: python -m stages.train_classifier {{{','.join(DATA)}}}")
    run(f"train_classifier@{sys.argv[1]}", lambda params: main(params, sys.argv[1]))
