"""What the command passes over in a folder, and its own output folder inside the folder."""

import os
from pathlib import Path

import pytest

from tests.support.command import denoise
from tests.support.folders import random_pixels, saved

HEIC = b"\0\0\0\x18ftypheic" + bytes(40)


def write(path: Path) -> Path:
    return saved(path, random_pixels(20, 30, 3))


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Return the folder ``in`` of the working folder, with two pictures."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "in/a.png")
    write(tmp_path / "in/more/b.png")
    return tmp_path / "in"


def test_files_that_are_left_out_are_counted_by_ending(folder, capsys):
    for name in ("one.txt", "two.TXT", "more/three.txt", "notes.md", "README"):
        (folder / name).write_text("words")
    assert denoise("in", "-o", "out") == 0
    printed = capsys.readouterr()
    assert "2 of 2 pictures done." in printed.out
    assert printed.err == "left out: 3 .txt, 1 .md, 1 without an ending\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("IMG_1.CR2", HEIC),
        ("scan.dng", b"II*\0" + bytes(20)),
        ("dead.png", None),
        ("photo", b"\xff\xd8\xff\xe0" + bytes(20)),
        ("photo.bin", HEIC),
        ("photo.part", b"RIFF\0\0\0\0WEBPVP8 "),
        ("photo.old", b"BM\x10\0\0\0\0\0\0\0" + bytes(20)),
        ("grey.raw_", b"P5\n2 2\n255\n1234"),
    ],
)
def test_what_looks_like_a_picture_is_named_and_the_command_fails(folder, name, content, capsys):
    if content is None:
        (folder / name).symlink_to("nowhere.png")
    else:
        (folder / name).write_bytes(content)
    assert denoise("in", "-o", "out") == 1
    error = capsys.readouterr().err
    assert f"look like pictures: in/{name}. Save them as one of .png" in error
    assert sorted(path.name for path in Path("out").rglob("*.png")) == ["a.png", "b.png"]


def test_many_that_look_like_pictures_are_named_in_part(folder, capsys):
    for number in range(9):
        (folder / f"{number}.cr2").write_bytes(HEIC)
    assert denoise("in", "-o", "out") == 1
    error = capsys.readouterr().err
    assert "left out: 9 .cr2\n" in error
    assert "in/4.cr2, 4 more. Save" in error


def test_hidden_files_and_those_of_operating_systems_are_no_matter(folder, capsys):
    for name in (".DS_Store", "Thumbs.db", "more/._b.png", "desktop.ini", ".git/x.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"\xff\xd8\xff")
    assert denoise("in", "-o", "out") == 0
    assert not capsys.readouterr().err


def test_a_pipe_is_not_waited_for(folder, capsys):
    os.mkfifo(folder / "pipe")
    assert denoise("in", "-o", "out") == 0
    assert capsys.readouterr().err == "left out: 1 without an ending\n"


def test_a_name_that_is_not_in_utf_8_is_skipped(folder, capfd):
    write(folder / "b.png").rename(os.fsdecode(b"in/b\xff.png"))
    assert denoise("in", "-o", "out", "--jobs", 2) == 1
    printed = capfd.readouterr()
    assert "2 of 3 pictures done." in printed.out
    assert r"The name in/b\udcff.png is not in UTF-8. Rename the file." in printed.err


def test_a_link_to_a_folder_is_named(folder, tmp_path, capsys):
    write(tmp_path / "elsewhere/c.png")
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    assert denoise("in", "-o", "out") == 0
    assert capsys.readouterr().err == "left out: 1 link to a folder\n"


def test_a_folder_that_cannot_be_listed_is_named(folder, monkeypatch, capsys):
    listed = os.scandir

    def refuse(path):
        if Path(path).name == "more":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert denoise("in", "-o", "out") == 1
    assert "left out: the folder in/more: Permission denied" in capsys.readouterr().err


def test_a_folder_without_pictures_names_what_is_there(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/IMG_1.CR2").write_bytes(HEIC)
    assert denoise(tmp_path / "in", "-o", tmp_path / "out") == 1
    error = capsys.readouterr().err
    assert "There are no pictures" in error
    assert "left out: 1 .cr2" in error


@pytest.mark.parametrize(
    ("given", "output"),
    [
        ("in", "in/out"),
        (".", "out"),
        ("in", "in/more/../out"),
        ("{root}/in", "in/out"),
        ("in", "{root}/in/out"),
        ("link", "in/out"),
        ("in", "link/out"),
        ("in", "out_link"),
    ],
)
def test_an_output_folder_inside_the_input_is_not_denoised_again(
    folder, tmp_path, given, output, capsys
):
    (tmp_path / "link").symlink_to(folder)
    (folder / "out").mkdir()
    (tmp_path / "out_link").symlink_to(folder / "out")
    given, output = given.format(root=tmp_path), output.format(root=tmp_path)
    written = []
    for _ in range(2):
        assert denoise(given, "-o", output, "--force", "--add-noise", 0.1) == 0
        written.append({path: path.read_bytes() for path in tmp_path.rglob("*.png")})
        printed = capsys.readouterr()
        assert "2 of 2 pictures done." in printed.out
    assert written[0] == written[1]
    assert len(written[0]) == 6
    assert "left out: 4 pictures in" in printed.err
    assert "out, the output folder" in printed.err


def test_pictures_can_be_denoised_in_place(folder, capsys):
    before = (folder / "a.png").read_bytes()
    assert denoise("in", "-o", "in", "--force") == 0
    assert "2 of 2 pictures done." in capsys.readouterr().out
    assert (folder / "a.png").read_bytes() != before
