"""The command `denoise image`: the work, once names and options have been checked."""

import argparse
from collections.abc import Callable

import numpy as np

from denoising.cli.batch import Job
from denoising.cli.progress import pixels_bar
from denoising.cli.workers import Checkpoint, Work
from denoising.config.noise import Noise
from denoising.files.pictures import Picture, check_target, read_picture, write_picture
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
        picture = read_picture(job.source)
        check_target(job.target, picture)
        if given.add_noise is not None:
            picture = _with_noise(job, picture, given.add_noise)
        with pixels_bar(picture.pixels[..., 0].size, shown=len(todo) == 1) as bar:

            def progress(done: int) -> None:
                checkpoint()
                bar.update(done)

            restored, level = _restore(model, picture, given.level, progress)
        write_picture(job.target, restored, picture)
        above = (
            f", above the training range of {given.model}" if level > highest_level(model) else ""
        )
        return f"{job.source} -> {job.target} (noise {level:.3f}, {255 * level:.0f} of 255{above})"

    return denoise_one


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


def _restore(
    model: Network, picture: Picture, level: float | None, progress: Progress
) -> tuple[np.ndarray, float]:
    """Return the denoised pixels and the noise level, as given or as estimated."""
    if level is not None:
        return denoise_large(model, picture.pixels, level, progress), level
    return denoise_blind(model, picture.pixels, progress)
