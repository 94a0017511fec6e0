"""Photographs on which denoisers are compared, in folders that the user has filled.

They may not be passed on with the project, so the folders are in the user's cache folder, or in the
one that DENOISE_RAW_DIR names: ``photographs/train``, ``photographs/cbsd68``, … The hash of a
folder makes sure that everybody has the same pictures.
"""

import hashlib
from pathlib import Path

import numpy as np

from denoising.datasets.fetch import RAW_DIR_VARIABLE, raw_folder
from denoising.datasets.photograph_file import read_photograph_file
from denoising.files.digests import file_digest
from denoising.files.errors import UserError

ENDINGS = (".jpg", ".png")
_FFDNET = "https://github.com/cszn/FFDNet"
_BERKELEY = "https://www2.eecs.berkeley.edu/Research/Projects/CS/vision/grouping/resources.html"
_POLYU = "https://github.com/csjunxu/PolyU-Real-World-Noisy-Images-Dataset"
PUBLISHERS = {
    "train": f"the 400 pictures of the train and test parts of BSDS500 from {_BERKELEY}",
    "cbsd68": "the 68 pictures of CBSD68 from https://github.com/cszn/IRCNN",
    "kodak24": f"the 24 pictures of Kodak24, 500×500 pixels, from {_FFDNET}",
    "set12": "the 12 pictures of Set12 from https://github.com/cszn/DnCNN",
    "polyu": f"the 45 pairs listed in docs/photographs.md of CroppedImages from {_POLYU}",
}
"""Contents of the folders, and where to get them."""


def read_photographs(name: str, digest: str) -> dict[str, np.ndarray]:
    """Return the photographs of a folder by file name, in the order of the names.

    Parameters
    ----------
    name : a key of `PUBLISHERS`.
    digest : the hash that the folder must have, see `folder_hash`.

    Returns
    -------
    ``uint8``, (H, W, C), C is 1 or 3.

    Raises
    ------
    UserError
        The folder is missing or empty, holds other pictures, or one that is not 8-bit grey or RGB.
    """
    folder = raw_folder("photographs") / name
    paths = _pictures(folder)
    where = (
        f"Get {PUBLISHERS[name]} and put them there, or into photographs/{name} of any folder, "
        f"and set {RAW_DIR_VARIABLE} to that folder."
    )
    if not paths:
        raise UserError(f"There are no photographs in {folder}. {where}")
    if (found := folder_hash(folder)) != digest:
        raise UserError(
            f"The {len(paths)} photographs in {folder} are others than expected: their hash is "
            f"{found}, expected {digest}. {where}"
        )
    return {path.name: read_photograph_file(path) for path in paths}


def folder_hash(folder: Path) -> str:
    """Return the hash of the names and bytes of a folder's pictures.

    It is the SHA-256, in hexadecimal digits, of the lines that ``sha256sum *`` prints in the
    folder, in the order of the names' bytes.
    """
    lines = [f"{file_digest(path)}  {path.name}\n" for path in _pictures(folder)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)
