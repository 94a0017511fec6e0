"""Train the joint network: noisy images in, classes and clean images out."""

from keras.metrics import CategoricalAccuracy, MeanAbsoluteError

from denoising.config.params import Params, known_classes
from denoising.training.loop import Objective
from denoising.training.losses import classification_loss
from stages._distillation import read_targets
from stages._joint import build_joint, start_joint
from stages._paths import PIPELINE, Place
from stages._processes import run_training
from stages._training import prepare, read_batches, train


def main(params: Params, place: Place = PIPELINE) -> None:
    classes = len(known_classes(params.data.source.classes, params.dataset))
    prepare(params)
    length = params.data.training.joint
    settings = params.joint
    batches = read_batches(params, "joint", length, targets=read_targets(params))
    model = build_joint(params, batches[0].samples.clean.shape[1:], classes)
    parts = start_joint(model, params, place.models)
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
        place,
        parts,
    )


if __name__ == "__main__":
    run_training("train_joint", main)
