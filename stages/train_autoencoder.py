"""Train the denoising autoencoder: noisy images in, clean ones out."""

from keras.metrics import MeanAbsoluteError

from denoising.losses import reconstruction_loss
from denoising.networks import build
from denoising.params import Params
from stages.fitting import prepare, read_batches, train
from stages.running import run


def main(params: Params) -> None:
    prepare(params)
    course = params.data.training.autoencoder
    settings = params.autoencoder
    batches = read_batches(
        params,
        "reconstruction",
        course.batch_size,
        noise_range=settings.noise_range,
        told_share=settings.told_share,
    )
    train(
        params,
        "autoencoder",
        settings,
        build(settings.name, "autoencoder", settings.all_options, batches[0].images.shape[1:]),
        batches,
        loss=reconstruction_loss(settings.loss),
        metrics=[MeanAbsoluteError(name="mae")],
        epochs=course.epochs,
        learning_rate=settings.learning_rate,
    )


if __name__ == "__main__":
    run("train_autoencoder", main)
