"""The arguments of the command `denoise`; their help is its manual."""

import argparse
from collections.abc import Callable
from pathlib import Path

from denoising.cli.batch import ENDINGS
from denoising.inference.pretrained import PHOTOS

Work = Callable[[argparse.Namespace], int]

DESCRIPTION = "Take noise out of pictures, or say what is on them, with trained models."
EXAMPLES = """examples:
  denoise image holiday.jpg -o quiet.jpg             one picture
  denoise image scans/ more/*.png -o clean/          many, and all below a folder
  denoise image portrait.png --add-noise 0.1 -o seen.png
                                                     what it does about noise of your own making
  denoise classify shoe.png                          by models/joint.keras, which `dvc repro` trains
  denoise info models/autoencoder.keras              what a model was trained on"""


def parser(work: dict[str, Work]) -> argparse.ArgumentParser:
    """Return the parser of the arguments; what it finds has `run`, the work of that command.

    Parameters
    ----------
    work : what ``image``, ``classify`` and ``info`` do with the arguments that they are given.
    """
    top = argparse.ArgumentParser(
        prog="denoise",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _add_image(commands).set_defaults(run=work["image"])
    _add_classify(commands).set_defaults(run=work["classify"])
    _add_info(commands).set_defaults(run=work["info"])
    return top


def _add_image(commands) -> argparse.ArgumentParser:
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
    return image


def _add_classify(commands) -> argparse.ArgumentParser:
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
    return classify


def _add_info(commands) -> argparse.ArgumentParser:
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
    return info


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
