"""Train the joint network: noisy images in, their class and the clean images out."""

from keras.metrics import CategoricalAccuracy, MeanAbsoluteError

from denoising.losses import classification_loss
from denoising.networks import any_size, explaining, joint, load
from denoising.params import Params
from stages.fitting import prepare, read_batches, train
from stages.running import run


def main(params: Params) -> None:
    prepare(params)
    course = params.data.training.joint
    settings, options = params.joint, params.autoencoder.options
    batches = read_batches(params, "joint", course.batch_size)
    shape, classes = any_size(batches[0].images.shape[1:]), len(params.data.source.classes)
    network = load(params.autoencoder.name, "autoencoder", options)
    with explaining("autoencoder.options", options):
        model = joint.build(shape, classes, network, options)
    train(
        params,
        "joint",
        settings,
        model,
        batches,
        loss={
            "classification": classification_loss(settings.label_smoothing),
            "reconstruction": "mean_squared_error",
        },
        metrics={
            "classification": [CategoricalAccuracy(name="accuracy")],
            "reconstruction": [MeanAbsoluteError(name="mae")],
        },
        loss_weights={
            "classification": settings.classification_weight,
            "reconstruction": 1 - settings.classification_weight,
        },
        epochs=course.epochs,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
    )


if __name__ == "__main__":
    run("train_joint", main)
