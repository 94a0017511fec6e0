"""The command `denoise`: trained models at work on a user's own pictures."""

import argparse
import os
import signal
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from denoising.cards import Card
from denoising.errors import UserError
from denoising.jobs import ENDINGS, Job, each, find, jobs, refuse_existing
from denoising.noise import add_noise, noise_keys
from denoising.pictures import Picture, check_target, read_picture, write_picture
from denoising.pretrained import PHOTOS, open_card, open_classifier, open_denoiser, open_model
from denoising.quiet import import_keras
from denoising.scaling import resized

DESCRIPTION = "Take noise out of pictures, or say what is on them, with trained models."
EXAMPLES = """examples:
  denoise image holiday.jpg -o quiet.jpg             one picture
  denoise image scans/ more/*.png -o clean/          many, and all below a folder
  denoise image portrait.png --add-noise 0.1 -o seen.png
                                                     what it does about noise of your own making
  denoise classify shoe.png                          by models/joint.keras, which `dvc repro` trains
  denoise info models/autoencoder.keras              what a model was trained on"""


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return 0 where all went well, 1 where something was skipped or failed."""
    given = parser().parse_args(arguments)
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


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments; its help is the manual."""
    top = argparse.ArgumentParser(
        prog="denoise",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _add_image(commands)
    _add_classify(commands)
    info = commands.add_parser(
        "info",
        help="say what a model was trained on",
        description="Say what goes into a model, what comes out, and what it was trained on: on "
        "other pictures it does worse.",
    )
    info.add_argument(
        "model",
        nargs="?",
        default=PHOTOS,
        type=Path,
        metavar="MODEL",
        help="a .keras file; without it, the one for photographs that comes with this command",
    )
    info.set_defaults(run=describe)
    return top


def _add_image(commands) -> None:
    image = commands.add_parser(
        "image",
        help="take the noise out of pictures",
        description="Take the noise out of one picture, many, or all below a folder. Size, depth, "
        "transparency, orientation and colour profile stay as they are. A picture that cannot be "
        "used is reported and skipped; the exit code is 1 then.",
    )
    _add_pictures(image)
    image.add_argument(
        *("-o", "--output"),
        required=True,
        type=Path,
        metavar="OUT",
        help=f"a file ({ENDINGS}) for one picture, else a folder, which is made",
    )
    image.add_argument(
        "--model",
        type=Path,
        default=PHOTOS,
        help="a .keras file, models/autoencoder.keras for example; without it, the one for "
        "photographs that comes with this command",
    )
    image.add_argument(
        "--level",
        type=_level,
        help="standard deviation of the noise, from 0 to 1 (15 of 255 is 0.059): more takes more "
        "away; without it, it is found in the picture",
    )
    image.add_argument(
        "--add-noise",
        type=_level,
        metavar="LEVEL",
        help="add Gaussian noise of this standard deviation first, to see what is done about it; "
        "the noisy picture is written beside the other, as OUT.noisy.png",
    )
    image.add_argument("--force", action="store_true", help="overwrite what is there")
    image.set_defaults(run=denoise_pictures)


def _add_classify(commands) -> None:
    classify = commands.add_parser(
        "classify",
        help="say what is on pictures",
        description="Say of each picture which of the classes of a model it shows, and how sure "
        "the model is. The picture is cut to the model's aspect about its middle, and resized.",
    )
    _add_pictures(classify)
    classify.add_argument(
        "--model",
        type=Path,
        default=Path("models/joint.keras"),
        help="a .keras file of a classifier or a joint network; models/joint.keras without it",
    )
    classify.add_argument(
        "--most", type=_count, default=1, metavar="N", help="tell the N likeliest classes of each"
    )
    classify.set_defaults(run=classify_pictures)


def _add_pictures(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "pictures", nargs="+", type=Path, metavar="IN", help=f"files or folders ({ENDINGS})"
    )


def _level(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"Expected a number from 0 to 1. Received: {text}")
    return value


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"Expected a number of 1 or more. Received: {text}")
    return int(text)


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
    from denoising.inference import is_told

    highest = _highest(card)
    if given.level is not None and given.level > highest:
        raise UserError(
            f"Expected a --level up to {highest}, the highest that {given.model} was trained on. "
            f"Received: {given.level}"
        )
    if given.level is not None and not is_told(model):
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
    noisy = add_noise(clean, level, noise_keys(0, "picture", "gaussian", range(1)))[0]
    picture = picture._replace(pixels=np.rint(noisy * picture.white).astype(picture.pixels.dtype))
    write_picture(beside, picture.pixels, picture)
    return picture


def restore(
    model, card: Card | None, picture: Picture, level: float | None
) -> tuple[np.ndarray, float]:
    """Return the denoised pixels, and the level of the noise: as given, or as found."""
    from denoising.tiles import denoise_large
    from denoising.unknown_level import find_and_denoise

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

    from denoising.inference import predict, restore_and_classify

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
    if card.told:
        said += ", whose level it " + ("may be told" if card.told < 1 else "is told")
    return said + (f"; classes: {', '.join(card.classes)}" if card.classes else "")
