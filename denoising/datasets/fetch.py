"""Files from the network or of one's own, checked against their hashes; none is replaced."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pooch
import requests

from denoising.config.sources import File
from denoising.files.atomic import replacing
from denoising.files.errors import UserError

RAW_DIR_VARIABLE = "DENOISE_RAW_DIR"
OWN = Path("datasets")
SILENCE = 30  # seconds
SLOWEST = 1024  # bytes a second, over so many seconds:
WINDOW = 60
LARGEST = 2**30  # bytes


class _GivenUpError(Exception):
    """An address that is not worth waiting for."""


def own_folder(name: str) -> Path:
    """Return where a user puts files of data set `name`: `download` depends on this folder."""
    return OWN / name


def have(files: list[File], urls: list[str] | None, name: str) -> list[Path]:
    """Return the paths of a data set's files: fetched where there are `urls`, else one's own."""
    if urls:
        return fetch(files, urls, raw_folder(name))
    folder = own_folder(name)
    if absent := [file.name for file in files if not (folder / file.name).is_file()]:
        raise UserError(
            f"Expected in the folder {folder} the files that datasets.{name}.source names, as it "
            f"gives no `urls` to download them from. Received: no {', '.join(absent)}"
        )
    if mistakes := [mistake for file in files if (mistake := _mistake(folder / file.name, file))]:
        raise UserError("\n".join(mistakes))
    return [folder / file.name for file in files]


def raw_folder(name: str) -> Path:
    """Return where the files of data set `name` are kept: the user's cache, or another place."""
    chosen = os.environ.get(RAW_DIR_VARIABLE)
    if chosen and not Path(chosen).is_absolute():
        raise UserError(
            f"Expected an absolute path in the environment variable {RAW_DIR_VARIABLE}. "
            f"Received: {chosen!r}"
        )
    if chosen and not Path(chosen).is_dir():
        raise UserError(
            f"Expected a folder, in the environment variable {RAW_DIR_VARIABLE}. Received: "
            f"{chosen!r}, where there is none. Make it, or correct the variable."
        )
    return Path(chosen or pooch.os_cache("denoising")) / name


def fetch(files: list[File], urls: list[str], folder: Path) -> list[Path]:
    """Return the paths of files with the right hashes, downloaded if they are not there.

    The addresses are tried in turn. A file that is there with another content is never replaced.

    Raises
    ------
    UserError : for each file that no address gave, or whose name stands for another content.
    """
    mistakes = [mistake for file in files if (mistake := _fetch(file, urls, folder))]
    if mistakes:
        raise UserError("\n".join(mistakes))
    return [folder / file.name for file in files]


def _fetch(file: File, urls: list[str], folder: Path) -> str | None:
    """Have one file; return what the user has to know if that fails."""
    path = folder / file.name
    if path.exists():
        return _mistake(path, file, "move it away to have it downloaded, or ")
    tried = []
    for url in urls:
        failure = _download(url, file, folder)
        if failure is None:
            return None
        tried.append(f"\n  {failure}")
    return (
        f"Expected to download {file.name}. Received:{''.join(tried)}\nWithout a network, put the "
        f"file with the hash {' or '.join(file.hashes)} at {path}, or under another folder that "
        f"the environment variable {RAW_DIR_VARIABLE} names, as {folder.name}/{file.name}."
    )


def _mistake(path: Path, file: File, instead: str = "") -> str | None:
    """Return what the user has to know if a file has none of its hashes."""
    if not file.hashes or _matches(path, file):
        return None
    found = ", ".join(_hash(path, known) for known in file.hashes)
    return (
        f"Expected in {path} a file with a hash of {', '.join(file.hashes)}. Received: "
        f"{found}. It is cut short or another file: {instead}put the right one there."
    )


def _download(url: str, file: File, folder: Path) -> str | None:
    """Try one address; return what went wrong, or None once the file is in its place."""
    downloader = pooch.HTTPDownloader(progressbar=True, timeout=SILENCE)
    try:
        with replacing(folder / file.name) as arriving:
            with _watched(arriving):
                downloader(url + file.name, str(arriving), None)
            if not _matches(arriving, file):
                raise ValueError("other content than the published hash")
    except (requests.RequestException, ValueError, _GivenUpError) as error:
        return f"{url}{file.name}: {_reason(error)}"
    except OSError as error:
        raise UserError(
            f"Expected to write {file.name} into {folder}. Received: {error.strerror}. "
            f"Name a folder that can be written to in {RAW_DIR_VARIABLE}, or put the file there."
        ) from None
    return None


@contextlib.contextmanager
def _watched(arriving: Path) -> Iterator[None]:
    """Raise `_GivenUpError` where a file arrives too slowly, or never ends.

    A server that sends a byte now and then is never silent for long, and would hold a reader that
    waits for a whole block: a timer interrupts it, so this is for the main thread alone.
    """
    sizes = [-SLOWEST * WINDOW] * WINDOW  # so that the first seconds may pass

    def check(*_) -> None:
        size = arriving.stat().st_size if arriving.exists() else 0
        if size > LARGEST:
            raise _GivenUpError(f"more than {LARGEST:,} bytes")
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
        case requests.HTTPError():
            return f"status {error.response.status_code}"
        case requests.Timeout():
            return "no answer in time"
        case requests.exceptions.ChunkedEncodingError():
            return "the connection broke off"
        case requests.exceptions.ContentDecodingError():
            return "content that is not packed as the server says"
        case requests.ConnectionError():  # requests takes silence in the middle for one, too
            return "no answer in time" if "timed out" in str(error) else "no connection"
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
