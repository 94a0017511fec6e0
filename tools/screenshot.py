"""Take a screenshot of the top of the report: `python -m tools.screenshot`.

It needs `report/index.html`, which `dvc repro` writes, and Chromium, at /usr/bin/chromium or at the
path in the environment variable CHROMIUM. The picture is ``results/plots/report.png``.
"""

import os
import shutil

import pyvips

from denoising.files.atomic import existing, replacing
from denoising.files.errors import UserError
from tools._program import RESULTS, ROOT, run

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
PAGE = ROOT / "report" / "index.html"
TARGET = RESULTS / "plots" / "report.png"
WIDTH, HEIGHT = 1000, 1100


def main() -> None:
    from playwright.sync_api import sync_playwright

    page = existing(PAGE).as_uri()
    if not shutil.which(CHROMIUM):
        raise UserError(
            f"There is no Chromium at {CHROMIUM}. Install it, or set CHROMIUM to its path."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        shown = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        shown.goto(page)
        picture = shown.screenshot()
        browser.close()
    image: pyvips.Image = pyvips.Image.new_from_buffer(picture, "")
    with replacing(TARGET) as partial:
        partial.write_bytes(
            image.write_to_buffer(".png", palette=True, compression=9, dither=0, keep="none")
        )


if __name__ == "__main__":
    run(main)
