"""Train the joint network: noisy images in, classes and clean images out."""

from keras.metrics import CategoricalAccuracy, MeanAbsoluteError

from denoising.config.params import Params, known_classes
from denoising.networks import joint
from denoising.networks.registry import any_size, explaining, load
from denoising.training.batches import BatchSettings
from denoising.training.loop import Objective
from denoising.training.losses import classification_loss
from stages._runner import run
from stages._training import prepare, read_batches, train


def main(params: Params) -> None:
    classes = len(known_classes(params.data.source.classes, params.dataset))
    prepare(params)
    length = params.data.training.joint
    settings, options = params.joint, params.autoencoder.options
    batches = read_batches(params, BatchSettings("joint", length.batch_size, params.seed, classes))
    network = load(params.autoencoder.name, "autoencoder", options)
    with explaining("autoencoder.options", options):
        shape = any_size(batches[0].samples.clean.shape[1:])
        model = joint.build(shape, classes, network, options)
    weight = settings.classification_weight
    train(
        params,
        "joint",
        settings,
        length,
        model,
        batches,
        Objective(
            {
                "classification": classification_loss(settings.label_smoothing),
                "reconstruction": "mean_squared_error",
            },
            {
                "classification": [CategoricalAccuracy(name="accuracy")],
                "reconstruction": [MeanAbsoluteError(name="mae")],
            },
            {"classification": weight, "reconstruction": 1 - weight},
        ),
    )


if __name__ == "__main__":
    run("train_joint", main)
