"""The command `denoise`: trained models at work on a user's own pictures."""

import argparse
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from skimage.restoration import estimate_sigma
from tqdm import tqdm

from denoising.errors import UserError
from denoising.estimation import estimate_level
from denoising.noise import add_noise, noise_keys
from denoising.pictures import (
    FORMATS,
    Picture,
    check_target,
    find_pictures,
    read_picture,
    write_picture,
)

ENDINGS = ", ".join(FORMATS)


class Job(NamedTuple):
    """A picture, and where what is made of it goes."""

    source: Path
    target: Path


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return 0 where all went well, 1 where something was skipped or failed."""
    given = parser().parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    try:
        return given.run(given)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments; its help is the manual."""
    top = argparse.ArgumentParser(
        prog="denoise",
        description="Take noise out of pictures, or say what is on them, with trained models.",
        epilog="Examples: denoise image holiday.jpg -o quiet.jpg; denoise image scans/ -o clean/; "
        "denoise info models/autoencoder.keras",
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    image = commands.add_parser(
        "image",
        help="take the noise out of pictures",
        description="Take the noise out of one picture, many, or all below a folder. Depth, "
        "transparency, orientation and colour profile stay as they are.",
    )
    image.add_argument("pictures", nargs="+", type=Path, metavar="IN", help="files or folders")
    image.add_argument(
        *("-o", "--output"),
        required=True,
        type=Path,
        metavar="OUT",
        help=f"a file ({ENDINGS}) for one picture, else a folder, which is made",
    )
    _add_model(image)
    image.add_argument(
        "--level",
        type=_level,
        help="standard deviation of the noise, from 0 to 1 (15 of 255 is 0.059), for a model that "
        "is told; estimated otherwise",
    )
    image.add_argument(
        "--add-noise",
        type=_level,
        metavar="LEVEL",
        help="add Gaussian noise of this standard deviation first, to see what is done about it; "
        "the noisy picture is written beside the other, as NAME.noisy.png",
    )
    image.add_argument("--force", action="store_true", help="overwrite what is there")
    image.set_defaults(run=denoise_pictures)

    info = commands.add_parser("info", help="say what a model is for")
    info.add_argument("model", type=Path, metavar="MODEL", help="a .keras file")
    info.set_defaults(run=describe)
    return top


def _add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--model",
        type=Path,
        required=True,
        help="a .keras file, models/autoencoder.keras for example",
    )


def _level(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"Expected a number from 0 to 1. Received: {text}")
    return value


def denoise_pictures(given: argparse.Namespace) -> int:
    """Denoise each picture; report and skip those that cannot be."""
    from denoising.inference import is_told

    found = jobs(given.pictures, given.output)
    model = read_denoiser(given.model)
    if given.level is not None and not is_told(model):
        raise UserError(
            f"Expected no --level: {given.model} finds it in the picture. Received: {given.level}"
        )

    def one(job: Job) -> str:
        refuse_existing(job.target, given.force)
        picture = read_picture(job.source)
        check_target(job.target, picture)
        if given.add_noise is not None:
            picture = with_noise(picture, given.add_noise)
            beside = job.target.with_name(f"{job.target.stem}.noisy.png")
            refuse_existing(beside, given.force)
            write_picture(beside, picture.pixels, picture)
        restored, level = restore(model, picture, given.level)
        write_picture(job.target, restored, picture)
        return f"{job.source} -> {job.target} (noise {level:.3f})"

    return each(found, one)


def jobs(given: list[Path], output: Path) -> list[Job]:
    """Return what is to be done: into one file for one picture, else below a folder.

    Pictures of a folder keep their places below it. Raise `UserError` where nothing is found, or
    two pictures would go to the same place.
    """
    if len(given) == 1 and not given[0].is_dir() and output.suffix and not output.is_dir():
        return [Job(given[0], output)]
    if output.suffix.lower() in FORMATS and not output.is_dir():
        raise UserError(f"Expected a folder for more than one picture. Received: {output}")
    found = []
    for path in given:
        if path.is_dir():
            found += [Job(one, output / one.relative_to(path)) for one in find_pictures(path)]
        else:
            found.append(Job(path, output / path.name))
    if not found:
        raise UserError(f"Expected pictures ({ENDINGS}) in {', '.join(map(str, given))}.")
    seen: dict[Path, Path] = {}
    for job in found:
        if job.target in seen:
            raise UserError(
                f"Expected names of their own. Received: {seen[job.target]} and {job.source}, "
                f"which would both be written to {job.target}"
            )
        seen[job.target] = job.source
    return found


def refuse_existing(path: Path, force: bool) -> None:
    """Raise `UserError` where a file is there already and may not be overwritten."""
    if path.exists() and not force:
        raise UserError(f"Expected no file at {path}. Overwrite it with --force")


def each(found: list[Job], one: Callable[[Job], str]) -> int:
    """Do every job; report those that fail and go on. Return 1 if any did, else 0."""
    failed = 0
    for job in found:
        try:
            print(one(job))
        except UserError as error:
            failed += 1
            print(f"skipped {job.source}: {error}", file=sys.stderr)
    if len(found) > 1:
        print(f"{len(found) - failed} of {len(found)} pictures done.")
    return int(failed > 0)


def read_denoiser(path: Path):
    """Open a model that gives an image for an image; raise `UserError` where it is none."""
    model = open_model(path)
    channels = next(given for given in model.inputs if given.name != "level").shape[-1]
    output = model.output
    restored = output.get("reconstruction") if isinstance(output, dict) else output
    if restored is None or len(restored.shape) != 4 or restored.shape[-1] != channels:
        raise UserError(f"Expected a denoiser, which gives an image. Received: {path}")
    return model


def open_model(path: Path):
    """Open a ``.keras`` file; code in it is refused. Raise `UserError` where that is impossible."""
    from denoising.artifacts import read_model

    if not path.is_file():
        raise UserError(
            f"Expected a .keras file at {path}. Received: no such file. `dvc repro` writes those "
            "in models/."
        )
    try:
        return read_model(path)
    except (ValueError, TypeError, KeyError, OSError, zipfile.BadZipFile) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UserError(f"Expected a whole .keras model in {path}. Received: {reason}") from None


def restore(model, picture: Picture, level: float | None) -> tuple[np.ndarray, float]:
    """Return the denoised pixels, and the level of the noise: as given, or as estimated."""
    from denoising.inference import is_told
    from denoising.tiles import denoise_large

    pixels = picture.pixels
    if level is None and is_told(model):
        level = first_guess(picture)
    with tqdm(total=pixels[..., 0].size, unit="px", unit_scale=True, leave=False) as bar:
        restored = denoise_large(model, pixels, level, bar.update)
    return restored, estimated(picture, restored)


def with_noise(picture: Picture, level: float) -> Picture:
    """Return the picture with Gaussian noise added, cut to the range from black to white."""
    clean = picture.pixels[None].astype(np.float32) / picture.white
    noisy = add_noise(clean, level, noise_keys(0, "picture", "gaussian", range(1)))[0]
    pixels = np.rint(noisy * picture.white).astype(picture.pixels.dtype)
    return picture._replace(pixels=pixels)


def first_guess(picture: Picture) -> float:
    """Return the level as wavelets see it, for a model that has to be told before it begins."""
    seen = middle(picture.pixels).astype(np.float32) / picture.white
    return float(estimate_sigma(seen, channel_axis=-1, average_sigmas=True))


def estimated(picture: Picture, restored: np.ndarray) -> float:
    """Return the level of the noise, by what was taken away from the middle of the picture."""
    noisy, clean = (
        middle(pixels)[None].astype(np.float32) / picture.white
        for pixels in (picture.pixels, restored)
    )
    return float(estimate_level(noisy, clean)[0])


def middle(pixels: np.ndarray, side: int = 512) -> np.ndarray:
    """Return the middle of a picture, at most `side` pixels high and wide."""
    top, left = (max(0, (size - side) // 2) for size in pixels.shape[:2])
    return pixels[top : top + side, left : left + side]


def describe(given: argparse.Namespace) -> int:
    """Print what goes into a model and what comes out."""
    model = open_model(given.model)
    size = given.model.stat().st_size / 2**20
    print(f"{given.model}: {model.name}, {model.count_params():,} parameters, {size:.1f} MiB")
    for side, tensors in (("takes", model.inputs), ("gives", model.outputs)):
        for tensor in tensors:
            shape = " × ".join("any" if part is None else str(part) for part in tensor.shape[1:])
            print(f"  {side} {tensor.name}: {shape}")
    return 0
