"""Stages that work through images block by block: the same bytes for blocks of any length."""

from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from denoising.config.noise import Noise
from denoising.config.params import Params, read_params
from denoising.evaluation.summaries import image_scores
from denoising.evaluation.verdicts import Verdict
from denoising.files import arrays
from denoising.images import as_float
from denoising.inference import blocks
from denoising.noise.apply import noisy_images
from denoising.noise.storage import storage_type, stored
from stages import _images, _measured, add_noise, download, evaluate_classical
from studies.noise_levels.stages import measure_arms
from tests.support.idx import write_idx_set
from tests.support.yaml_files import write_yaml

GAUSSIAN = Noise(kind="gaussian", level=0.2, clip=True)
TRAIN, TEST = 700, 300


@pytest.fixture
def params(tmp_path, monkeypatch, values) -> Params:
    """Return the parameters of a data set of the user's own, with fixed training noise."""
    monkeypatch.chdir(tmp_path)
    values["datasets"]["some"] = {
        "source": write_idx_set(Path("datasets/some"), TRAIN, TEST) | {"validation": 100},
        "training": values["datasets"]["digits"]["training"],
    }
    values["dataset"] = "some"
    values["training"]["noise"] = "fixed"
    write_yaml(Path("params.yaml"), values)
    return read_params()


def written(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_data_and_noise_do_not_depend_on_the_length_of_blocks(params, monkeypatch):
    found = []
    for batches, size in ((4, 2**24), (1, 5000), (3, 144 * 101)):
        monkeypatch.setattr(blocks, "BATCHES", batches)
        monkeypatch.setattr(arrays, "BLOCK_BYTES", size)
        download.main(params)
        add_noise.main(params)
        found.append(written(Path("data")))
    assert len(found[0]) == 3 * 3 + 3 * 2
    assert found[0] == found[1] == found[2]


def test_the_noise_of_a_part_of_a_split_is_that_of_the_file(params):
    download.main(params)
    add_noise.main(params)
    test = _images.read_noisy("test", "some")
    images = _images.read_clean("test", "some")
    assert test.noisy.dtype == np.uint16
    for part in (np.arange(TEST), np.arange(250, 300), np.array([7])):
        drawn = _measured.with_noise(images, "test", params.noise, params.seed, part)
        assert np.array_equal(drawn.noisy, as_float(test.noisy[part]))
        assert np.array_equal(drawn.clean, as_float(test.clean[part]))
        assert np.array_equal(drawn.labels, test.labels[part])


def test_scores_do_not_depend_on_the_length_of_blocks(images, monkeypatch):
    clean = np.tile(images, (12, 1, 1, 1))
    noisy = clean[::-1].copy()
    expected = image_scores(clean, noisy)
    monkeypatch.setattr(blocks, "BATCHES", 1)
    for name, values in image_scores(clean, noisy).items():
        assert np.array_equal(values, expected[name])


class Pair(NamedTuple):
    """Two things to measure."""

    sums: np.ndarray
    parts: dict[str, np.ndarray]


def test_measures_of_blocks_are_joined(images, monkeypatch):
    monkeypatch.setattr(blocks, "BATCHES", 1)
    many = np.tile(images, (9, 1, 1, 1))

    def measure(part: slice) -> Pair:
        return Pair(many[part].sum(axis=(1, 2, 3)), {"corner": many[part, :2, :2]})

    found = blocks.by_blocks(measure, many.shape)
    assert np.array_equal(found.sums, many.sum(axis=(1, 2, 3)))
    assert np.array_equal(found.parts["corner"], many[:, :2, :2])


def test_denoisers_without_training_are_measured_block_by_block(images, monkeypatch):
    network: Any = None
    held, places = [], np.arange(2, len(images))
    test = _images.Images(np.rint(255 * images).astype(np.uint8), np.arange(len(images)), 10)
    monkeypatch.setattr(evaluate_classical, "predict", lambda _, seen: seen.mean(axis=(1, 2)))

    def denoise(name, noisy, parameter):
        held.append(len(noisy))
        return noisy * np.float32(parameter)

    monkeypatch.setattr(evaluate_classical, "denoise", denoise)

    def measured() -> dict[str, bytes]:
        parameters = {"median": 0.5, "tv": 0.8}
        found = evaluate_classical.measure(test, places, GAUSSIAN, 0, network, parameters)
        return {
            f"{name} {key}": values.tobytes()
            for name, one in {"noisy": found.noisy, **found.denoised}.items()
            for key, values in {"logits": one.logits, **one.scores}.items()
        }

    whole = measured()
    monkeypatch.setattr(blocks, "batch_length", lambda shape: 1)
    monkeypatch.setattr(blocks, "BATCHES", 3)
    assert held == 2 * [len(places)]
    held.clear()
    assert measured() == whole
    assert max(held) == 3
    assert sum(held) == 2 * len(places)


def test_arms_of_the_noise_study_see_the_images_of_the_sweep(params, monkeypatch):
    """Both sets the same, block by block; only the pipeline's has an arm trained without noise."""
    download.main(params)
    add_noise.main(params)
    monkeypatch.setattr(blocks, "batch_length", lambda shape: 50)
    seen: dict[str, list[np.ndarray]] = {"level": [], "range": []}

    def judge(networks, noisy, level, *, clean_trained):
        seen[networks["name"]].append(noisy)
        assert clean_trained == (networks["name"] == "level")
        return {"joint": Verdict(np.eye(10)[np.zeros(len(noisy), int)], noisy)}

    monkeypatch.setattr(measure_arms, "judge", judge)
    sets: Any = {name: {"name": name} for name in seen}
    test = _images.read_clean("test", "some")
    found = measure_arms.scored(sets, test, params.noise, params.seed)
    stored_images = as_float(_images.read_noisy("test", "some").noisy)
    for name, parts in seen.items():
        assert {len(part) for part in parts} == {100, 200}
        assert np.array_equal(np.concatenate(parts), stored_images)
        assert found[name]["joint"]["psnr"].shape == (TEST,)
    assert np.array_equal(found["level"]["joint"]["right"], test.labels == 0)


@pytest.mark.parametrize(
    ("side", "length"), [(8, 1000), (28, 1000), (64, 256), (512, 4), (2000, 4)]
)
def test_blocks_of_large_images_have_fewer_of_them(side, length):
    slices = [*blocks.blocks((2500, side, side, 1))]
    assert slices[0] == slice(0, length)
    assert slices[-1].stop == 2500
    assert all(one.stop == other.start for one, other in pairwise(slices))


@pytest.mark.parametrize(
    ("noise", "expected"),
    [
        ({}, "uint16"),
        ({"kind": "poisson"}, "uint16"),
        ({"kind": "salt_and_pepper"}, "uint8"),
        ({"level": 0.0}, "uint8"),
        ({"clip": False}, "float32"),
    ],
)
def test_noise_is_stored_in_the_smallest_type_that_changes_no_pixel_by_1e_5(
    noise, expected, pixels
):
    chosen = GAUSSIAN.model_copy(update=noise)
    assert storage_type(chosen) == expected
    noisy = noisy_images(pixels, chosen, 0, "test")
    kept = stored(noisy, storage_type(chosen))
    assert kept.dtype == expected
    assert np.abs(as_float(kept) - noisy).max() < 1e-5
    if expected != "uint16":
        assert np.array_equal(as_float(kept), noisy)
    assert np.array_equal(stored(as_float(kept), kept.dtype), kept)
