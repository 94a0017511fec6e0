"""Many pictures: what is made of which, and where it goes; one that fails does not stop others."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from denoising.files.errors import UserError
from denoising.files.pictures import FORMATS, find_pictures

ENDINGS = ", ".join(FORMATS)


class Job(NamedTuple):
    """A picture, and where what is made of it goes."""

    source: Path
    target: Path


def find(given: list[Path]) -> list[tuple[Path, Path]]:
    """Return each picture with its place below the folder that it was found in.

    Raise `UserError` where there is none at all.
    """
    found = []
    for path in given:
        if path.is_dir():
            found += [(one, one.relative_to(path)) for one in find_pictures(path)]
        else:
            found.append((path, Path(path.name)))
    if not found:
        raise UserError(
            f"Expected pictures ({ENDINGS}) in {', '.join(map(str, given))}. Received: none"
        )
    return found


def jobs(given: list[Path], output: Path) -> list[Job]:
    """Return what is to be done: into one file for one picture, else below a folder.

    Pictures of a folder keep their places below it. Raise `UserError` where nothing is found, or
    two pictures would go to the same place.
    """
    named = output.suffix.lower() in FORMATS and not output.is_dir()
    if len(given) == 1 and not given[0].is_dir() and output.suffix and not output.is_dir():
        return [Job(given[0], output)]
    if named:
        raise UserError(f"Expected a folder for more than one picture. Received: {output}")
    seen: dict[Path, Path] = {}
    for source, place in find(given):
        target = output / place
        if target in seen:
            raise UserError(
                f"Expected names of their own. Received: {seen[target]} and {source}, "
                f"which would both be written to {target}"
            )
        seen[target] = source
    return [Job(source, target) for target, source in seen.items()]


def refuse_existing(path: Path, force: bool) -> None:
    """Raise `UserError` where a file is there already and may not be overwritten."""
    if path.exists() and not force:
        raise UserError(f"Expected no file at {path}. Overwrite it with --force")


def each(sources: list[Path], one: Callable[[int], str]) -> int:
    """Do the work of each source, by its number; report those that fail, and go on.

    Returns
    -------
    1 if any has failed, else 0: the exit code.
    """
    failed = 0
    for number, source in enumerate(sources):
        try:
            print(one(number), flush=True)
        except BrokenPipeError:  # of what is said, not of the picture
            raise
        except (UserError, OSError, MemoryError) as error:
            failed += 1
            reason = str(error) or "it takes more memory than there is"
            print(f"skipped {source}: {reason}", file=sys.stderr, flush=True)
    if len(sources) > 1:
        print(f"{len(sources) - failed} of {len(sources)} pictures done.")
    return int(failed > 0)
