"""The report of a made-up run, opened in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.report_views import CHARTS, DESK


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
