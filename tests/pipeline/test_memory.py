"""Memory does not grow with the number of images: anonymous memory, with sets on disk."""

import shutil
import sys
from pathlib import Path

import pytest

from tools._made_up_sets import CLASSES, write_set
from tools._memory import run_stage
from tools.large_data import EVALUATING, FEW, WRITING

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="anonymous memory is read from /proc"),
]
MIB = 28 * 28 / 2**20  # of an image, as stored


@pytest.fixture(scope="module")
def networks(tmp_path_factory, deterministic) -> Path:
    """Return a folder with the networks of a made-up set; memory does not depend on weights."""
    from denoising.networks import cascade, residual_unet, resnet
    from denoising.training.export import write_onnx

    folder, shape, small = tmp_path_factory.mktemp("networks"), (None, None, 1), {"width": 4}
    autoencoder = residual_unet.build(shape, **small, blocks=1)
    classifier = resnet.build(shape, CLASSES, **small)
    joint = cascade.build(autoencoder, classifier)
    models = {"autoencoder": autoencoder, "joint": joint}
    models |= {f"classifier_{data}": classifier for data in ("clean", "noisy", "denoised")}
    for name, model in models.items():
        write_onnx(folder / f"{name}.onnx", model)
    return folder


@pytest.mark.parametrize(
    ("number", "most"),
    [(350_000, 250), pytest.param(6_000_000, 1000, marks=pytest.mark.thorough)],
)
def test_downloading_and_adding_noise_hold_no_training_set(number, most, tmp_path):
    """Not even as bytes, which would be 262 MiB; the noise, a training set's, takes twice that."""
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
    shutil.copytree(networks, tmp_path / "models")
    for stage in (*WRITING, "calibrate", "evaluate_classical"):
        run_stage(stage, tmp_path)
    for stage in EVALUATING:
        assert run_stage(stage, tmp_path).memory < most, stage
