"""Fixtures that several tests use."""

import stages  # pins the threads, so it comes before NumPy and TensorFlow

# isort: split
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml

from denoising.seeding import make_deterministic
from tests.support.workspace import commit, fresh_copy, succeed, tiny, write_params
from tools.screenshot import CHROMIUM, QUIET

# Only the check on real data, which asks for it, may find files outside the tests' own folders.
RAW_DIR = os.environ.pop("DENOISE_RAW_DIR", None)
ROOT = Path(__file__).parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run in several processes, keep together those that share what is slow to make."""
    for item in items:
        shared = "copy" if "copy" in item.fixturenames else item.path.name
        item.add_marker(pytest.mark.xdist_group(shared))


@pytest.fixture(autouse=True, scope="session")
def deterministic():
    """Compute as the stages do."""
    make_deterministic(0, stages.THREADS)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Keep the tests away from the user's cache of downloaded files."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def images() -> np.ndarray:
    """Return 64 smooth random images, ``float32`` in [0, 1], (64, 28, 28, 1)."""
    coarse = np.random.default_rng(0).random((64, 7, 7, 1))
    return np.kron(coarse, np.ones((1, 4, 4, 1))).astype(np.float32)


@pytest.fixture
def pixels(images) -> np.ndarray:
    """Return them in bytes, ``uint8``."""
    return np.rint(255 * images).astype(np.uint8)


@pytest.fixture
def values() -> dict:
    """Return what stands in `params.yaml`, to be changed by a test."""
    return yaml.safe_load((ROOT / "params.yaml").read_text())


@pytest.fixture(scope="session")
def copy(tmp_path_factory) -> Path:
    """Return a fresh copy of the project where a tiny pipeline has run once, committed."""
    folder = tmp_path_factory.mktemp("copy")
    fresh_copy(folder)
    write_params(folder, tiny)
    succeed("dvc repro", folder)
    commit(folder)
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """Return Chromium, driven by playwright."""
    from playwright.sync_api import sync_playwright

    assert shutil.which(CHROMIUM), f"set CHROMIUM to the browser: there is none at {CHROMIUM}"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        yield chromium
        chromium.close()
