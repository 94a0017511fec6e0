"""A data set's files, downloaded or a user's own, checked against their hashes."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pooch
import requests

from denoising.config.sources import LARGEST_FILE, File
from denoising.files.atomic import replacing
from denoising.files.errors import UserError

RAW_DIR_VARIABLE = "DENOISE_RAW_DIR"
OWN = Path("datasets")
SILENCE = 30  # seconds
SLOWEST = 1024  # bytes per second, averaged over the window
WINDOW = 60  # seconds


class _GivenUpError(Exception):
    """A download that is too slow or too large."""


def own_folder(name: str) -> Path:
    """Return the folder for a user's own files of data set `name`; `download` depends on it."""
    return OWN / name


def have(
    files: list[File], urls: list[str] | None, name: str, largest: int = LARGEST_FILE
) -> list[Path]:
    """Return the paths of a data set's files: downloaded from `urls`, or the user's own if None.

    At most `largest` bytes of a file are downloaded.

    Raises
    ------
    UserError
        A file is missing, cannot be downloaded, or has the wrong hash.
    """
    if urls:
        return fetch(files, urls, raw_folder(name), largest)
    folder = own_folder(name)
    if absent := [file.name for file in files if not (folder / file.name).is_file()]:
        raise UserError(
            f"Files are missing from {folder}: {', '.join(absent)}. datasets.{name}.source has no "
            "`urls` to download them from: put them there, or add `urls`."
        )
    if mistakes := [mistake for file in files if (mistake := _mistake(folder / file.name, file))]:
        raise UserError("\n".join(mistakes))
    return [folder / file.name for file in files]


def raw_folder(name: str) -> Path:
    """Return the folder of downloaded files of data set `name`.

    It is in the user's cache folder, or in the folder that DENOISE_RAW_DIR names.

    Raises
    ------
    UserError
        DENOISE_RAW_DIR is not the absolute path of a folder.
    """
    chosen = os.environ.get(RAW_DIR_VARIABLE)
    if chosen and not (Path(chosen).is_absolute() and Path(chosen).is_dir()):
        raise UserError(
            f"The environment variable {RAW_DIR_VARIABLE} is {chosen!r}. Expected the absolute "
            "path of an existing folder. Create the folder, or correct the variable."
        )
    return Path(chosen or pooch.os_cache("denoising")) / name


def fetch(
    files: list[File], urls: list[str], folder: Path, largest: int = LARGEST_FILE
) -> list[Path]:
    """Return the paths of files in `folder`, downloaded if missing.

    The addresses are tried in turn. An existing file is never replaced.

    Raises
    ------
    UserError
        Files cannot be downloaded, or existing ones have the wrong hash; all of them are named.
    """
    mistakes = [mistake for file in files if (mistake := _fetch(file, urls, folder, largest))]
    if mistakes:
        raise UserError("\n".join(mistakes))
    return [folder / file.name for file in files]


def _fetch(file: File, urls: list[str], folder: Path, largest: int) -> str | None:
    """Download a file if it is missing; return an error message, or None on success."""
    path = folder / file.name
    if path.exists():
        return _mistake(path, file, "Move it away to download it again, or replace it.")
    tried = []
    for url in urls:
        failure = _download(url, file, folder, largest)
        if failure is None:
            return None
        tried.append(f"\n  {failure}")
    return (
        f"Cannot download {file.name}:{''.join(tried)}\nWithout a network, save the file with the "
        f"hash {' or '.join(file.hashes)} as {path}, or as {folder.name}/{file.name} in any folder "
        f"and set the environment variable {RAW_DIR_VARIABLE} to that folder."
    )


def _mistake(path: Path, file: File, remedy: str = "Replace it.") -> str | None:
    """Return an error message if a file has none of the listed hashes, otherwise None."""
    if not file.hashes or _matches(path, file):
        return None
    found = ", ".join(_hash(path, known) for known in file.hashes)
    return (
        f"{path} is truncated or a different file. Its hash is {found}, expected "
        f"{' or '.join(file.hashes)}. {remedy}"
    )


def _download(url: str, file: File, folder: Path, largest: int) -> str | None:
    """Download a file from one address; return the reason of a failure, or None on success."""
    downloader = pooch.HTTPDownloader(progressbar=True, timeout=SILENCE)
    try:
        with replacing(folder / file.name) as arriving:
            with _watched(arriving, largest):
                downloader(url + file.name, str(arriving), None)
            if not _matches(arriving, file):
                raise ValueError("the content does not match the published hash")
    except (requests.RequestException, ValueError, _GivenUpError) as error:
        return f"{url}{file.name}: {_reason(error)}"
    except OSError as error:
        raise UserError(
            f"Cannot write {file.name} to {folder}: {error.strerror}. "
            f"Set {RAW_DIR_VARIABLE} to a writable folder, or to one that has the file."
        ) from None
    return None


@contextlib.contextmanager
def _watched(arriving: Path, largest: int) -> Iterator[None]:
    """Raise `_GivenUpError` if a file arrives too slowly or is too large.

    A server that sends a byte now and then never triggers a read timeout, and blocks a reader that
    waits for a whole block. A timer signal interrupts it, so this works in the main thread only.
    """
    sizes = [-SLOWEST * WINDOW] * WINDOW  # no verdict before a whole window has passed

    def check(*_: object) -> None:
        size = arriving.stat().st_size if arriving.exists() else 0
        if size > largest:
            raise _GivenUpError(f"more than {largest:,} bytes, the `largest_file` of its source")
        sizes.append(size)
        if size - sizes.pop(0) < SLOWEST * WINDOW:
            raise _GivenUpError(f"less than {SLOWEST * WINDOW:,} bytes in {WINDOW} seconds")

    before = signal.signal(signal.SIGALRM, check)
    signal.setitimer(signal.ITIMER_REAL, 1, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _reason(error: Exception) -> str:
    match error:
        case requests.HTTPError() if error.response is not None:
            return f"HTTP status {error.response.status_code}"
        case requests.Timeout():
            return "timed out"
        case requests.exceptions.ChunkedEncodingError():
            return "the connection was closed early"
        case requests.exceptions.ContentDecodingError():
            return "the content is not compressed as its headers state"
        case requests.ConnectionError():  # requests raises it for a timeout in the body, too
            return "timed out" if "timed out" in str(error) else "no connection"
        case _:
            return str(error).partition("\n")[0][:200]


def _matches(path: Path, file: File) -> bool:
    return any(_hash(path, known) == known for known in file.hashes)


def _hash(path: Path, known: str) -> str:
    algorithm = known.partition(":")[0]
    try:
        return f"{algorithm}:{pooch.file_hash(str(path), alg=algorithm)}"
    except OSError as error:
        return f"{algorithm}: not readable ({error.strerror})"
