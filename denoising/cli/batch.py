"""Many pictures: find them, name their outputs, and continue after one that fails.

Nothing slow is imported here: names are checked before the work, which is imported, begins.
"""

import os
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

from denoising.cli.progress import pictures_bar
from denoising.cli.workers import Outcome, attempt
from denoising.files.errors import UserError
from denoising.files.folders import LeftOut, search
from denoising.files.formats import (
    ENDINGS,
    READ_ENDINGS,
    WRITTEN,
    check_ending,
    check_source,
    written_names,
)


class Job(NamedTuple):
    """A picture, the path of its output, and that of its noisy version if it is written."""

    source: Path
    target: Path
    noisy: Path | None = None

    @property
    def outputs(self) -> list[Path]:
        """The files to write."""
        return [self.target] if self.noisy is None else [self.target, self.noisy]

    @property
    def format_stays(self) -> bool:
        """Whether the output has the ending of the picture."""
        return self.source.suffix.lower() == self.target.suffix.lower()

    def as_png(self) -> "Job":
        """Return the same job with an output that is a PNG, by its ending."""
        if self.target.suffix.lower() == ".png":
            return self
        return self._replace(target=self.target.with_name(f"{self.target.name}.png"))

    @property
    def done(self) -> bool:
        """Whether all outputs exist."""
        return all(path.is_file() for path in self.outputs)

    def check(self, force: bool, repeated: bool = False) -> None:
        """Raise `UserError` for a fault that the names alone show.

        Parameters
        ----------
        repeated : whether an interrupted command may have left the noisy version, which is written
            before the output.
        """
        refuse_existing(self.target, force)
        check_source(self.source)
        check_ending(self.target)
        _check_folder(self.target)
        if self.noisy:
            refuse_existing(self.noisy, force or repeated)


class Found(NamedTuple):
    """Pictures, each with its path relative to the folder in which it was found, and the rest."""

    pictures: list[tuple[Path, Path]]
    left_out: LeftOut

    def report(self) -> int:
        """Name what was left out; return the exit code: 1 if some of it looks like a picture."""
        for line in self.left_out.lines():
            print(line, file=sys.stderr, flush=True)
        return int(self.left_out.alarming)


def find(given: list[Path], output: Path | None = None) -> Found:
    """Return the pictures among the files and in the folders given.

    Parameters
    ----------
    output : the folder of the outputs; it is not searched where it lies inside another folder.

    Raises
    ------
    UserError
        There are no pictures.
    """
    pictures, left_out = [], LeftOut()
    for path in given:
        if path.is_dir():
            inside = search(path, left_out, output)
            pictures += [(picture, picture.relative_to(path)) for picture in inside]
        else:
            pictures.append((path, Path(path.name)))
    if not pictures:
        raise UserError(
            "\n".join(
                [
                    f"There are no pictures ({READ_ENDINGS}) in {', '.join(map(str, given))}. "
                    "Give another folder, or the pictures themselves.",
                    *left_out.lines(),
                ]
            )
        )
    return Found(pictures, left_out)


def jobs(found: Found, given: list[Path], output: Path, with_noisy: bool = False) -> list[Job]:
    """Return the pictures to denoise and their outputs: a file for one picture, else in a folder.

    The pictures of a folder keep their relative paths; PNG is written for formats that are read,
    but not written.

    Parameters
    ----------
    found : the pictures among the files and folders `given`.
    with_noisy : whether each noisy version is written too, to ``OUT.noisy.png``.

    Raises
    ------
    UserError
        The output is impossible, or two of the pictures would be written to the same path.
    """
    todo = []
    for source, target in _targets(found, given, output):
        beside = target.with_name(f"{target.name}.noisy.png") if with_noisy else None
        todo.append(Job(source, target, beside))
    _refuse_collisions(todo)
    return todo


def _targets(found: Found, given: list[Path], output: Path) -> Iterable[tuple[Path, Path]]:
    if len(given) == 1 and not given[0].is_dir() and output.suffix and not output.is_dir():
        return [(given[0], output)]
    if output.suffix.lower() in WRITTEN and not output.is_dir():
        raise UserError(f"{output} is a file name. Give a folder for more than one picture.")
    if output.exists() and not output.is_dir():
        raise UserError(f"{output} is a file. Give a folder, or a name that ends in {ENDINGS}.")
    sources, places = zip(*found.pictures, strict=True)
    return zip(sources, (output / place for place in written_names([*places])), strict=True)


def _refuse_collisions(found: list[Job]) -> None:
    """Raise `UserError` if two pictures have the same output."""
    sources: dict[Path, Path] = {}
    for job in found:
        for path in job.outputs:
            if path in sources:
                if sources[path] == job.source:
                    raise UserError(f"{job.source} is given twice. Give it once.")
                raise UserError(
                    f"{sources[path]} and {job.source} would both be written to {path}. "
                    "Rename one of them, or write them to different folders."
                )
            sources[path] = job.source


def refuse_overwritten_sources(todo: list[Job], own: bool = False) -> None:
    """Raise `UserError` if a picture would be overwritten by the output of another one.

    Parameters
    ----------
    own : whether it must not be overwritten by its own output either.
    """
    sources = {os.path.realpath(job.source): job.source for job in todo}
    for job in todo:
        for path in job.outputs:
            other = sources.get(os.path.realpath(path))
            if other is not None and (own or other != job.source or path == job.noisy):
                raise UserError(
                    f"The output of {job.source}, {path}, would overwrite a picture to "
                    "be denoised. Write to another folder."
                )


def _check_folder(path: Path) -> None:
    """Raise `UserError` if a file stands where a folder of an output would be."""
    nearest = next((above for above in path.parents if above.exists()), Path())
    if not nearest.is_dir():
        raise UserError(f"Cannot write {path}: {nearest} is a file. Give another folder.")


def refuse_existing(path: Path, force: bool) -> None:
    """Raise `UserError` if a file exists and must not be overwritten."""
    if path.exists() and not force:
        raise UserError(f"{path} already exists. Overwrite it with --force.")


def each(
    sources: list[Path],
    check: Callable[[int], None],
    begin: Callable[[list[int]], Generator[Outcome, None, None]],
) -> int:
    """Work on each source and print its result, in their order; report failures and go on.

    Parameters
    ----------
    check : raises `UserError` for the source of an index if its names are at fault.
    begin : yields the outcomes of the sources that pass their check, by their indices, in order;
        it is not called if none passes.

    Returns
    -------
    the exit code: 1 if any has failed, else 0.
    """
    faults = [_fault(check, number) for number in range(len(sources))]
    ready = [number for number, fault in enumerate(faults) if fault is None]
    failed = 0
    with ExitStack() as stack:
        outcomes = stack.enter_context(closing(begin(ready))) if ready else iter(())
        bar = stack.enter_context(pictures_bar(len(sources)))
        for source, fault in zip(sources, faults, strict=True):
            outcome = fault or next(outcomes)
            failed += outcome.failed
            bar.clear()
            _report(source, outcome)
            bar.update()
    if len(sources) > 1:
        print(f"{len(sources) - failed} of {len(sources)} pictures done.")
    return int(failed > 0)


def _fault(check: Callable[[int], None], number: int) -> Outcome | None:
    """Return the failure of a check, if it fails."""
    outcome = attempt(lambda: check(number) or "")
    return outcome if outcome.failed else None


def _report(source: Path, outcome: Outcome) -> None:
    if outcome.failed:
        print(f"skipped {source}: {outcome.text}", file=sys.stderr, flush=True)
    else:
        print(outcome.text, flush=True)
