"""The command `denoise image`: the work, once names and options have been checked."""

import argparse
import shutil

import numpy as np

from denoising.baselines.toolbox import NETWORK, Found, check_options, denoise_picture, find_noise
from denoising.cli.batch import Job
from denoising.cli.noise_words import described
from denoising.cli.progress import pixels_bar
from denoising.cli.workers import Checkpoint, Work
from denoising.config.noise import Noise
from denoising.files.atomic import replacing
from denoising.files.errors import UserError
from denoising.files.pictures import Picture, check_target, read_picture, write_picture
from denoising.inference.pretrained import open_denoiser


def begin(given: argparse.Namespace, todo: list[Job]) -> Work:
    """Open the model; return the function that denoises a picture.

    Raises
    ------
    UserError
        The model is not a denoiser, or cannot use the given level.
    """
    model = open_denoiser(given.model)
    if given.method == NETWORK:
        check_options(model, given.level, given.strength, given.model)

    def denoise_one(number: int, checkpoint: Checkpoint) -> str:
        job = todo[number]
        job.check(given.force)  # again: other programs may have written files since
        picture = read_picture(job.source)
        check_target(job.target, picture)
        clean = _read_clean(given, picture)
        if given.add_noise is not None:
            picture = _with_noise(job, picture, given.add_noise)
        noise = find_noise(model, picture.pixels, given.level)
        lines = [f"{job.source} -> {job.target} ({described(noise, given, model)})"]
        if clean is not None:
            from denoising.cli.comparison import compared  # imports scikit-image, which is slow

            lines += compared(given, model, picture.pixels, clean, noise)
        with pixels_bar(picture.pixels[..., 0].size, shown=len(todo) == 1) as bar:

            def progress(done: int) -> None:
                checkpoint()
                bar.update(done)

            if given.preview:
                from denoising.cli.preview import write_preview  # imports Pillow

                write_preview(job.target, given, model, picture.pixels, noise)
            elif _stays(given, job, noise):
                _copy(job)
            else:
                options = (given.strength, given.method, progress)
                restored = denoise_picture(model, picture.pixels, noise, *options)
                write_picture(job.target, restored, picture)
        return "\n".join(lines)

    return denoise_one


def _read_clean(given: argparse.Namespace, noisy: Picture) -> np.ndarray | None:
    """Return the picture to compare with, (H, W, C), as floats from 0 to 1, if one is given.

    Raises
    ------
    UserError
        It cannot be read, or has another size or number of channels than the noisy one.
    """
    if given.compare is None:
        return None
    clean = read_picture(given.compare)
    if clean.pixels.shape != noisy.pixels.shape:
        raise UserError(
            f"Cannot compare with {given.compare}: it is {_size(clean)}, the picture "
            f"{_size(noisy)}. Give the same picture without noise, of the same size."
        )
    return clean.pixels.astype(np.float32) / clean.white


def _size(picture: Picture) -> str:
    height, width, channels = picture.pixels.shape
    return f"{width} × {height} {'grey' if channels == 1 else 'colour'}"


def _stays(given: argparse.Namespace, job: Job, noise: Found) -> bool:
    """Return whether a picture can be copied byte for byte: without noise, in the same format."""
    same = job.source.suffix.lower() == job.target.suffix.lower()
    return same and given.add_noise is None and noise.none and not noise.impulses


def _copy(job: Job) -> None:
    with replacing(job.target) as partial:
        shutil.copyfile(job.source, partial)


def _with_noise(job: Job, picture: Picture, level: float) -> Picture:
    """Return a picture with clipped Gaussian noise, and write it beside the target."""
    from denoising.noise.apply import noisy_images

    clean = picture.pixels[None].astype(np.float32) / picture.white
    noise = Noise(kind="gaussian", level=level, clip=True)
    noisy = noisy_images(clean, noise, 0, "picture")[0]
    picture = picture._replace(pixels=np.rint(noisy * picture.white).astype(picture.pixels.dtype))
    if job.noisy:
        write_picture(job.noisy, picture.pixels, picture)
    return picture
