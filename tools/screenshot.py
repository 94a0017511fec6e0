"""Take a picture of the top of the report's page: `python -m results.screenshot`.

It needs Chromium, at /usr/bin/chromium or where the environment variable CHROMIUM says, and
`report/index.html`, which `dvc repro` writes; the picture is `results/plots/report.png`.
"""

import os
import shutil
import sys
from pathlib import Path

import pyvips

from denoising.files.atomic import existing, replacing
from denoising.files.errors import UserError

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
PAGE = Path("report/index.html")
TARGET = Path(__file__).parent / "plots" / "report.png"
WIDTH, HEIGHT = 1000, 1100


def main() -> None:
    from playwright.sync_api import sync_playwright

    page = existing(PAGE).resolve().as_uri()
    if not shutil.which(CHROMIUM):
        raise UserError(
            f"Expected Chromium at {CHROMIUM}. Received: none. Set CHROMIUM to the browser's path."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        shown = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        shown.goto(page)
        picture = shown.screenshot()
        browser.close()
    image = pyvips.Image.new_from_buffer(picture, "")
    with replacing(TARGET) as partial:
        partial.write_bytes(
            image.write_to_buffer(".png", palette=True, compression=9, dither=0, keep="none")
        )


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.exit(f"error: {error}")
