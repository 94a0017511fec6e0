"""The command `denoise image`: the work, once names and options have been checked."""

import argparse
from collections.abc import Callable

import numpy as np

from denoising.cli.batch import Job
from denoising.cli.progress import pixels_bar
from denoising.cli.workers import Checkpoint, Work
from denoising.config.noise import Noise
from denoising.files.pictures import Picture, check_target, open_pictures, write_picture
from denoising.inference.blind import denoise_blind
from denoising.inference.engine import Network
from denoising.inference.pretrained import check_level, highest_level, open_denoiser
from denoising.inference.tiling import denoise_large

Progress = Callable[[int], object]


def begin(given: argparse.Namespace, todo: list[Job]) -> Work:
    """Open the model; return the function that denoises a picture.

    Raises
    ------
    UserError
        The model is not a denoiser, or cannot use the given level.
    """
    model = open_denoiser(given.model)
    if given.level is not None:
        check_level(model, given.level, given.model)

    def denoise_one(number: int, checkpoint: Checkpoint) -> str:
        job = todo[number]
        job.check(given.force)  # again: other programs may have written files since
        levels: list[float] = []
        with (
            open_pictures(job.source, given.white) as pictures,
            pixels_bar(pictures.pixels, shown=len(todo) == 1) as bar,
        ):

            def progress(done: int) -> None:
                checkpoint()
                bar.update(done)

            def restore(picture: Picture) -> np.ndarray:
                if given.add_noise is not None:
                    picture = _with_noise(job, picture, given.add_noise)
                restored, level = _restore(model, picture, given.level, progress)
                levels.append(level)
                return restored

            for path in job.outputs:
                check_target(path, pictures)
            pictures.write(job.target, restore)
        found = [_in_words(levels)]
        if max(levels) > highest_level(model):
            found.append(f"above the training range of {given.model}")
        found.extend(pictures.notes)
        return f"{job.source} -> {job.target} ({'; '.join(found)})"

    return denoise_one


def _in_words(levels: list[float]) -> str:
    """Return the levels of one picture, or those of the pages and channels of a file."""
    low, high = min(levels), max(levels)
    several = f"{len(levels)} planes, " if len(levels) > 1 else ""
    if f"{low:.3f}" == f"{high:.3f}":
        return f"{several}noise {low:.3f}, {255 * low:.0f} of 255"
    between = f"{low:.3f} to {high:.3f}, {255 * low:.0f} to {255 * high:.0f}"
    return f"{several}noise {between} of 255"


def _with_noise(job: Job, picture: Picture, level: float) -> Picture:
    """Return a picture with clipped Gaussian noise, and write it beside the target."""
    from denoising.noise.apply import noisy_images

    clean = picture.pixels[None].astype(np.float32) / picture.white
    noise = Noise(kind="gaussian", level=level, clip=True)
    noisy = noisy_images(clean, noise, 0, "picture")[0]
    scaled = noisy if picture.white == 1 else np.rint(noisy * picture.white)
    picture = picture._replace(pixels=scaled.astype(picture.pixels.dtype))
    if job.noisy:
        write_picture(job.noisy, picture.pixels, picture)
    return picture


def _restore(
    model: Network, picture: Picture, level: float | None, progress: Progress
) -> tuple[np.ndarray, float]:
    """Return the denoised pixels and the noise level, as given or as estimated."""
    if level is not None:
        return denoise_large(model, picture.pixels, level, progress), level
    return denoise_blind(model, picture.pixels, progress)
