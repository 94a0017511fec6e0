"""`denoise image` on many pictures: the same files from any number of threads, in order."""

import io
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import denoising.cli.main
from denoising.baselines import toolbox
from denoising.cli.workers import in_order
from tests.support.command import denoise
from tests.support.dag import ROOT
from tests.support.folders import saved


def write(path: Path, seed: int = 0) -> Path:
    random = np.random.default_rng(seed)
    return saved(path, random.integers(0, 256, (20 + 9 * seed, 50, 3), dtype=np.uint8))


@pytest.fixture
def folder(tmp_path) -> Path:
    """Return a folder with five pictures."""
    for seed, name in enumerate("edcba"):
        write(tmp_path / "in" / f"{name}.png", seed)
    return tmp_path / "in"


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_and_lines_do_not_depend_on_the_number_of_jobs(folder, capsys):
    (folder / "broken.png").write_bytes((folder / "a.png").read_bytes()[:300])
    (folder / "empty.png").touch()
    found = []
    for jobs in (1, 2, 9):
        output = folder.with_name(f"out{jobs}")
        assert denoise(folder, "-o", output, "--add-noise", 0.1, "--jobs", jobs) == 1
        printed = capsys.readouterr()
        lines = (printed.out + printed.err).replace(str(output), "OUT")
        found.append((lines, written(output)))
    lines = found[0][0].splitlines()
    assert [Path(line.split()[0]).stem for line in lines[:5]] == list("abcde")
    assert lines[5] == "5 of 7 pictures done."
    assert len(found[0][1]) == 10
    assert found[0] == found[1] == found[2]


def test_too_little_memory_for_several_pictures_at_a_time_is_said(folder, monkeypatch, capsys):
    def fail(*arguments):
        raise MemoryError

    monkeypatch.setattr("denoising.cli.image.denoise_picture", fail)
    for jobs, reason in ((1, "out of memory"), (2, "out of memory. Use fewer --jobs.")):
        assert denoise(folder, "-o", folder.with_name("out"), "--jobs", jobs) == 1
        assert f"skipped {folder}/a.png: {reason}\n" in capsys.readouterr().err


INTERRUPTED = """
import os, signal, sys, threading, pyvips
from concurrent.futures import ThreadPoolExecutor
from denoising.cli.main import main
signal.signal(signal.SIGINT, signal.default_int_handler)
stopped = threading.Event()
write, shutdown = pyvips.Image.write_to_file, ThreadPoolExecutor.shutdown
def interrupted(image, path, **options):
    write(image, path, **options)
    os.kill(os.getpid(), int(sys.argv[1]))
    while not stopped.wait(10):  # Python misses a signal just before it begins to wait
        os.kill(os.getpid(), int(sys.argv[1]))
def stop(pool, **options):
    shutdown(pool, wait=False, cancel_futures=True)
    stopped.set()
    shutdown(pool, **options)
pyvips.Image.write_to_file, ThreadPoolExecutor.shutdown = interrupted, stop
sys.exit(main(["image", *sys.argv[2:], "--jobs", "2"]))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_ends_all_threads_and_leaves_no_unfinished_file(folder, number, code):
    output = folder.with_name("out")
    arguments = [str(int(number)), str(folder), "-o", str(output)]
    command = [sys.executable, "-c", INTERRUPTED, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    names = sorted(written(output))
    assert not [name for name in names if name.startswith(".partial")]
    assert len(names) <= 2


def test_a_picture_in_progress_ends_at_its_next_checkpoint():
    def work(number, checkpoint):
        while number:
            checkpoint()
        return "first"

    before = set(threading.enumerate())
    outcomes = in_order(work, [0, 1, 2], 2)
    assert next(outcomes).text == "first"
    outcomes.close()
    assert set(threading.enumerate()) <= before


def test_a_noisy_version_must_not_take_the_place_of_an_output(tmp_path, capsys):
    pictures = [write(tmp_path / "a.png"), write(tmp_path / "a.png.noisy.png")]
    assert denoise(*pictures, "-o", tmp_path / "out", "--add-noise", 0.1) == 1
    assert "would both be written to" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_output_must_not_overwrite_another_picture_to_be_denoised(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    first, second = write(tmp_path / "in/x/a.png"), write(tmp_path / "out/x/a.png", 1)
    before = second.read_bytes()
    assert denoise(tmp_path / "in", second, "-o", tmp_path / "out", "--force") == 1
    assert f"The output of {first}, {second}, would overwrite" in capsys.readouterr().err
    assert second.read_bytes() == before
    assert denoise(first, "-o", first, "--force") == 0


class Terminal(io.StringIO):
    """A terminal that keeps what it shows."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("count", "expected"), [(1, "px/s"), (5, "0/5 [")])
def test_a_terminal_shows_progress_over_pixels_or_pictures(folder, monkeypatch, count, expected):
    pictures = sorted(folder.iterdir())[:count]
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert denoise(*pictures, "-o", folder.with_name("out")) == 0
    shown = terminal.getvalue()
    assert expected in shown
    assert ("picture" in shown) == (count > 1)


def lines(printed: str) -> list[str]:
    """Return the lines about pictures, sorted."""
    return sorted(line for line in printed.splitlines() if "->" in line or "left out" in line)


@pytest.mark.parametrize("parts", [2, 3, 8])
def test_parts_together_are_one_command(folder, capsys, parts):
    """Names that follow from all pictures are the same in each part: here those of two formats."""
    Image.open(folder / "b.png").save(folder / "b.gif")
    Image.open(folder / "c.png").save(folder / "new.gif")
    (folder / "b.raw").touch()
    whole, shared = folder.with_name("whole"), folder.with_name("shared")
    assert denoise(folder, "-o", whole) == 0
    expected = lines(capsys.readouterr().out.replace(str(whole), str(shared)))
    found = []
    for index in range(1, parts + 1):
        assert denoise(folder, "-o", shared, "--part", f"{index}/{parts}") == 0
        printed = capsys.readouterr()
        assert f"Part {index} of {parts}: " in printed.out
        assert printed.err == ("left out: 1 .raw\n" if index == 1 else "")
        found += lines(printed.out)
    assert sorted(found) == expected
    assert len(written(whole)) == 7
    assert written(shared) == written(whole)


def test_a_part_without_pictures_succeeds(folder, capsys):
    assert denoise(folder, "-o", folder.with_name("out"), "--part", "8/8") == 0
    assert capsys.readouterr().out == "Part 8 of 8: 0 of 5 pictures.\n"
    assert not folder.with_name("out").exists()


def test_only_pictures_without_outputs_are_denoised_again(folder, capsys):
    output = folder.with_name("out")
    options = ("-o", output, "--add-noise", 0.1, "--skip-existing")
    assert denoise(folder, *options) == 0
    whole = written(output)
    (output / "b.png").unlink()  # as if interrupted between the noisy version and the output
    (output / "d.png").unlink()
    (output / "d.png.noisy.png").unlink()
    (output / "a.png").write_bytes(b"kept")
    capsys.readouterr()
    assert denoise(folder, *options, "--jobs", 2) == 0
    said = capsys.readouterr().out
    assert said.startswith("Skipped: 3, whose outputs exist. Left to do: 2.\n")
    assert [Path(line.split()[0]).stem for line in lines(said)] == ["b", "d"]
    assert written(output) == whole | {"a.png": b"kept"}


def test_nothing_is_opened_where_all_is_done(folder, tmp_path):
    output = folder.with_name("out")
    assert denoise(folder, "-o", output) == 0
    model = tmp_path / "damaged.onnx"
    model.write_text("damaged")
    assert denoise(folder, "-o", output, "--model", model, "--skip-existing") == 0
    assert denoise(folder, "-o", output, "--model", model) == 1


def test_an_output_that_another_command_writes_meanwhile_is_left_as_it_is(folder, monkeypatch):
    output = folder.with_name("out")
    output.mkdir()

    def find_noise(*arguments):
        (output / "b.png").write_bytes(b"of another command")
        return toolbox.find_noise(*arguments)

    monkeypatch.setattr("denoising.cli.image.find_noise", find_noise)
    assert denoise(folder, "-o", output, "--skip-existing") == 0
    assert written(output)["b.png"] == b"of another command"


def test_an_output_of_another_command_is_no_reason_to_skip_one_with_noise(folder, capsys):
    output = folder.with_name("out")
    assert denoise(folder, "-o", output) == 0
    assert denoise(folder, "-o", output, "--add-noise", 0.1, "--skip-existing") == 1
    assert "a.png already exists. Overwrite it with --force." in capsys.readouterr().err


@pytest.mark.parametrize("option", [("--part", "1/2"), ("--skip-existing",)])
def test_outputs_must_not_be_taken_for_pictures(folder, capsys, option):
    before = written(folder)
    assert denoise(folder, "-o", folder, *option) == 1
    assert denoise(folder / "a.png", "-o", folder / "a.png", *option) == 1
    assert "would overwrite a picture" in capsys.readouterr().err
    Image.open(folder / "b.png").save(folder / "b.gif")
    for picture in folder.glob("*.png"):
        picture.unlink()
    assert denoise(folder, "-o", folder, *option) == 1
    assert "is a folder of pictures to be denoised" in capsys.readouterr().err
    assert before.keys() - written(folder).keys() == before.keys()


@pytest.mark.parametrize("missing", ["ray", "pyarrow"])
def test_a_missing_ray_or_ray_data_is_named_before_anything_is_done(
    missing, folder, monkeypatch, capsys
):
    def find(name):
        return None if name == missing else "found"

    monkeypatch.setattr(denoising.cli.main, "find_spec", find)
    assert denoise(folder, "-o", folder.with_name("out"), "--engine", "ray") == 1
    printed = capsys.readouterr().err
    assert f"needs the package {missing}, which is not installed" in printed
    assert "pip install '.[ray]'" in printed
