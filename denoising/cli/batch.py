"""Many pictures: find them, name their outputs, and continue after one that fails."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from denoising.files.errors import UserError
from denoising.files.pictures import FORMATS, find_pictures

ENDINGS = ", ".join(FORMATS)


class Job(NamedTuple):
    """A picture, and the path of its output."""

    source: Path
    target: Path


def find(given: list[Path]) -> list[tuple[Path, Path]]:
    """Return each picture, with its path relative to the folder in which it was found.

    Raises
    ------
    UserError
        There are no pictures.
    """
    found = []
    for path in given:
        if path.is_dir():
            found += [(picture, picture.relative_to(path)) for picture in find_pictures(path)]
        else:
            found.append((path, Path(path.name)))
    if not found:
        raise UserError(
            f"There are no pictures ({ENDINGS}) in {', '.join(map(str, given))}. "
            "Give another folder, or the pictures themselves."
        )
    return found


def jobs(given: list[Path], output: Path) -> list[Job]:
    """Return the pictures to denoise and their outputs: a file for one picture, else in a folder.

    The pictures of a folder keep their relative paths.

    Raises
    ------
    UserError
        There are no pictures, or two of them would be written to the same path.
    """
    named = output.suffix.lower() in FORMATS and not output.is_dir()
    if len(given) == 1 and not given[0].is_dir() and output.suffix and not output.is_dir():
        return [Job(given[0], output)]
    if named:
        raise UserError(f"{output} is a file name. Give a folder for more than one picture.")
    sources: dict[Path, Path] = {}
    for source, place in find(given):
        target = output / place
        if target in sources:
            raise UserError(
                f"{sources[target]} and {source} would both be written to {target}. "
                "Rename one of them, or write them to different folders."
            )
        sources[target] = source
    return [Job(source, target) for target, source in sources.items()]


def refuse_existing(path: Path, force: bool) -> None:
    """Raise `UserError` if a file exists and must not be overwritten."""
    if path.exists() and not force:
        raise UserError(f"{path} already exists. Overwrite it with --force.")


def each(sources: list[Path], work: Callable[[int], str]) -> int:
    """Call `work` with the index of each source and print its result; report failures and go on.

    Returns
    -------
    the exit code: 1 if any has failed, else 0.
    """
    failed = 0
    for number, source in enumerate(sources):
        try:
            print(work(number), flush=True)
        except BrokenPipeError:  # stdout is closed: no fault of the picture
            raise
        except (UserError, OSError, MemoryError) as error:
            failed += 1
            reason = str(error) or "out of memory"
            print(f"skipped {source}: {reason}", file=sys.stderr, flush=True)
    if len(sources) > 1:
        print(f"{len(sources) - failed} of {len(sources)} pictures done.")
    return int(failed > 0)
