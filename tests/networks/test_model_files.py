"""Model files: the same bytes each time, in float32, and models that open anywhere."""

import inspect
import json
import os
import subprocess
import sys
import zipfile

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


@pytest.mark.parametrize(
    "policy", ["float32", pytest.param("mixed_bfloat16", marks=pytest.mark.long)]
)
def test_models_open_without_this_package_and_on_another_backend(tmp_path, images, policy):
    keras.config.set_dtype_policy(policy)
    built = {
        "classifier": resnet.build((28, 28, 1), 10, width=8),
        "autoencoder": residual_unet.build((28, 28, 1), width=8),
        "with_level": without_zeros(photo_unet.build((28, 28, 1), width=8, level_input=True)),
        "joint": joint.build((28, 28, 1), 10, residual_unet, {"width": 8}),
    }
    keras.config.set_dtype_policy("float32")
    for name, model in built.items():
        write_model(tmp_path / f"{name}.keras", model)
    write_array(tmp_path / "images.npy", images)
    here = predictions(tmp_path, read_model)
    program = inspect.getsource(predictions) + (
        "import keras, numpy as np; from pathlib import Path\n"
        "found = predictions(Path(), keras.saving.load_model)\n"
        "np.savez(keras.backend.backend(), **found)"
    )
    for backend, tolerance in (("tensorflow", 0), ("jax", 1e-5)):
        variables = os.environ | {"KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu"}
        subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=variables, check=True)
        with np.load(tmp_path / f"{backend}.npz") as there:
            assert set(there) == set(here)
            for name, values in here.items():
                assert np.abs(there[name] - values).max() <= tolerance, f"{backend}: {name}"


def predictions(folder, load):
    """Return the outputs of each model of a folder for the images there."""
    images, found = np.load(folder / "images.npy"), {}
    for path in sorted(folder.glob("*.keras")):
        model = load(path)
        levels = np.full((len(images), 1), 0.2, dtype=np.float32)
        given = {"noisy": images, "level": levels} if path.stem == "with_level" else images
        output = model.predict(given, verbose=0)
        parts = output if isinstance(output, dict) else {"output": output}
        found |= {f"{path.stem} {part}": values for part, values in parts.items()}
    return found
