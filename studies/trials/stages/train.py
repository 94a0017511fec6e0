"""Train the network of a trial: `python -m studies.trials.stages.train NAME`.

The training is the pipeline's, in a folder that is laid out as the pipeline's is, with fewer
training images. Trained networks that it needs are those of the trials without changes.
"""

import contextlib
import shutil
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from denoising.config.params import Params
from denoising.datasets.registry import load_named
from denoising.datasets.splits import Split
from denoising.files.arrays import write_array
from denoising.files.errors import UserError
from denoising.files.tables import write_json
from stages import add_noise
from stages._paths import CLEAN, MODELS, PIPELINE
from stages._runner import run
from studies.trials.stages._settings import BASES, SETTINGS, TRAINED, changed, read_settings

FOLDER = Path("logs/trials")
NEEDED = {
    "classifier_clean": (),
    "classifier_noisy": ("classifier_clean.onnx",),
    "autoencoder": (),
    "classifier_denoised": ("classifier_clean.onnx", "autoencoder.onnx"),
    "joint": ("classifier_clean.onnx", "autoencoder.keras", "classifier_denoised.keras"),
}
"""The files of trained networks that the training of each network reads."""


def main(params: Params, name: str) -> None:
    settings = read_settings()
    trial = settings.find(name)
    params = changed(params, trial, settings.dataset)
    splits = load_named(params.datasets, params.dataset, params.seed)
    images, labels = splits["train"]
    if settings.images > len(labels):
        raise UserError(
            f"{SETTINGS}: images: Expected at most the {len(labels)} training images of "
            f"{params.dataset}. Received: {settings.images}"
        )
    splits["train"] = Split(images[: settings.images], labels[: settings.images])
    train = training_of(trial.network)  # before the folder changes, see there
    needed = [needed_path(file).resolve() for file in NEEDED[trial.network]]
    folder, target = FOLDER / name, TRAINED / name
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.chdir(folder):
        lay_out(splits, needed, params)
        train(params)
    target.mkdir(parents=True, exist_ok=True)
    for path in (
        *(PIPELINE.models / f"{trial.network}{suffix}" for suffix in (".keras", ".onnx")),
        PIPELINE.histories / f"{trial.network}.csv",
    ):
        shutil.move(folder / path, target / path.name)
    shutil.rmtree(folder)


def needed_path(file: str) -> Path:
    """Return the path of a trained network that trainings read."""
    return TRAINED / BASES[Path(file).stem] / file


def lay_out(splits: Mapping[str, Split], needed: list[Path], params: Params) -> None:
    """Write, into the current folder, the images that the pipeline has; link trained networks."""
    classes = len(params.data.source.classes)
    for name in ("train", "validation"):
        images, labels = splits[name]
        write_array(CLEAN / name / "images.npy", images)
        write_array(CLEAN / name / "labels.npy", labels)
        write_json(CLEAN / name / "dataset.json", {"dataset": params.dataset, "classes": classes})
        add_noise.write_noisy(name, params.dataset, params.noise, params.seed)
    MODELS.mkdir(exist_ok=True)
    for path in needed:
        link = MODELS / path.name
        link.unlink(missing_ok=True)
        link.symlink_to(path)


def training_of(network: str) -> Callable[[Params], None]:
    """Return the training of a network of the pipeline, which works in the current folder.

    It imports Keras, whose backend is that of the `params.yaml` in the current folder.
    """
    # A mistake in the parameters should not wait for Keras.
    from stages import train_autoencoder, train_classifier, train_joint

    if network == "autoencoder":
        return train_autoencoder.main
    if network == "joint":
        return train_joint.main
    return partial(train_classifier.main, data=network.removeprefix("classifier_"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m studies.trials.stages.train NAME")
    run(f"train_trial@{sys.argv[1]}", lambda params: main(params, sys.argv[1]))
