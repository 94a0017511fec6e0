"""Train a noise-trained classifier with as many multiply-adds as the joint network.

`python -m studies.equal_work.stages.train_control`. It learns from the same targets, too.
"""

import io
from contextlib import redirect_stdout
from inspect import signature

import keras

from denoising.config.params import Params, known_classes
from denoising.config.training import with_level
from denoising.files.errors import UserError
from denoising.files.tables import write_json
from denoising.networks.complexity import multiply_adds, value_for_work
from denoising.networks.registry import explaining, load
from denoising.training.distribution import leads
from stages import train_classifier
from stages._images import read_clean
from stages._joint import PARTS, build_joint
from stages._processes import run_training
from stages._training import epochs_of, prepare
from studies.equal_work.stages._settings import PLACE, SETTINGS, WORK, read_settings

Shape = tuple[int, int, int]


def main(params: Params) -> None:
    settings = read_settings()
    classes = len(known_classes(params.data.source.classes, params.dataset))
    shape = read_clean("train", params.dataset).clean.shape[1:]
    with redirect_stdout(io.StringIO()):  # the training repeats it, and reports the precision
        prepare(params)

    def raised(value: int) -> keras.Model:
        return classifier(params, {settings.option: value}, shape, classes)

    wanted, start = joint_work(params, shape, classes), present_value(params, settings.option)
    value = value_for_work(raised, wanted, f"{SETTINGS}: option {settings.option}", start)
    epochs = settings.epochs or epochs_of_learning(params)
    changed = with_classifier(params, {settings.option: value}, epochs)
    train_classifier.main(changed, "noisy", PLACE)
    work = {
        "noise_trained": multiply_adds(classifier(params, {}, shape, classes)),
        "control": multiply_adds(raised(value)),
        "joint": wanted,
    }
    trained = epochs_of(changed, changed.data.training.classifier)
    if leads():
        write_json(WORK, {settings.option: value, "epochs": trained, "multiply_adds": work})


def epochs_of_learning(params: Params) -> int:
    """Return the epochs in which the joint network, or its classifier, learns to classify."""
    lengths, joint = params.data.training, params.joint
    started = joint.start == "trained" and "classifier_denoised" in PARTS[joint.form]
    return lengths.joint.epochs + (lengths.classifier.epochs if started else 0)


def with_classifier(params: Params, options: dict[str, int], epochs: int) -> Params:
    """Return the parameters with further options of the classifier, and its number of epochs."""
    section = params.classifier
    section = section.model_copy(update={"options": section.options | options})
    length = params.data.training.classifier.model_copy(update={"epochs": epochs})
    training = params.data.training.model_copy(update={"classifier": length})
    data = params.data.model_copy(update={"training": training})
    datasets = params.datasets | {params.dataset: data}
    return params.model_copy(update={"classifier": section, "datasets": datasets})


def present_value(params: Params, option: str) -> int:
    """Return the value of an option of the classifier; raise `UserError` if it is no number."""
    name, given = params.classifier.name, params.classifier.options
    known = signature(load(name, "classifier", given).build).parameters
    value = given.get(option, known[option].default if option in known else None)
    if type(value) is not int:
        raise UserError(
            f"{SETTINGS}: option: Expected an option of {name} that is a whole number, such as the "
            f"width. Received: {option!r}"
        )
    return value


def classifier(
    params: Params, options: dict[str, int], image_shape: Shape, classes: int
) -> keras.Model:
    """Build the noise-trained classifier with further options, for images of one size."""
    given = with_level(params.classifier.options | options, params.training.level_input)
    network = load(params.classifier.name, "classifier", given)
    with explaining("classifier.options", given):
        return network.build(image_shape, classes, **given)


def joint_work(params: Params, image_shape: Shape, classes: int) -> int:
    """Return the multiply-adds of the joint network for an image, padded to fit its stride."""
    return multiply_adds(build_joint(params, image_shape, classes, exact=True))


if __name__ == "__main__":
    run_training("train_equal_work_control", main)
