"""A stage that runs out of space says so, leaves nothing half-written, and works once there is."""

import resource
import shutil
from pathlib import Path

import pytest

from tests.support.runs import python
from tests.support.workspace import succeed

STAGES = {
    "download": ("stages.download", "data/clean", 200_000),
    "add_noise": ("stages.add_noise", "data/noisy", 200_000),
    "classifier": ("stages.train_classifier noisy", "models", 100_000),
    "figures": ("stages.evaluate_denoised", "plots", 5_000),
}
SLOW = {"classifier"}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.long] * (name in SLOW)) for name in STAGES],
)
def test_a_stage_on_a_full_disk_ends_with_a_message(name, finished, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(finished, folder, symlinks=True)
    module, written, limit = STAGES[name]
    before = files(folder)

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = python(["-m", *module.split()], folder, preexec_fn=small_files)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "error: File too large, while" in done.stderr
    assert "Traceback" not in done.stderr
    after = files(folder)
    assert not [path for path in after - before if "partial" in path.name]
    succeed(f"python -m {module}", folder)
    assert any((folder / written).rglob("*"))


def files(folder: Path) -> set[Path]:
    return {
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
