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


def evaluated(folder: Path, networks: Path, number: int) -> dict[str, float]:
    """Return the memory of each evaluating stage on a number of test images, in MiB."""
    folder.mkdir()
    write_set(folder, FEW, number)
    shutil.copytree(networks, folder / "models")
    for stage in (*WRITING, "calibrate", "evaluate_classical"):
        run_stage(stage, folder)
    return {stage: run_stage(stage, folder).memory for stage in EVALUATING}


def test_the_evaluating_stages_hold_no_test_set(networks, tmp_path):
    """Not even once as floats, beside what they need for a block of images."""
    least, most = 6_000, 14_000
    few, many = (evaluated(tmp_path / str(one), networks, one) for one in (least, most))
    for stage in EVALUATING:
        assert many[stage] - few[stage] < 4 * (most - least) * MIB, stage


@pytest.mark.thorough
def test_the_evaluating_stages_take_less_than_a_gigabyte_for_a_million_images(networks, tmp_path):
    memory = evaluated(tmp_path / "million", networks, 1_000_000)
    assert max(memory.values()) < 1000, memory
