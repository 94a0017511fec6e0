"""Model files: the same bytes each time, in float32, and models that open anywhere."""

import inspect
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from denoising.files.arrays import write_array
from denoising.files.models import read_model, write_model
from denoising.networks import joint, photo_unet, residual_unet, resnet
from tests.support.learning import without_zeros


def test_two_saves_of_equal_models_are_the_same_bytes(tmp_path):
    for name in ("a.keras", "b.keras"):
        keras.utils.set_random_seed(0)
        write_model(tmp_path / name, residual_unet.build((28, 28, 1), width=8))
    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()


def test_a_model_trained_in_bfloat16_is_kept_in_float32(tmp_path, images):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = resnet.build((28, 28, 1), 10, width=8)
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(images, np.arange(64) % 10, verbose=0)
    finally:
        keras.config.set_dtype_policy("float32")
    write_model(tmp_path / "model.keras", model)
    with zipfile.ZipFile(tmp_path / "model.keras") as file:
        config = file.read("config.json").decode()
    assert "bfloat16" not in config
    assert not json.loads(config)["compile_config"]
    read = read_model(tmp_path / "model.keras")
    assert read.compute_dtype == "float32"
    for one, other in zip(model.get_weights(), read.get_weights(), strict=True):
        assert np.array_equal(one, other)
    exact, rounded = read.predict(images, verbose=0), model.predict(images, verbose=0)
    assert np.abs(exact - rounded).max() < 0.05


SMALL = {"width": 8, "blocks": 1}
QUICK_JAX = {"JAX_PLATFORMS": "cpu", "XLA_FLAGS": "--xla_backend_optimization_level=0"}
"""Without optimisation: JAX compiles for longer than it computes."""


def write_models(folder: Path, policy: str) -> None:
    """Write a network of each kind, built under a policy of precision."""
    keras.config.set_dtype_policy(policy)
    built = {
        "classifier": resnet.build((28, 28, 1), 10, **SMALL),
        "autoencoder": residual_unet.build((28, 28, 1), **SMALL),
        "with_level": without_zeros(photo_unet.build((28, 28, 1), **SMALL, level_input=True)),
        "joint": joint.build((28, 28, 1), 10, residual_unet, SMALL),
    }
    keras.config.set_dtype_policy("float32")
    for name, model in built.items():
        write_model(folder / f"{policy}_{name}.keras", model)


@pytest.fixture(scope="module")
def written(tmp_path_factory, images) -> Path:
    """Return a folder of images and of models that were built in either precision."""
    folder = tmp_path_factory.mktemp("models")
    for policy in ("float32", "mixed_bfloat16"):
        write_models(folder, policy)
    write_array(folder / "images.npy", images)
    return folder


@pytest.mark.long
@pytest.mark.parametrize(("backend", "tolerance"), [("tensorflow", 0), ("jax", 1e-5)])
def test_models_open_without_this_package_and_on_another_backend(written, backend, tolerance):
    program = inspect.getsource(predictions) + (
        "import keras, numpy as np; from pathlib import Path\n"
        "found = predictions(Path(), keras.saving.load_model)\n"
        "np.savez(keras.backend.backend(), **found)"
    )
    variables = os.environ | QUICK_JAX | {"KERAS_BACKEND": backend}
    subprocess.run([sys.executable, "-c", program], cwd=written, env=variables, check=True)
    here = predictions(written, read_model)
    assert len(here) == 10
    with np.load(written / f"{backend}.npz") as there:
        assert set(there) == set(here)
        for name, values in here.items():
            assert np.abs(there[name] - values).max() <= tolerance, name


def predictions(folder, load):
    """Return the outputs of each model of a folder for the images there."""
    images, found = np.load(folder / "images.npy"), {}
    for path in sorted(folder.glob("*.keras")):
        model = load(path)
        levels = np.full((len(images), 1), 0.2, dtype=np.float32)
        given = {"noisy": images, "level": levels} if model.name == "photo_unet" else images
        output = model(given, training=False)  # `predict` would compile each model
        parts = output if isinstance(output, dict) else {"output": output}
        for part, values in parts.items():
            found[f"{path.stem} {part}"] = keras.ops.convert_to_numpy(values)
    return found
