"""Files of data sets: downloaded once, checked by their hash, or provided by the user."""

import hashlib
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from denoising.config.sources import File
from denoising.datasets import fetch
from denoising.files.errors import UserError


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.fixture
def server(tmp_path):
    """Serve a folder on this machine; yield the address and the folder."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    handler.log_message = lambda *_: None
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/", folder
        running.shutdown()


def test_a_file_is_downloaded_once_and_from_the_mirror_if_need_be(server, tmp_path):
    address, served = server
    (served / "file.gz").write_bytes(b"content")
    file = File(name="file.gz", hashes=[sha256(b"content")])
    urls = ["http://127.0.0.1:9/", f"{address}gone/", address]
    [path] = fetch.fetch([file], urls, tmp_path / "raw" / "some")
    assert path.read_bytes() == b"content"
    (served / "file.gz").unlink()
    assert fetch.fetch([file], urls, path.parent) == [path]
    assert [item.name for item in path.parent.iterdir()] == ["file.gz"]


def test_without_a_network_the_message_names_the_file_and_its_place(tmp_path):
    file = File(name="file.gz", hashes=["md5:" + "0" * 32])
    folder = tmp_path / "some"
    with pytest.raises(UserError) as failure:
        fetch.fetch([file], ["http://127.0.0.1:9/"], folder)
    for part in ("127.0.0.1:9/file.gz", str(folder / "file.gz"), file.hashes[0], "DENOISE_RAW_DIR"):
        assert part in str(failure.value)
    assert not list(folder.iterdir())


def test_a_file_with_another_hash_is_reported_and_kept(tmp_path):
    (tmp_path / "file.gz").write_bytes(b"mine")
    file = File(name="file.gz", hashes=[sha256(b"content")])
    with pytest.raises(UserError, match=r"file\.gz.*Its hash is sha256:"):
        fetch.fetch([file], ["http://127.0.0.1:9/"], tmp_path)
    assert (tmp_path / "file.gz").read_bytes() == b"mine"


def test_any_of_the_listed_hashes_is_accepted(tmp_path):
    (tmp_path / "file.gz").write_bytes(b"content")
    file = File(name="file.gz", hashes=["md5:" + "0" * 32, sha256(b"content")])
    assert fetch.fetch([file], ["http://127.0.0.1:9/"], tmp_path) == [tmp_path / "file.gz"]
