"""A part of many pictures, for one of several commands that share them, and what is left to do."""

import argparse
import os
from pathlib import Path

from denoising.cli.batch import Job, refuse_overwritten_sources
from denoising.files.errors import UserError


def chosen(given: argparse.Namespace, todo: list[Job]) -> list[Job]:
    """Return the part of ``--part``, with ``--skip-existing`` without what is done; print its size.

    Outputs have the same names as without these options: they follow from all pictures.

    Raises
    ------
    UserError
        Outputs would be found among the pictures, by another part or when the command is repeated.
    """
    index, parts = given.part
    if parts > 1 or given.skip_existing:
        refuse_overwritten_sources(todo, own=not given.force)
        _refuse_folder_of_pictures(given.pictures, given.output)
    part = todo[index - 1 :: parts]
    if parts > 1:
        print(f"Part {index} of {parts}: {len(part)} of {len(todo)} pictures.", flush=True)
    left = [job for job in part if not (given.skip_existing and job.done)]
    if done := len(part) - len(left):
        print(f"Skipped: {done}, whose outputs exist. Left to do: {len(left)}.", flush=True)
    return left


def _refuse_folder_of_pictures(pictures: list[Path], output: Path) -> None:
    for folder in pictures:
        if folder.is_dir() and os.path.realpath(folder) == os.path.realpath(output):
            raise UserError(
                f"{output} is a folder of pictures to be denoised, where outputs would be taken "
                "for pictures. With --part or --skip-existing, write to another folder."
            )
