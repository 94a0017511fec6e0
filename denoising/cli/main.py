"""The command `denoise`: run trained models on a user's own pictures."""

import argparse
import os
import signal
import sys
from types import FrameType

import numpy as np
from tqdm import tqdm

from denoising.cli.arguments import parser
from denoising.cli.batch import Job, each, find, jobs, refuse_existing
from denoising.config.card import Card
from denoising.config.noise import Noise
from denoising.files.errors import UserError
from denoising.files.pictures import Picture, check_target, read_picture, write_picture
from denoising.files.scaling import resized
from denoising.inference.blind import denoise_blind
from denoising.inference.engine import Network
from denoising.inference.predict import predict, restore_and_classify
from denoising.inference.pretrained import open_classifier, open_denoiser, open_model
from denoising.inference.tiling import denoise_large
from denoising.noise.apply import noisy_images
from denoising.noise.kinds import KINDS


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


def _end(number: int, frame: FrameType | None) -> None:
    """End by an exception, so that unfinished files are removed."""
    sys.exit(128 + number)


def denoise_pictures(given: argparse.Namespace) -> int:
    """Denoise each picture; report and skip those that fail."""
    todo = jobs(given.pictures, given.output)
    model = open_denoiser(given.model)
    _check_level(given, model)

    def denoise_one(number: int) -> str:
        job = todo[number]
        refuse_existing(job.target, given.force)
        picture = read_picture(job.source)
        check_target(job.target, picture)
        if given.add_noise is not None:
            picture = _with_noise(job, picture, given.add_noise, given.force)
        restored, level = restore(model, picture, given.level)
        write_picture(job.target, restored, picture)
        above = (
            f", above the training range of {given.model}" if level > _highest(model.card) else ""
        )
        return f"{job.source} -> {job.target} (noise {level:.3f}, {255 * level:.0f} of 255{above})"

    return each([job.source for job in todo], denoise_one)


def _check_level(given: argparse.Namespace, model: Network) -> None:
    """Raise `UserError` if the model cannot use the given level."""
    if given.level is None:
        return
    if given.level > (highest := _highest(model.card)):
        raise UserError(
            f"--level {given.level} is too high: {given.model} was trained on levels up to "
            f"{highest}. Give at most that, or leave --level out."
        )
    if not model.has_level:
        raise UserError(f"{given.model} has no level input. Leave --level out.")


def _highest(card: Card | None) -> float:
    """Return the highest level that a model was trained on; 1 if its card names none."""
    return card.levels[1] if card and card.levels else 1.0


def _with_noise(job: Job, picture: Picture, level: float, force: bool) -> Picture:
    """Return a picture with clipped Gaussian noise, and write it to ``OUT.noisy.png``."""
    beside = job.target.with_name(f"{job.target.name}.noisy.png")
    refuse_existing(beside, force)
    clean = picture.pixels[None].astype(np.float32) / picture.white
    noise = Noise(kind="gaussian", level=level, clip=True)
    noisy = noisy_images(clean, noise, 0, "picture")[0]
    picture = picture._replace(pixels=np.rint(noisy * picture.white).astype(picture.pixels.dtype))
    write_picture(beside, picture.pixels, picture)
    return picture


def restore(model: Network, picture: Picture, level: float | None) -> tuple[np.ndarray, float]:
    """Return the denoised pixels and the noise level, as given or as estimated."""
    with tqdm(
        total=picture.pixels[..., 0].size, unit="px", unit_scale=True, leave=False, disable=None
    ) as bar:
        if level is not None:
            return denoise_large(model, picture.pixels, level, bar.update), level
        return denoise_blind(model, picture.pixels, bar.update)


def classify_pictures(given: argparse.Namespace) -> int:
    """Print the most likely classes of each picture; report and skip those that fail."""
    sources = [path for path, _ in find(given.pictures)]
    from scipy.special import softmax  # slow to import

    model, card, classes = open_classifier(given.model)
    height, width, channels = card.size

    def classify_one(number: int) -> str:
        image = resized(read_picture(sources[number]), height, width, channels)
        if "reconstruction" in model.outputs:  # a joint network, whose stride may need padding
            logits = restore_and_classify(model, image[None])[1]
        else:
            logits = predict(model, image[None])
        probabilities = softmax(logits[0].astype(np.float64))
        likeliest = np.argsort(-probabilities, kind="stable")[: given.most]
        shown = ", ".join(f"{classes[one]} {100 * probabilities[one]:.0f}%" for one in likeliest)
        return f"{sources[number]}: {shown}"

    return each(sources, classify_one)


def describe(given: argparse.Namespace) -> int:
    """Print a model's inputs, outputs and training data."""
    model = open_model(given.model)
    size = given.model.stat().st_size / 2**20
    print(f"{given.model}: {model.name}, {model.count_params():,} parameters, {size:.1f} MiB")
    for side, found in (("input", model.inputs), ("output", model.outputs)):
        for name, shape in found.items():
            sides = " × ".join("any" if part is None else str(part) for part in shape)
            print(f"  {side} {name}: {sides}")
    card = model.card
    print(f"  {_training_data(card)}" if card else "  The file does not name its training data.")
    return 0


def _training_data(card: Card) -> str:
    """Describe the training data of a model in one line."""
    size = "×".join(map(str, card.size))
    text = f"trained on {card.images:,} images of {card.dataset}, {size}, "
    if card.noise is None or card.levels is None:
        return text + f"clean; classes: {', '.join(card.classes or ['none'])}"
    low, high = card.levels
    text += f"with {KINDS[card.noise].label} noise of level {low:g}"
    text += f" to {high:g}" if high > low else ""
    text += ", clipped" if card.clip else ""
    if card.level_known:
        text += f", with the level as an {'optional ' if card.level_known < 1 else ''}input"
    return text + (f"; classes: {', '.join(card.classes)}" if card.classes else "")
