"""Files: whole or not at all, the same bytes each time, models that open anywhere."""

import inspect
import json
import os
import subprocess
import sys
import zipfile

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from denoising.files import models as artifacts
from denoising.files.errors import UserError
from denoising.networks import joint, photo_unet, residual_unet, resnet
from denoising.plots.figures import examples, picture_rows
from tests.support.learning import without_zeros


def test_a_file_that_could_not_be_finished_leaves_what_was_there(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("before")

    def fail():
        with artifacts.replacing(path) as partial:
            partial.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_metrics_hold_no_nan(tmp_path):
    artifacts.write_json(tmp_path / "good.json", {"a": {"b": 1 / 3, "c": np.float32(0.5)}, "n": 3})
    assert artifacts.read_json(tmp_path / "good.json") == {"a": {"b": 0.333333, "c": 0.5}, "n": 3}
    with pytest.raises(ValueError, match="JSON"):
        artifacts.write_json(tmp_path / "bad.json", {"a": float("nan")})
    assert [path.name for path in tmp_path.iterdir()] == ["good.json"]


def test_arrays_come_back_mapped(tmp_path):
    array = np.arange(12, dtype=np.uint8).reshape(3, 4)
    artifacts.write_array(tmp_path / "a.npy", array)
    with artifacts.writing_array(tmp_path / "b.npy", (3, 4), "uint8") as mapped:
        mapped[:] = array
    for name in ("a.npy", "b.npy"):
        read = artifacts.read_array(tmp_path / name)
        assert isinstance(read, np.memmap)
        assert np.array_equal(read, array)


def test_a_missing_input_names_the_command_that_writes_it(tmp_path):
    with pytest.raises(UserError, match=r"missing\.npy.*dvc repro"):
        artifacts.read_array(tmp_path / "missing.npy")


def test_tables_have_no_index_and_unix_lines(tmp_path):
    artifacts.write_csv(tmp_path / "a.csv", pd.DataFrame({"epoch": [1, 2], "loss": [0.5, 1 / 3]}))
    assert (tmp_path / "a.csv").read_bytes() == b"epoch,loss\n1,0.5\n2,0.33333333\n"


def test_pictures_are_the_same_bytes_each_time(tmp_path, images):
    for name in ("a.png", "b.png"):
        artifacts.write_figure(tmp_path / name, picture_rows({"clean": images[:5]}))
        plt.close("all")
    content = (tmp_path / "a.png").read_bytes()
    assert content == (tmp_path / "b.png").read_bytes()
    assert b"matplotlib" not in content.lower()


def test_examples_show_each_class_in_turn():
    labels = np.array([2, 0, 0, 1, 2, 1])
    assert examples(labels, 5).tolist() == [1, 3, 0, 2, 5]


def test_two_saves_of_equal_models_are_the_same_bytes(tmp_path):
    for name in ("a.keras", "b.keras"):
        keras.utils.set_random_seed(0)
        artifacts.write_model(tmp_path / name, residual_unet.build((28, 28, 1), width=8))
    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()


def test_a_model_trained_in_bfloat16_is_kept_in_float32(tmp_path, images):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = resnet.build((28, 28, 1), 10, width=8)
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(images, np.arange(64) % 10, verbose=0)
    finally:
        keras.config.set_dtype_policy("float32")
    artifacts.write_model(tmp_path / "model.keras", model)
    with zipfile.ZipFile(tmp_path / "model.keras") as file:
        config = file.read("config.json").decode()
    assert "bfloat16" not in config
    assert not json.loads(config)["compile_config"]
    read = artifacts.read_model(tmp_path / "model.keras")
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
        "told": without_zeros(photo_unet.build((28, 28, 1), width=8, told=True)),
        "joint": joint.build((28, 28, 1), 10, residual_unet, {"width": 8}),
    }
    keras.config.set_dtype_policy("float32")
    for name, model in built.items():
        artifacts.write_model(tmp_path / f"{name}.keras", model)
    artifacts.write_array(tmp_path / "images.npy", images)
    here = predictions(tmp_path, artifacts.read_model)
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
    """Return what each model of a folder gives for the images there."""
    images, found = np.load(folder / "images.npy"), {}
    for path in sorted(folder.glob("*.keras")):
        model = load(path)
        levels = np.full((len(images), 1), 0.2, dtype=np.float32)
        given = {"noisy": images, "level": levels} if path.stem == "told" else images
        output = model.predict(given, verbose=0)
        parts = output if isinstance(output, dict) else {"output": output}
        found |= {f"{path.stem} {part}": values for part, values in parts.items()}
    return found
