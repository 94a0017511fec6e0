"""A check on real data, where it is there: `make real-data` with `DENOISE_RAW_DIR` set."""

import json
import os

import numpy as np
import pytest

from denoising.datasets import fetch
from denoising.datasets.registry import load
from denoising.params import read_params
from tests.conftest import RAW_DIR
from tests.test_repro import fresh_copy, run, write_params

pytestmark = pytest.mark.real_data
COURSE = {"epochs": 3, "batch_size": 64}


@pytest.fixture(autouse=True)
def raw_folder(monkeypatch):
    assert RAW_DIR, "set DENOISE_RAW_DIR to the folder of the data sets' files"
    monkeypatch.setenv(fetch.RAW_DIR_VARIABLE, RAW_DIR)


@pytest.mark.parametrize(
    ("name", "shape"),
    [("fashion_mnist", (28, 28, 1)), ("mnist", (28, 28, 1)), ("cifar10", (32, 32, 3))],
)
def test_published_sets_are_read_whole(name, shape):
    splits = load(read_params().datasets[name].source, name, seed=0)
    assert len(splits["test"].labels) == 10_000
    assert len(splits["train"].labels) + len(splits["validation"].labels) >= 20_000
    for split in splits.values():
        assert split.images.shape[1:] == shape
        assert np.unique(split.labels).tolist() == list(range(10))
    assert 0.1 < splits["train"].images.mean() / 255 < 0.6


def test_the_pipeline_works_on_a_part_of_fashion_mnist(tmp_path):
    """Three epochs on 5,000 of the images: far from the best, yet well above doing nothing."""
    fresh_copy(tmp_path)

    def part(values):
        values["dataset"] = "fashion_mnist"
        entry = values["datasets"]["fashion_mnist"]
        entry["source"]["validation"] = 55_000
        entry["training"] |= {"classifier": COURSE, "autoencoder": COURSE, "joint": COURSE}
        entry["training"]["precision"] = "float32"

    write_params(tmp_path, part)
    done = run("dvc repro", tmp_path, DENOISE_RAW_DIR=os.environ[fetch.RAW_DIR_VARIABLE])
    assert done.returncode == 0, done.stdout + done.stderr
    metrics = {
        name: json.loads((tmp_path / f"metrics/{name}.json").read_text())
        for name in ("classifier", "denoised", "joint")
    }
    assert metrics["classifier"]["clean_trained"]["accuracy_clean"] > 0.75
    assert metrics["denoised"]["psnr_noisy"] == pytest.approx(15.96, abs=0.05)
    assert metrics["denoised"]["psnr_gain"] > 4
    assert metrics["joint"]["joint"]["accuracy"] > 0.6
