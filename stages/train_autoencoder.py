"""Train the denoising autoencoder: noisy images in, clean images out."""

from keras.metrics import MeanAbsoluteError

from denoising.config.params import Params
from denoising.config.training import with_level
from denoising.networks.registry import build
from denoising.training.loop import Objective
from denoising.training.losses import reconstruction_loss
from stages._paths import PIPELINE, Place
from stages._processes import run_training
from stages._training import prepare, read_batches, train


def main(params: Params, place: Place = PIPELINE) -> None:
    prepare(params)
    length = params.data.training.autoencoder
    settings = params.autoencoder
    batches = read_batches(params, "reconstruction", length)
    options = with_level(settings.options, params.training.level_input)
    shape = batches[0].samples.clean.shape[1:]
    train(
        params,
        "autoencoder",
        settings,
        length,
        build(settings.name, "autoencoder", options, shape),
        batches,
        Objective(reconstruction_loss(settings.loss), [MeanAbsoluteError(name="mae")]),
        place,
    )


if __name__ == "__main__":
    run_training("train_autoencoder", main)
