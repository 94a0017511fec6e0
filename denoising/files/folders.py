"""The files of a folder: pictures by the endings of their names, and others, which are counted.

Nothing slow is imported, so that the command can refuse a name at once.
"""

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from denoising.files.formats import ENDINGS, READ

LITTER = ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r")
"""Files of operating systems, ignored like all names that begin with a dot."""

# Formats of pictures that cameras, phones and programs write, whether they can be read or not.
PICTURE_ENDINGS = (
    *(".arw", ".avif", ".bmp", ".cr2", ".cr3", ".dng", ".exr", ".gif", ".hdr", ".heic", ".heif"),
    *(".ico", ".j2k", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".jxl", ".nef", ".orf", ".pbm"),
    *(".pgm", ".png", ".pnm", ".ppm", ".psd", ".raf", ".rw2", ".svg", ".tga", ".tif", ".tiff"),
    *(".webp", ".xcf"),
)
SIGNATURES = (
    *(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"8BPS\x00\x01"),
    *(b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),  # TIFF, BigTIFF and raw files
    *(b"\x00\x00\x00\x0cjP  ", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cJXL ", b"\xff\x0a"),
)
BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
MOST_NAMED = 5


@dataclass
class LeftOut:
    """The files that were passed over.

    Attributes
    ----------
    others : files that do not look like pictures, and links to folders.
    lookalikes : files that look like pictures, by their endings or first bytes.
    unread : folders that cannot be listed, with the reason.
    written : pictures in the output folder, by that folder.
    """

    others: list[Path] = field(default_factory=list)
    lookalikes: list[Path] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    written: Counter[Path] = field(default_factory=Counter)

    def add(self, path: Path) -> None:
        """Add a file."""
        (self.lookalikes if looks_like_picture(path) else self.others).append(path)

    @property
    def alarming(self) -> bool:
        """Whether something that was probably meant to be used was passed over."""
        return bool(self.lookalikes or self.unread)

    def lines(self) -> list[str]:
        """Describe what was left out, in a line for each kind; none if nothing was."""
        lines = []
        if counted := Counter(map(_ending, [*self.others, *self.lookalikes])):
            listed = ", ".join(
                f"{number} {ending}"
                for ending, number in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
            )
            lines.append(f"left out: {listed}")
        if self.lookalikes:
            rest = len(self.lookalikes) - MOST_NAMED
            names = [
                *map(str, sorted(self.lookalikes)[:MOST_NAMED]),
                *([f"{rest} more"] * (rest > 0)),
            ]
            lines.append(
                f"Some of these look like pictures: {', '.join(names)}. Save them as one of "
                f"{ENDINGS}, or give each the ending of its format."
            )
        lines += [f"left out: the folder {reason}" for reason in self.unread]
        for folder, number in self.written.items():
            some = f"{number} picture{'s' * (number > 1)}"
            lines.append(f"left out: {some} in {folder}, the output folder")
        return lines


def is_picture(path: Path) -> bool:
    """Return whether a file has the ending of a format that is read."""
    return path.suffix.lower() in READ and path.is_file()


def is_litter(name: str) -> bool:
    """Return whether a file or folder is hidden, or one that operating systems leave behind."""
    return name.startswith(".") or name.lower() in LITTER


def looks_like_picture(path: Path) -> bool:
    """Return whether a file is a picture of any format, by its ending or its first bytes."""
    if path.suffix.lower() in PICTURE_ENDINGS:
        return not path.is_dir()
    if not path.is_file():  # pipes would be waited for; no ending says that it is a picture
        return False
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError:  # no permission
        return False
    return (
        start.startswith(SIGNATURES)
        or (start[4:8] == b"ftyp" and start[8:12] in BRANDS)
        or (start[:4] == b"RIFF" and start[8:12] == b"WEBP")
        or (start[:2] == b"BM" and start[6:10] == bytes(4))
        or (start[:1] == b"P" and start[1:2] in b"123456" and start[2:3].isspace())
    )


def search(folder: Path, left_out: LeftOut, without: Path | None = None) -> Iterable[Path]:
    """Return the pictures below a folder, sorted; add what is passed over to `left_out`.

    Hidden files and folders, and files of operating systems, are ignored; links to folders are not
    followed.

    Parameters
    ----------
    without : the output folder. If it lies inside `folder`, it is not searched.
    """
    inside = _inside(folder, without)
    found: list[Path] = []

    def unreadable(error: OSError) -> None:
        left_out.unread.append(f"{error.filename}: {error.strerror}")

    for place, folders, files in os.walk(folder, onerror=unreadable):
        here = Path(place)
        for name in [name for name in folders if is_litter(name)]:
            folders.remove(name)
        for name in [name for name in folders if (here / name).is_symlink()]:
            folders.remove(name)
            left_out.others.append(here / name)
        for name in folders if inside else ():
            if os.path.realpath(here / name) == inside:
                folders.remove(name)
                if number := sum(1 for _ in search(here / name, LeftOut())):
                    left_out.written[here / name] += number
                break
        for path in (here / name for name in files if not is_litter(name)):
            if is_picture(path):
                found.append(path)
            else:
                left_out.add(path)
    return sorted(found)


def _inside(folder: Path, other: Path | None) -> str | None:
    """Return the real path of a folder if it lies inside another one."""
    if other is None:
        return None
    whole, part = os.path.realpath(folder), os.path.realpath(other)
    return part if part != whole and Path(part).is_relative_to(whole) else None


def _ending(path: Path) -> str:
    if path.is_dir():
        return "link to a folder"
    return path.suffix.lower() or "without an ending"
