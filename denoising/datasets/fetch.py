"""Files from the network, checked against published hashes; what is there already is used."""

import os
from pathlib import Path

import pooch
import requests

from denoising.errors import UserError
from denoising.params import RemoteFile

RAW_DIR_VARIABLE = "DENOISE_RAW_DIR"


def raw_folder(name: str) -> Path:
    """Return where the files of data set `name` are kept: the user's cache, or another place."""
    chosen = os.environ.get(RAW_DIR_VARIABLE)
    if chosen and not Path(chosen).is_absolute():
        raise UserError(
            f"Expected an absolute path in the environment variable {RAW_DIR_VARIABLE}. "
            f"Received: {chosen!r}"
        )
    return Path(chosen or pooch.os_cache("denoising")) / name


def fetch(file: RemoteFile, urls: list[str], folder: Path) -> Path:
    """Return the path of a file with one of the right hashes, downloaded if it is not there.

    The addresses are tried in turn. A file that is there with another content is never replaced.

    Raises
    ------
    UserError : no address gave the file, or a file of that name has another content.
    """
    path = folder / file.name
    if path.exists():
        if not _matches(path, file):
            raise UserError(
                f"Expected in {path} a file with a hash of {', '.join(file.hashes)}. Received: "
                f"{', '.join(_hash(path, known) for known in file.hashes)}. It is cut short or "
                "another file: move it away to have it downloaded, or put the right one there."
            )
        return path
    failures = [failure for url in urls if (failure := _download(url, file, folder))]
    if path.exists():
        return path
    tried = "\n".join(f"  {failure}" for failure in failures)
    raise UserError(
        f"Expected to download {file.name}. Received:\n{tried}\nWithout a network, put the file "
        f"with the hash {' or '.join(file.hashes)} at {path}, or under another folder that the "
        f"environment variable {RAW_DIR_VARIABLE} names, as {folder.name}/{file.name}."
    )


def _download(url: str, file: RemoteFile, folder: Path) -> str | None:
    """Try one address; return what went wrong, or None once the file is in its place."""
    if (folder / file.name).exists():
        return None
    arriving = folder / f".{file.name}.part"
    downloader = pooch.HTTPDownloader(progressbar=True, timeout=30)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        downloader(url + file.name, str(arriving), None)
        if not _matches(arriving, file):
            return f"{url}{file.name}: other content than the published hash"
        arriving.replace(folder / file.name)
        return None
    except (requests.RequestException, ValueError) as error:
        return f"{url}{file.name}: {_reason(error)}"
    except OSError as error:
        raise UserError(
            f"Expected to write {file.name} into {folder}. Received: {error.strerror}. "
            f"Name a folder that can be written to in {RAW_DIR_VARIABLE}, or put the file there."
        ) from None
    finally:
        arriving.unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0]}"[:200]


def _matches(path: Path, file: RemoteFile) -> bool:
    return any(_hash(path, known) == known for known in file.hashes)


def _hash(path: Path, known: str) -> str:
    algorithm = known.partition(":")[0]
    return f"{algorithm}:{pooch.file_hash(str(path), alg=algorithm)}"
