"""Train the denoising autoencoder: noisy images in, clean images out."""

from keras.metrics import MeanAbsoluteError

from denoising.config.params import Params
from denoising.networks.registry import build
from denoising.training.batches import BatchSettings
from denoising.training.loop import Objective
from denoising.training.losses import reconstruction_loss
from stages._runner import run
from stages._training import prepare, read_batches, train


def main(params: Params) -> None:
    prepare(params)
    length = params.data.training.autoencoder
    settings = params.autoencoder
    batches = read_batches(
        params,
        BatchSettings(
            "reconstruction", length.batch_size, params.seed, level_known=settings.level_known
        ),
        noise_range=settings.noise_range,
    )
    shape = batches[0].samples.clean.shape[1:]
    train(
        params,
        "autoencoder",
        settings,
        length,
        build(settings.name, "autoencoder", settings.all_options, shape),
        batches,
        Objective(reconstruction_loss(settings.loss), [MeanAbsoluteError(name="mae")]),
    )


if __name__ == "__main__":
    run("train_autoencoder", main)
