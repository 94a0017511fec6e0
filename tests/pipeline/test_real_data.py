"""A check on real data, where it is there: `make real-data` with `DENOISE_RAW_DIR` set."""

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from denoising.config.params import read_params
from denoising.datasets import fetch
from denoising.datasets.registry import load
from tests.conftest import RAW_DIR
from tests.support.workspace import fresh_copy, succeed, write_params

pytestmark = pytest.mark.real_data
COURSE = {"epochs": 3, "batch_size": 32}
IMAGES = {"train": 3000, "test": 1000}


@pytest.fixture(autouse=True)
def raw_folder(monkeypatch) -> Path:
    assert RAW_DIR, "set DENOISE_RAW_DIR to the folder of the data sets' files"
    monkeypatch.setenv(fetch.RAW_DIR_VARIABLE, RAW_DIR)
    return Path(RAW_DIR)


@pytest.mark.parametrize(
    ("name", "shape", "digest"),
    [
        ("fashion_mnist", (28, 28, 1), "c9fbe3238a425a5a3994e9d0a3598f0c"),
        ("mnist", (28, 28, 1), "893c4befa5860bb6bcfa446360f9c47e"),
        ("cifar10", (32, 32, 3), None),
    ],
)
def test_published_data_sets_are_read_completely(name, shape, digest):
    """The digest is of the splits of kept runs; CIFAR-10 has none, as it may be a part."""
    splits = load(read_params().datasets[name].source, name, seed=0)
    assert len(splits["test"].labels) == 10_000
    assert len(splits["train"].labels) + len(splits["validation"].labels) >= 20_000
    for split in splits.values():
        assert split.images.shape[1:] == shape
        assert np.unique(split.labels).tolist() == list(range(10))
    assert 0.1 < splits["train"].images.mean() / 255 < 0.6
    found = hashlib.blake2b(digest_size=16)
    for split in splits.values():
        found.update(split.images.tobytes())
        found.update(split.labels.tobytes())
    assert digest in (None, found.hexdigest())


def cut(source: Path, target: Path, number: int) -> str:
    """Write the first entries of an IDX file as a file of its own, and return its hash."""
    content = gzip.decompress(source.read_bytes())
    header = 4 + 4 * content[3]
    count = int.from_bytes(content[4:8], "big")
    size = (len(content) - header) // count
    begin = content[:4] + number.to_bytes(4, "big") + content[8:header]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(begin + content[header : header + number * size], mtime=0))
    return "sha256:" + hashlib.sha256(target.read_bytes()).hexdigest()


def test_the_pipeline_works_on_a_part_of_fashion_mnist(raw_folder, tmp_path):
    """Three epochs on 2,500 of the images: far from the best, yet well above doing nothing."""
    copy, part = tmp_path / "copy", tmp_path / "part"
    fresh_copy(copy)

    def shorten(values):
        values["dataset"] = "fashion_mnist"
        entry = values["datasets"]["fashion_mnist"]
        entry["source"]["validation"] = 500
        for file, remote in entry["source"]["files"].items():
            name = Path("fashion_mnist", remote["name"])
            number = IMAGES[file.partition("_")[0]]
            remote["hashes"] = [cut(raw_folder / name, part / name, number)]
        entry["training"] |= {"classifier": COURSE, "autoencoder": COURSE, "joint": COURSE}

    write_params(copy, shorten)
    succeed("dvc repro", copy, DENOISE_RAW_DIR=str(part))
    metrics = {path.stem: json.loads(path.read_text()) for path in (copy / "metrics").iterdir()}
    noisy = metrics["clean_trained"]
    assert noisy["accuracy_clean"] > 0.75
    assert noisy["psnr"] == pytest.approx(15.96, abs=0.05)
    assert metrics["denoised_clean_trained"]["psnr"] > noisy["psnr"] + 4
    assert metrics["joint"]["accuracy"] > 0.6
