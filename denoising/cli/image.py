"""The command `denoise image`: the work, once names and options have been checked."""

import argparse
import shutil
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from denoising.baselines.toolbox import NETWORK, Found, check_options, denoise_picture, find_noise
from denoising.cli.batch import Job
from denoising.cli.noise_words import described
from denoising.cli.progress import pixels_bar
from denoising.cli.workers import Checkpoint, Work
from denoising.files.atomic import replacing
from denoising.files.errors import UserError
from denoising.files.pictures import (
    Picture,
    Pictures,
    check_target,
    open_pictures,
    read_picture,
    write_picture,
    write_pictures,
)
from denoising.inference.engine import Network
from denoising.inference.pretrained import open_denoiser


def begin(given: argparse.Namespace, todo: list[Job], threads: int = 0) -> Work:
    """Open the model; return the function that denoises a picture.

    Parameters
    ----------
    threads : of the network; 0 for one per core.

    Raises
    ------
    UserError
        The model is not a denoiser, or cannot use the given level.
    """
    model = open_denoiser(given.model, threads)
    if given.method == NETWORK:
        check_options(model, given.level, given.strength, given.model)

    def denoise_one(number: int, checkpoint: Checkpoint) -> str:
        job = todo[number]
        if given.skip_existing and job.done:  # again: other programs may have written files since
            return f"{job.target} exists"
        job.check(given.force, given.skip_existing)
        with (
            open_pictures(job.source, given.white) as pictures,
            pixels_bar(pictures.pixels, shown=len(todo) == 1) as bar,
        ):

            def progress(done: int) -> None:
                checkpoint()
                bar.update(done)

            work = _preview if given.preview else _restore
            done = work(given, job, model, pictures, progress)
        notes = [described(done.planes, given, model), pictures.scale.note]
        notes += () if done.copied else pictures.notes
        shown = "; ".join(note for note in notes if note)
        return "\n".join([f"{job.source} -> {job.target} ({shown})", *done.lines])

    return denoise_one


Progress = Callable[[int], object]


class Done(NamedTuple):
    """A file that is done.

    Attributes
    ----------
    planes : the noise of its pages, or of its channels that were denoised by themselves.
    lines : further lines to print.
    copied : whether it was copied as it is.
    """

    planes: list[Found]
    lines: list[str]
    copied: bool = False


def _restore(
    given: argparse.Namespace, job: Job, model: Network, pictures: Pictures, progress: Progress
) -> Done:
    """Write the denoised pictures; a file without noise is copied if its format stays."""
    planes: list[Found] = []
    lines: list[str] = []
    clean = _read_clean(given, pictures)

    def restore(picture: Picture) -> np.ndarray:
        if given.add_noise is not None:
            picture = _with_noise(job, picture, given.add_noise)
        noise = find_noise(model, picture.pixels, given.level)
        planes.append(noise)
        if clean is not None:
            from denoising.cli.comparison import compared  # imports scikit-image, which is slow

            lines.extend(compared(given, model, picture.pixels, clean, noise))
        options = (given.strength, given.method, progress)
        return denoise_picture(model, picture.pixels, noise, *options)

    check_target(job.target, pictures)
    if job.noisy:
        _check_noisy(job, pictures)
    write_pictures(job.target, pictures, restore)
    clean_already = given.add_noise is None and not any(noise.some for noise in planes)
    if copied := clean_already and job.format_stays:
        with replacing(job.target) as partial:
            shutil.copyfile(job.source, partial)
    return Done(planes, lines, copied)


def _preview(
    given: argparse.Namespace, job: Job, model: Network, pictures: Pictures, progress: Progress
) -> Done:
    """Write a sheet of several strengths."""
    from denoising.cli.preview import write_preview  # imports Pillow

    picture = pictures.single()
    if given.add_noise is not None:
        _check_noisy(job, pictures)
        picture = _with_noise(job, picture, given.add_noise)
    noise = find_noise(model, picture.pixels, given.level)
    write_preview(job.target, given, model, picture.pixels, noise)
    progress(pictures.pixels)
    return Done([noise], [])


def _read_clean(given: argparse.Namespace, noisy: Pictures) -> np.ndarray | None:
    """Return the picture to compare with, (H, W, C), as floats from 0 to 1, if one is given.

    Values of the same type have the black and white of the noisy picture: its noise may have
    widened the range that is found.

    Raises
    ------
    UserError
        It cannot be read, or has another size or number of channels than the noisy one.
    """
    if given.compare is None:
        return None
    clean, picture = read_picture(given.compare, given.white), noisy.single()
    if clean.pixels.shape != picture.pixels.shape:
        raise UserError(
            f"Cannot compare with {given.compare}: it is {_size(clean)}, the picture "
            f"{_size(picture)}. Give the same picture without noise, of the same size."
        )
    if clean.stored != picture.stored:
        return clean.pixels.astype(np.float32) / clean.white
    values = clean.scale.to_stored(clean.pixels, clean.kept).astype(np.float64)
    black, white = picture.scale.black, picture.scale.white
    return ((values - black) / (white - black)).astype(np.float32)


def _size(picture: Picture) -> str:
    height, width, channels = picture.pixels.shape
    return f"{width} × {height} {'grey' if channels == 1 else 'colour'}"


def _check_noisy(job: Job, pictures: Pictures) -> None:
    """Raise `UserError` if the noisy version cannot be a PNG."""
    if pictures.pages > 1 or pictures.stored not in (np.uint8, np.uint16):
        pages = f"{pictures.pages} pages or channels" if pictures.pages > 1 else "one picture"
        raise UserError(
            f"--add-noise writes the noisy picture as PNG: one, of 8 or 16 bits. {job.source} has "
            f"{pages} of type {pictures.stored}. Leave --add-noise out, or give one such picture."
        )


def _with_noise(job: Job, picture: Picture, level: float) -> Picture:
    """Return a picture with clipped Gaussian noise, and write it beside the target."""
    from denoising.noise.pictures import with_noise

    picture = picture._replace(pixels=with_noise(picture.pixels, level))
    if job.noisy:
        write_picture(job.noisy, picture.pixels, picture)
    return picture
