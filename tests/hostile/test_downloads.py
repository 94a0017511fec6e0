"""Servers that are dead, slow, endless or wrong: a reason for each, and nothing left over."""

import hashlib
import socket
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from denoising.config.sources import File
from denoising.datasets import fetch
from denoising.files.errors import UserError

CONTENT = bytes(range(256)) * 1000
FILE = File(name="file.gz", hashes=[f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"])
ENDED = Event()  # lets the servers' threads end with the test


def answer(handler, status: int = 200, length: int | None = None, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    if length is not None:
        handler.send_header("Content-Length", str(length))
    handler.end_headers()


def whole(handler) -> None:
    answer(handler, length=len(CONTENT))
    handler.wfile.write(CONTENT)


def missing(handler) -> None:
    answer(handler, 404, 0)


def broken(handler) -> None:
    answer(handler, 500, 0)


def loop(handler) -> None:
    answer(handler, 302, 0, Location=handler.path)


def to_a_file(handler) -> None:
    answer(handler, 302, 0, Location="file:///etc/hostname")


def to_nowhere(handler) -> None:
    answer(handler, 302, 0, Location="http://[::1/")


def cut(handler) -> None:
    answer(handler, length=len(CONTENT))
    handler.wfile.write(CONTENT[:1000])


def longer(handler) -> None:
    """Send more bytes than announced."""
    answer(handler, length=1000)
    handler.wfile.write(CONTENT)


def other(handler) -> None:
    answer(handler, length=6)
    handler.wfile.write(b"<html>")


def nonsense(handler) -> None:
    handler.wfile.write(b"\0\xff" * 5000)


def no_number(handler) -> None:
    answer(handler, **{"Content-Length": "many"})
    handler.wfile.write(CONTENT)


def bad_gzip(handler) -> None:
    answer(handler, length=6, **{"Content-Encoding": "gzip"})
    handler.wfile.write(b"<html>")


def endless(handler) -> None:
    answer(handler)
    while not ENDED.is_set():
        handler.wfile.write(CONTENT)


def silent(handler) -> None:
    ENDED.wait(60)


def silent_after_the_headers(handler) -> None:
    answer(handler, length=len(CONTENT))
    ENDED.wait(60)


def dripping(handler) -> None:
    answer(handler, length=len(CONTENT))
    drip(handler)


def dripping_headers(handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Some: ")
    drip(handler)


def drip(handler) -> None:
    while not ENDED.wait(0.1):
        handler.wfile.write(b"x")


@pytest.fixture
def serve() -> Iterator[Callable]:
    """Return a function that starts a server with one answer, and gives its address."""
    servers = []

    def start(answering: Callable) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                answering(self)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.handle_error = lambda *_: None  # the other side gave up
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    ENDED.clear()
    yield start
    ENDED.set()
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def impatient(monkeypatch) -> None:
    """Shorten the time limits."""
    monkeypatch.setattr(fetch, "SILENCE", 1)
    monkeypatch.setattr(fetch, "WINDOW", 1)


def closed_port() -> str:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{server.getsockname()[1]}/"


@pytest.mark.parametrize(
    ("answering", "reason"),
    [
        (None, "no connection"),
        (missing, "status 404"),
        (broken, "status 500"),
        (loop, "30 redirects"),
        (to_a_file, "file:///etc/hostname"),
        (to_nowhere, "Invalid IPv6 URL"),
        (cut, "the connection was closed early"),
        (longer, "does not match the published hash"),
        (other, "does not match the published hash"),
        (nonsense, "no connection"),
        (no_number, "'many'"),
        (bad_gzip, "not compressed as its headers state"),
        (endless, "more than 2,560,000 bytes, the `largest_file` of its source"),
        (silent, "timed out"),
        (silent_after_the_headers, "timed out"),
        (dripping, "less than 1,024 bytes in 1 seconds"),
        (dripping_headers, "less than 1,024 bytes in 1 seconds"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_bad_server_is_reported_and_its_mirror_used(
    answering, reason, serve, impatient, tmp_path
):
    address = serve(answering) if answering else closed_port()
    folder = tmp_path / "some"
    with pytest.raises(UserError) as failure:
        fetch.fetch([FILE], [address], folder, largest=10 * len(CONTENT))
    line = next(line for line in str(failure.value).splitlines() if address in line)
    assert reason in line.partition("file.gz: ")[2]
    assert len(line) < 400
    assert not list(folder.iterdir())
    assert fetch.fetch([FILE], [address, serve(whole)], folder) == [folder / "file.gz"]
    assert (folder / "file.gz").read_bytes() == CONTENT
    assert [path.name for path in folder.iterdir()] == ["file.gz"]


def test_a_download_from_a_slow_but_steady_server_succeeds(serve, monkeypatch, tmp_path):
    def steady(handler):
        answer(handler, length=len(CONTENT))
        for start in range(0, len(CONTENT), 16000):
            handler.wfile.write(CONTENT[start : start + 16000])
            ENDED.wait(0.25)

    monkeypatch.setattr(fetch, "WINDOW", 1)
    [path] = fetch.fetch([FILE], [serve(steady)], tmp_path / "some")
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("raw", "'raw'.*absolute path"),
        ("{}/missing", "Create the"),
        ("{}/file", "an existing folder"),
    ],
)
def test_an_invalid_raw_folder_is_reported(value, message, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setenv(fetch.RAW_DIR_VARIABLE, value.format(tmp_path))
    with pytest.raises(UserError, match=message) as failure:
        fetch.raw_folder("mnist")
    assert "DENOISE_RAW_DIR" in str(failure.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_in_place_of_a_file_is_reported(tmp_path: Path):
    (tmp_path / "file.gz").mkdir()
    with pytest.raises(UserError, match="not readable"):
        fetch.fetch([FILE], [closed_port()], tmp_path)
    assert (tmp_path / "file.gz").is_dir()
