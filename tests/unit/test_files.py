"""Files: complete or not at all, and the same bytes each time."""

import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from denoising.files.arrays import (
    kept_on_disk,
    read_array,
    scratch_array,
    write_array,
    write_blocks,
    writing_array,
)
from denoising.files.atomic import replacing
from denoising.files.errors import UserError
from denoising.files.figures import write_figure
from denoising.files.tables import read_json, write_csv, write_json
from denoising.plots.figures import examples, picture_rows
from tests.support.disk import largest_file


def test_an_unfinished_file_leaves_the_old_one_in_place(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("before")

    def fail():
        with replacing(path) as partial:
            partial.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_metrics_hold_no_nan(tmp_path):
    write_json(tmp_path / "good.json", {"a": {"b": 1 / 3, "c": np.float32(0.5)}, "n": 3})
    assert read_json(tmp_path / "good.json") == {"a": {"b": 0.333333, "c": 0.5}, "n": 3}
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "bad.json", {"a": float("nan")})
    assert [path.name for path in tmp_path.iterdir()] == ["good.json"]


def test_arrays_are_read_memory_mapped(tmp_path):
    array = np.arange(12, dtype=np.uint8).reshape(3, 4)
    write_array(tmp_path / "a.npy", array)
    with writing_array(tmp_path / "b.npy", (3, 4), "uint8") as mapped:
        mapped[:] = array
    for name in ("a.npy", "b.npy"):
        read = read_array(tmp_path / name)
        assert isinstance(read, np.memmap)
        assert np.array_equal(read, array)


def test_blocks_that_do_not_fill_an_array_write_no_file(tmp_path):
    rows = np.arange(12, dtype=np.uint8).reshape(4, 3)
    write_blocks(tmp_path / "a.npy", rows.shape, "uint8", (rows[:1], rows[1:]))
    assert np.array_equal(read_array(tmp_path / "a.npy"), rows)
    with pytest.raises(ValueError, match=r"Expected 4 rows\. Received: 3"):
        write_blocks(tmp_path / "b.npy", rows.shape, "uint8", [rows[:3]])
    assert [path.name for path in tmp_path.iterdir()] == ["a.npy"]


def test_an_array_kept_on_disk_has_no_file_that_anybody_sees(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = np.arange(12, dtype=np.uint16).reshape(4, 3)
    kept = kept_on_disk(rows.shape, "uint16", [rows[:3], rows[3:]])
    assert isinstance(kept, np.memmap)
    assert np.array_equal(kept, rows)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(
    sys.platform != "linux", reason="the space of a file is reserved on Linux alone"
)
def test_too_little_space_for_a_scratch_array_is_noticed_before_it_is_filled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with largest_file(1000), pytest.raises(OSError, match="File too large"):
        scratch_array((1001,), "uint8")


def test_a_missing_input_names_the_command_that_writes_it(tmp_path):
    with pytest.raises(UserError, match=r"missing\.npy.*dvc repro"):
        read_array(tmp_path / "missing.npy")


def test_tables_have_no_index_and_unix_lines(tmp_path):
    write_csv(tmp_path / "a.csv", pd.DataFrame({"epoch": [1, 2], "loss": [0.5, 1 / 3]}))
    assert (tmp_path / "a.csv").read_bytes() == b"epoch,loss\n1,0.5\n2,0.33333333\n"


def test_pictures_are_the_same_bytes_each_time(tmp_path, images):
    for name in ("a.png", "b.png"):
        write_figure(tmp_path / name, picture_rows({"clean": images[:5]}))
        plt.close("all")
    content = (tmp_path / "a.png").read_bytes()
    assert content == (tmp_path / "b.png").read_bytes()
    assert b"matplotlib" not in content.lower()


def test_examples_show_each_class_in_turn():
    labels = np.array([2, 0, 0, 1, 2, 1])
    assert examples(labels, 5).tolist() == [1, 3, 0, 2, 5]
