"""The command `denoise`: trained models at work on a user's own pictures."""

import argparse
import os
import signal
import sys

import numpy as np
from tqdm import tqdm

from denoising.cli.arguments import parser
from denoising.cli.batch import Job, each, find, jobs, refuse_existing
from denoising.cli.keras_import import import_keras
from denoising.config.card import Card
from denoising.config.noise import Noise
from denoising.files.errors import UserError
from denoising.files.pictures import Picture, check_target, read_picture, write_picture
from denoising.files.scaling import resized
from denoising.inference.pretrained import open_card, open_classifier, open_denoiser, open_model
from denoising.noise.apply import noisy_images


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return 0 where all went well, 1 where something was skipped or failed."""
    work = {"image": denoise_pictures, "classify": classify_pictures, "info": describe}
    given = parser(work).parse_args(arguments)
    signal.signal(signal.SIGTERM, _end)
    try:
        return given.run(given)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted: pictures that are not done yet were not written", file=sys.stderr)
        return 130
    except BrokenPipeError:  # nobody reads on, as behind `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1


def _end(number: int, frame) -> None:
    """End, where that is asked for, as by an error: what is half-written is removed."""
    sys.exit(128 + number)


def denoise_pictures(given: argparse.Namespace) -> int:
    """Denoise each picture; report and skip those that cannot be."""
    todo = jobs(given.pictures, given.output)
    import_keras()
    model, card = open_denoiser(given.model), open_card(given.model)
    _check_level(given, model, card)

    def one(number: int) -> str:
        job = todo[number]
        refuse_existing(job.target, given.force)
        picture = read_picture(job.source)
        check_target(job.target, picture)
        if given.add_noise is not None:
            picture = _made_noisy(job, picture, given.add_noise, given.force)
        restored, level = restore(model, card, picture, given.level)
        write_picture(job.target, restored, picture)
        beyond = f", more than {given.model} knows" if level > _highest(card) else ""
        found = f"noise {level:.3f}, {255 * level:.0f} of 255"
        return f"{job.source} -> {job.target} ({found}{beyond})"

    return each([job.source for job in todo], one)


def _check_level(given: argparse.Namespace, model, card: Card | None) -> None:
    from denoising.networks.inputs import has_level_input

    highest = _highest(card)
    if given.level is not None and given.level > highest:
        raise UserError(
            f"Expected a --level up to {highest}, the highest that {given.model} was trained on. "
            f"Received: {given.level}"
        )
    if given.level is not None and not has_level_input(model):
        raise UserError(
            f"Expected no --level: {given.model} finds it in the picture. Received: {given.level}"
        )


def _highest(card: Card | None) -> float:
    """Return the highest level that a model was trained on; 1 where it does not say."""
    return card.levels[1] if card and card.levels else 1.0


def _made_noisy(job: Job, picture: Picture, level: float, force: bool) -> Picture:
    """Return a picture with Gaussian noise, cut to black and white, and write it, too."""
    beside = job.target.with_name(f"{job.target.name}.noisy.png")
    refuse_existing(beside, force)
    clean = picture.pixels[None].astype(np.float32) / picture.white
    noise = Noise(kind="gaussian", level=level, clip=True)
    noisy = noisy_images(clean, noise, 0, "picture")[0]
    picture = picture._replace(pixels=np.rint(noisy * picture.white).astype(picture.pixels.dtype))
    write_picture(beside, picture.pixels, picture)
    return picture


def restore(
    model, card: Card | None, picture: Picture, level: float | None
) -> tuple[np.ndarray, float]:
    """Return the denoised pixels, and the level of the noise: as given, or as found."""
    from denoising.inference.blind import find_and_denoise
    from denoising.inference.tiling import denoise_large

    with tqdm(
        total=picture.pixels[..., 0].size, unit="px", unit_scale=True, leave=False, disable=None
    ) as bar:
        if level is not None:
            return denoise_large(model, picture.pixels, level, bar.update), level
        return find_and_denoise(model, picture.pixels, card, bar.update)


def classify_pictures(given: argparse.Namespace) -> int:
    """Print the likeliest classes of each picture; report and skip those that cannot be read."""
    sources = [path for path, _ in find(given.pictures)]
    import_keras()
    from scipy.special import softmax

    from denoising.inference.predict import predict, restore_and_classify

    model, card = open_classifier(given.model)

    def one(number: int) -> str:
        image = resized(read_picture(sources[number]), *card.size)
        if isinstance(model.output, dict):  # joint: it takes images of any size, padded
            logits = restore_and_classify(model, image[None])[1]
        else:
            logits = predict(model, image[None])
        chances = softmax(logits[0].astype(np.float64))
        likeliest = np.argsort(-chances, kind="stable")[: given.most]
        verdicts = ", ".join(f"{card.classes[one]} {100 * chances[one]:.0f}%" for one in likeliest)
        return f"{sources[number]}: {verdicts}"

    return each(sources, one)


def describe(given: argparse.Namespace) -> int:
    """Print what goes into a model, what comes out, and what it was trained on."""
    import_keras()
    model, card = open_model(given.model), open_card(given.model)
    size = given.model.stat().st_size / 2**20
    print(f"{given.model}: {model.name}, {model.count_params():,} parameters, {size:.1f} MiB")
    for side, tensors in (("takes", model.inputs), ("gives", model.outputs)):
        for tensor in tensors:
            shape = " × ".join("any" if part is None else str(part) for part in tensor.shape[1:])
            print(f"  {side} {tensor.name}: {shape}")
    print(f"  {_trained_on(card)}" if card else "  It does not say what it was trained on.")
    return 0


def _trained_on(card: Card) -> str:
    """Say what a card says."""
    size = "×".join(map(str, card.size))
    said = f"trained on {card.images:,} images of {card.dataset}, {size}, "
    if card.noise is None:
        return said + f"clean; classes: {', '.join(card.classes or ['none'])}"
    low, high = card.levels
    said += f"with {card.noise} noise of level {low:g}"
    said += f" to {high:g}" if high > low else ""
    said += ", cut to the range from black to white" if card.clip else ""
    if card.level_known:
        said += ", whose level it " + ("may be told" if card.level_known < 1 else "is told")
    return said + (f"; classes: {', '.join(card.classes)}" if card.classes else "")
