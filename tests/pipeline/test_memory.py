"""Memory does not grow with the number of images: anonymous memory, with sets on disk."""

import shutil
import sys

import pytest

from tools._made_up_sets import train_networks, write_set
from tools._memory import run_stage
from tools.large_data import EVALUATING, FEW, WRITING

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="anonymous memory is read from /proc"),
]
MIB = 28 * 28 / 2**20  # of an image, as stored


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    """Return a folder with small trained networks."""
    folder = tmp_path_factory.mktemp("networks")
    train_networks(folder)
    return folder


@pytest.mark.parametrize(
    ("number", "most"),
    [(600_000, 400), pytest.param(6_000_000, 1000, marks=pytest.mark.thorough)],
)
def test_downloading_and_adding_noise_hold_no_training_set(number, most, tmp_path):
    """Not even as bytes, which would be 449 MiB; the noise, a training set's, takes twice that."""
    assert most < number * MIB
    write_set(tmp_path, number, FEW)
    for stage in WRITING:
        assert run_stage(stage, tmp_path).memory < most, stage
    size = (tmp_path / "data/noisy/train/images.npy").stat().st_size
    assert size == pytest.approx(2 * (number - 1000) * 28 * 28, rel=1e-3)


@pytest.mark.parametrize(
    ("number", "most"),
    [(100_000, 500), pytest.param(1_000_000, 1000, marks=pytest.mark.thorough)],
)
def test_the_evaluating_stages_hold_no_test_set(number, most, networks, tmp_path):
    """Not even once as floats, beside what they import: 299 MiB for 100,000 images."""
    write_set(tmp_path, FEW, number)
    shutil.copytree(networks / "models", tmp_path / "models")
    for stage in (*WRITING, "calibrate", "evaluate_classical"):
        run_stage(stage, tmp_path)
    for stage in EVALUATING:
        assert run_stage(stage, tmp_path).memory < most, stage
