"""The command `denoise`: run trained models on a user's own pictures.

Each command checks names and options first, and imports the module that does its work, with NumPy,
libvips and ONNX Runtime, only if they pass.
"""

import argparse
import os
import signal
import sys
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

from denoising.cli.arguments import parser
from denoising.cli.batch import Job, each, find, jobs, refuse_overwritten_sources
from denoising.cli.parts import chosen
from denoising.cli.workers import Outcome, access_fault, in_order
from denoising.files.errors import UserError
from denoising.files.formats import check_source
from denoising.inference.shipped import check_model

RAY = "ray"
RAY_PACKAGES = (RAY, "fsspec", "pandas", "pyarrow")
"""Packages of the extra `ray`: Ray alone lacks those of Ray Data."""


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return its exit code: 0, or 1 if anything was skipped or failed."""
    work = {"image": denoise_pictures, "classify": classify_pictures, "info": describe}
    given = parser(work).parse_args(arguments)
    signal.signal(signal.SIGTERM, _end)
    try:
        return given.run(given)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted: the remaining pictures were not written", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of a pipe has ended, as in `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except OSError as error:
        print(f"error: {access_fault(error)}", file=sys.stderr)
        return 1


def _end(number: int, frame: FrameType | None) -> None:
    """End by an exception, so that unfinished files are removed."""
    sys.exit(128 + number)


def denoise_pictures(given: argparse.Namespace) -> int:
    """Denoise each picture; report and skip those that fail."""
    found = find(given.pictures, given.output)
    todo = jobs(found, given.pictures, given.output, with_noisy=given.add_noise is not None)
    if given.preview:
        todo = [job.as_png() for job in todo]
    if given.compare:
        _check_comparison(given.compare, todo)
    if given.force:
        refuse_overwritten_sources(todo)
    check_model(given.model)
    if given.engine == RAY:
        check_ray()
    todo = chosen(given, todo)

    def begin(ready: list[int]) -> Generator[Outcome, None, None]:
        if given.engine == RAY:
            from denoising.cli import ray_actors

            return ray_actors.in_order(given, todo, ready)
        from denoising.cli import image

        return in_order(image.begin(given, todo), ready, given.jobs)

    def check(number: int) -> None:
        todo[number].check(given.force, given.skip_existing)

    failed = each([job.source for job in todo], check, begin)
    first_part = given.part[0] == 1  # it reports for all of them what was left out
    return max(failed, found.report() if first_part else 0)


def check_ray() -> None:
    """Raise `UserError` if a package of the extra `ray` is missing."""
    missing = [name for name in RAY_PACKAGES if find_spec(name) is None]
    if missing:
        raise UserError(
            f"--engine ray needs the package {missing[0]}, which is not installed. Install it with "
            "`pip install '.[ray]'` in the root of the repository, or with "
            "`pip install 'FILE.whl[ray]'` from the wheel."
        )


def _check_comparison(clean: Path, todo: list[Job]) -> None:
    """Raise `UserError` if the clean picture is missing, or there are several noisy ones."""
    if len(todo) > 1:
        raise UserError(f"--compare takes one picture. Received: {len(todo)}. Give one at a time.")
    check_source(clean)


def classify_pictures(given: argparse.Namespace) -> int:
    """Print the most likely classes of each picture; report and skip those that fail."""
    found = find(given.pictures)
    sources = [path for path, _ in found.pictures]
    check_model(given.model)

    def begin(ready: list[int]) -> Generator[Outcome, None, None]:
        from denoising.cli import classify

        return in_order(classify.begin(given, sources), ready)

    failed = each(sources, lambda number: check_source(sources[number]), begin)
    return max(failed, found.report())


def describe(given: argparse.Namespace) -> int:
    """Print a model's inputs, outputs and training data."""
    check_model(given.model)
    from denoising.cli import info

    info.describe(given.model)
    return 0
