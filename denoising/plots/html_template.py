"""Write the page template for `dvc plots`: `python -m denoising.plots.html_template PATH`.

DVC's own page loads Vega from the network. This one includes Vega, from vl-convert-python, and
loads nothing. `make` sets it as DVC's `plots.html_template`.
"""

import sys
from pathlib import Path

import vl_convert

from denoising.files.atomic import replacing

VEGA_LITE = "6.4"  # the version of the templates in .dvc/plots

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
{refresh_tag}
<title>Plots</title>
<script>%s</script>
<style>
body { font-family: sans-serif; margin: 1.5rem; background: white; color: #222;
  display: flex; flex-wrap: wrap; gap: 2.5rem; align-items: flex-start; }
img { max-width: 100%%; }
</style>
</head>
<body>
{plot_divs}
</body>
</html>
"""


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m denoising.plots.html_template PATH")
    # The stub requires the optional snippet.
    bundle = vl_convert.javascript_bundle(vl_version=VEGA_LITE)  # pyright: ignore[reportCallIssue]
    with replacing(Path(sys.argv[1])) as partial:
        partial.write_text(PAGE % bundle, encoding="utf-8")


if __name__ == "__main__":
    main()
