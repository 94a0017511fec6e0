"""The report of a made-up run, opened in a browser, and a remote of DVC."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.report_views import CHARTS, DESK
from tests.support.workspace import ENVIRONMENT


@pytest.fixture(scope="session")
def report_page(tmp_path_factory, deterministic) -> Path:
    from denoising.report.page import build
    from tests.support import made_up_run

    target = tmp_path_factory.mktemp("report") / "index.html"
    target.write_text(build(made_up_run.run()), encoding="utf-8")
    return target


@pytest.fixture
def opened(browser, report_page) -> Iterator:
    """Return a function that opens the page; it makes no request, and no error is logged."""
    contexts, complaints = [], []

    def open_page(target: Path = report_page, **settings):
        context = browser.new_context(**{"viewport": DESK, "color_scheme": "light"} | settings)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda one: one.url.startswith("data:") or requests.append(one.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        requests = []
        page.goto(target.as_uri())
        if settings.get("java_script_enabled", True):
            page.wait_for_function(
                f"document.querySelectorAll('.chart svg').length == {len(CHARTS)}"
            )
        assert requests == [target.as_uri()]
        page.requests = requests
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            assert len(page.requests) == 1
        context.close()
    assert complaints == []


@pytest.fixture
def remote(request, tmp_path, monkeypatch) -> Iterator[list[str]]:
    """Return the DVC commands that add a remote: a folder, or a bucket of a server of our own."""
    if getattr(request, "param", "folder") == "folder":
        yield [f"dvc remote add --default shared {tmp_path}/remote"]
        return
    from moto.server import ThreadedMotoServer  # takes a second

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setitem(ENVIRONMENT, name, "testing")
    monkeypatch.setitem(ENVIRONMENT, "AWS_DEFAULT_REGION", "us-east-1")
    # Servers of one process share their buckets.
    for path, method in (("moto-api/reset", "POST"), ("bucket", "PUT")):
        asked = urllib.request.Request(f"http://{host}:{port}/{path}", method=method)
        urllib.request.urlopen(asked).close()
    yield [
        "dvc remote add --default shared s3://bucket/some",
        f"dvc remote modify shared endpointurl http://{host}:{port}",
    ]
    server.stop()
