"""Damaged and hostile detector files: read or refused, in bounded memory."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denoising.files.errors import UserError
from denoising.traffic_signs.detector_files import read_values
from tests.support.cases import fuzz
from tests.support.damage import damaged, explained


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    """Return a file that every case overwrites."""
    return tmp_path_factory.mktemp("files") / "some.txt"


VALUES = b"score\n0\n1.5\n-2e-3\n0.25\n"


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@fuzz("damaged detector files")
@given(st.data(), st.sampled_from([".csv", ".npy", ".txt"]))
def test_any_bytes_of_a_detectors_file_are_read_or_refused(path, data, suffix):
    good = npy(np.arange(5.0)) if suffix == ".npy" else VALUES
    path = path.with_suffix(suffix)
    path.write_bytes(data.draw(damaged(good)))
    found = explained(read_values, path)
    assert found is None or (found.ndim == 1 and not np.isnan(found).any())


def test_a_detectors_file_in_utf_16_is_refused(path):
    path = path.with_suffix(".csv")
    path.write_bytes(VALUES.decode().encode("utf-16"))
    with pytest.raises(UserError, match="text in UTF-8"):
        read_values(path)


@pytest.mark.parametrize("suffix", [".txt", ".npy"])
def test_a_detectors_file_of_gigabytes_is_refused_unread(suffix, tmp_path):
    path = tmp_path / f"values{suffix}"
    with path.open("wb") as file:
        file.truncate(2**40)  # a hole, which takes no space
    with pytest.raises(UserError, match="at most 268,435,456 bytes"):
        read_values(path)
