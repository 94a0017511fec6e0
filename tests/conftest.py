"""Fixtures and settings of all tests; it imports little, as the fastest tests load it too."""

import stages  # noqa: F401  pins the threads, so it comes before NumPy and TensorFlow

# isort: split
import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from tests.support import fork_server
from tests.support.cases import PROFILE
from tests.support.dag import ROOT
from tests.support.workspace import ENVIRONMENT, commit, fresh_copy, succeed, tiny, write_params
from tests.support.yaml_files import read_yaml

# Only the check on real data, which asks for it, may find files outside the tests' own folders.
RAW_DIR = os.environ.pop("DENOISE_RAW_DIR", None)

# The same cases in every run. Tests that need more than the default say so, see `cases`.
for profile, examples in (("dev", 10), ("ci", 100)):
    settings.register_profile(
        profile,
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
settings.load_profile(PROFILE)

FORKS = pytest.StashKey[str]()
"""The folder of the programs that run stages and DVC in forks."""


ORDER = ("pipeline/test_repro.py", "unit/test_wheel.py", "networks", "pipeline", "hostile")
"""The files with the longest tests come first, for two processes to end together; others follow.
The first one sets up the finished pipeline, while the second process runs tests without it."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file, which share its fixtures, in one process of several."""

    def place(item: pytest.Item) -> int:
        file = str(item.path.relative_to(ROOT / "tests"))
        found = (number for number, start in enumerate(ORDER) if file.startswith(start))
        return next(found, len(ORDER))

    items.sort(key=place)
    for item in items:
        item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(ROOT))))


def pytest_configure(config: pytest.Config) -> None:
    """Let the commands of tests run stages and DVC in forks, which import no package again.

    The processes of pytest-xdist share the servers.
    """
    if sys.platform == "linux":
        given = getattr(config, "workerinput", {}).get("forks")
        config.stash[FORKS] = given or start_servers(config)
        ENVIRONMENT["PATH"] = f"{config.stash[FORKS]}:{ENVIRONMENT['PATH']}"


def start_servers(config: pytest.Config) -> str:
    """Start the servers of forks until the tests end; return the folder of their programs."""
    servers = ExitStack()
    config.add_cleanup(servers.close)
    folder = servers.enter_context(TemporaryDirectory())
    servers.enter_context(fork_server.start(Path(folder), dict(ENVIRONMENT)))
    return folder


@pytest.hookimpl(optionalhook=True)  # of xdist
def pytest_configure_node(node: Any) -> None:
    node.workerinput["forks"] = node.config.stash.get(FORKS, None)


@pytest.fixture(scope="session")
def deterministic() -> None:
    """Compute as the stages do; every test of a network needs it."""
    from denoising.seeding import make_deterministic

    make_deterministic(0, threads=2)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests away from the user's cache of downloaded files."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def images() -> np.ndarray:
    """Return 64 smooth random images, ``float32`` in [0, 1], (64, 28, 28, 1); read-only."""
    coarse = np.random.default_rng(0).random((64, 7, 7, 1))
    smooth = np.kron(coarse, np.ones((1, 4, 4, 1))).astype(np.float32)
    smooth.flags.writeable = False
    return smooth


@pytest.fixture(scope="session")
def pixels(images: np.ndarray) -> np.ndarray:
    """Return the same images as ``uint8``, read-only."""
    rounded = np.rint(255 * images).astype(np.uint8)
    rounded.flags.writeable = False
    return rounded


@pytest.fixture
def values() -> dict[str, Any]:
    """Return the values of `params.yaml`, for a test to change."""
    return read_yaml(ROOT / "params.yaml")


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which a tiny pipeline has run once, committed; it is only read.

    The processes of pytest-xdist share it.
    """
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder, done = base / "finished", base / "finished.done"
    with (base / "finished.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until it is closed
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)  # another process failed
            fresh_copy(folder)
            write_params(folder, tiny)
            succeed("dvc repro", folder)
            commit(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def copy(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project in which a tiny pipeline has run once, committed."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(finished, folder, symlinks=True, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return Chromium, driven by playwright."""
    from playwright.sync_api import sync_playwright

    from tools.screenshot import CHROMIUM, QUIET

    assert shutil.which(CHROMIUM), f"There is no browser at {CHROMIUM}. Set CHROMIUM to its path."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        yield chromium
        chromium.close()
