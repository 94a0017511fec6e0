"""Train a classifier: `python -m stages.train_classifier {clean,noisy,denoised}`.

The argument selects the training images; the autoencoder makes the denoised ones.
"""

import sys
from functools import partial

from keras.metrics import CategoricalAccuracy

from denoising.config.params import Params, known_classes
from denoising.config.training import with_level
from denoising.inference.predict import denoise
from denoising.networks.registry import build
from denoising.training.loop import Objective
from denoising.training.losses import classification_loss
from stages._distillation import read_targets
from stages._images import read_clean
from stages._models import read_network
from stages._paths import PIPELINE, Place
from stages._processes import run_training
from stages._training import prepare, read_batches, train

DATA = ("clean", "noisy", "denoised")


def main(params: Params, data: str, place: Place = PIPELINE) -> None:
    classes = len(known_classes(params.data.source.classes, params.dataset))
    prepare(params)
    length = params.data.training.classifier
    settings, options, denoiser = params.classifier, params.classifier.options, None
    targets, others = None, []
    if data != "clean":
        options = with_level(options, params.training.level_input)
        targets = read_targets(params)
    if data == "denoised":
        images = read_clean("train", params.dataset)
        network = read_network("autoencoder", images, params.threads, place.models)
        denoiser, others = partial(denoise, network), [place.models / "autoencoder.onnx"]
    batches = read_batches(
        params, "classification", length, noisy=data != "clean", denoise=denoiser, targets=targets
    )
    shape = batches[0].samples.clean.shape[1:]
    train(
        params,
        f"classifier_{data}",
        settings,
        length,
        build(settings.name, "classifier", options, shape, classes),
        batches,
        Objective(
            classification_loss(settings.label_smoothing), [CategoricalAccuracy(name="accuracy")]
        ),
        place,
        others,
    )


if __name__ == "__main__":
    if sys.argv[1:] not in ([name] for name in DATA):
        sys.exit(f"usage: python -m stages.train_classifier {{{','.join(DATA)}}}")
    run_training(f"train_classifier@{sys.argv[1]}", lambda params: main(params, sys.argv[1]))
