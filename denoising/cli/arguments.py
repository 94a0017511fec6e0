"""The arguments of the command `denoise`; their help is its manual."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from denoising.cli.version import ShowVersion
from denoising.files.formats import ENDINGS, READ_ENDINGS
from denoising.inference.shipped import PHOTOS

METHODS = ("network", "median", "tv", "wavelet", "nlm")
ENGINES = ("threads", "ray")
WEAKEST, STRONGEST = 0.1, 10.0  # what the level can be multiplied by

Work = Callable[[argparse.Namespace], int]

DESCRIPTION = "Denoise or classify pictures with trained models."
EXAMPLES = """examples:
  denoise image holiday.jpg -o quiet.jpg             denoise a picture
  denoise image scans/ more/*.png -o clean/          denoise many, and all in a folder
  denoise image scans/ -o clean/ --part 2/8          denoise the second of eight parts of them
  denoise image holiday.jpg -o sheet.png --preview   see three strengths side by side
  denoise image portrait.png --add-noise 0.1 -o seen.png
                                                     add noise first, to see how it is removed
  denoise classify shoe.png                          classify with models/joint.onnx, which
                                                     `dvc repro` trains
  denoise info models/autoencoder.onnx               show the training data of a model"""


def parser(work: dict[str, Work]) -> argparse.ArgumentParser:
    """Return the argument parser; the parsed arguments have the function of their command as `run`.

    Parameters
    ----------
    work : the functions of the commands ``image``, ``classify`` and ``info``.
    """
    top = argparse.ArgumentParser(
        prog="denoise",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action=ShowVersion, help="print the version and exit")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _add_image(commands).set_defaults(run=work["image"])
    _add_classify(commands).set_defaults(run=work["classify"])
    _add_info(commands).set_defaults(run=work["info"])
    return top


def _add_image(commands: Any) -> argparse.ArgumentParser:
    image = commands.add_parser(
        "image",
        help="denoise pictures",
        description="Denoise one picture, several, or all in a folder and its subfolders. Size, "
        "bit depth, transparency, orientation and colour profile are kept. A picture that cannot "
        "be denoised is reported and skipped, and the exit code is then 1.",
    )
    _add_pictures(image)
    image.add_argument(
        *("-o", "--output"),
        required=True,
        type=Path,
        metavar="OUT",
        help=f"a file ({ENDINGS}) for one picture, otherwise a folder, created if necessary",
    )
    image.add_argument(
        "--model",
        type=Path,
        default=PHOTOS,
        help="an .onnx or .keras file, for example models/autoencoder.onnx (default: the model for "
        "photographs included with this command)",
    )
    level = image.add_mutually_exclusive_group()
    level.add_argument(
        "--level",
        type=_level,
        help="standard deviation of the noise, from 0 to 1 (15 of 255 is 0.059): higher removes "
        "more; estimated from the picture if omitted",
    )
    level.add_argument(
        "--sigma",
        dest="level",
        type=_sigma,
        metavar="SIGMA",
        help="the same from 0 to 255, for example 15",
    )
    image.add_argument(
        "--strength",
        type=_strength,
        default=1.0,
        help="multiply the level, estimated or given, for example by 0.5 or 2: higher removes "
        "more (default: 1)",
    )
    image.add_argument(
        "--method",
        choices=METHODS,
        default=METHODS[0],
        help="the network of --model, or a filter without training, from scikit-image and SciPy "
        "(default: network)",
    )
    instead = image.add_mutually_exclusive_group()
    instead.add_argument(
        "--preview",
        action="store_true",
        help="write a sheet with the middle of the picture at three strengths instead, as a PNG: "
        "to OUT, or to OUT.png if OUT has another ending",
    )
    instead.add_argument(
        "--compare",
        type=Path,
        metavar="CLEAN",
        help="print the PSNR and SSIM of the picture and of every method against this one, which "
        "is without noise",
    )
    image.add_argument(
        "--add-noise",
        type=_level,
        metavar="LEVEL",
        help="add Gaussian noise of this standard deviation first, to see how it is removed; the "
        "noisy picture is written to OUT.noisy.png",
    )
    image.add_argument(
        "--white",
        type=_positive,
        metavar="VALUE",
        help="the value of white in pictures of more than 8 bits, such as 4095 (default: found in "
        "the file, and printed if it is not that of the type)",
    )
    image.add_argument(
        "--jobs",
        type=_count,
        default=1,
        metavar="N",
        help="denoise N pictures at a time, which takes the memory of N (default: 1)",
    )
    image.add_argument(
        "--engine",
        choices=ENGINES,
        default=ENGINES[0],
        help="what the jobs are: threads of this command, or actors of a Ray cluster, which is "
        "started here if none is running (default: threads)",
    )
    image.add_argument(
        "--part",
        type=_part,
        default=(1, 1),
        metavar="I/N",
        help="denoise every Nth picture from the Ith on, for example 2/8; all N parts together "
        "denoise all pictures",
    )
    existing = image.add_mutually_exclusive_group()
    existing.add_argument("--force", action="store_true", help="overwrite existing files")
    existing.add_argument(
        "--skip-existing",
        action="store_true",
        help="leave out pictures whose output exists, as after an interruption",
    )
    return image


def _add_classify(commands: Any) -> argparse.ArgumentParser:
    classify = commands.add_parser(
        "classify",
        help="classify pictures",
        description="Print the most likely class of each picture, with its probability. The "
        "picture is cropped around its centre to the model's aspect ratio, and resized. A dark "
        "subject on light ground, or one of another size or place, is brought to the appearance of "
        "the training images if these have a plain ground.",
    )
    _add_pictures(classify)
    classify.add_argument(
        "--model",
        type=Path,
        default=Path("models/joint.onnx"),
        help="an .onnx or .keras file of a classifier or a joint network "
        "(default: models/joint.onnx)",
    )
    classify.add_argument(
        "--most",
        type=_count,
        default=1,
        metavar="N",
        help="print the N most likely classes (default: 1)",
    )
    classify.add_argument(
        "--as-is", action="store_true", help="do not invert, stretch or cut out the subject"
    )
    return classify


def _add_info(commands: Any) -> argparse.ArgumentParser:
    info = commands.add_parser(
        "info",
        help="show the training data of a model",
        description="Print a model's inputs, outputs and training data. A model only knows what "
        "it was trained on: a digit classifier will call a cat a digit.",
    )
    info.add_argument(
        "model",
        nargs="?",
        default=PHOTOS,
        type=Path,
        metavar="MODEL",
        help="an .onnx or .keras file (default: the model for photographs included with this "
        "command)",
    )
    return info


def _add_pictures(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "pictures", nargs="+", type=Path, metavar="IN", help=f"files or folders ({READ_ENDINGS})"
    )


def _level(text: str) -> float:
    return _number(text, 0, 1)


def _sigma(text: str) -> float:
    return _number(text, 0, 255) / 255


def _strength(text: str) -> float:
    return _number(text, WEAKEST, STRONGEST)


def _number(text: str, lowest: float, highest: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not lowest <= value <= highest:
        raise argparse.ArgumentTypeError(
            f"Expected a number from {lowest:g} to {highest:g}. Received: {text}"
        )
    return value


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"Expected a number above 0. Received: {text}")
    return value


def _part(text: str) -> tuple[int, int]:
    index, _, number = text.partition("/")
    if not (index.isdecimal() and number.isdecimal() and 1 <= int(index) <= int(number)):
        raise argparse.ArgumentTypeError(f"Expected I/N, from 1/N to N/N. Received: {text}")
    return int(index), int(number)


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"Expected a whole number from 1. Received: {text}")
    return int(text)
