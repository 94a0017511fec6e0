"""The panel of the report that the pipeline wrote."""

import base64

import numpy as np
import pyvips

from denoising.images import as_float
from denoising.report.look import choose
from tests.support.report_views import panel_of
from tests.support.yaml_files import read_yaml


def pixels(address: str) -> np.ndarray:
    content = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    return np.asarray(pyvips.Image.new_from_buffer(content, "")).astype(int)


def test_the_panel_shows_the_images_and_the_noise_of_the_pipeline(copy):
    html = (copy / "report/index.html").read_text()
    panel = panel_of(html)
    params = read_yaml(copy / "params.yaml")
    labels, clean, noisy = (
        np.load(copy / "data" / path)
        for path in ("clean/test/labels.npy", "clean/test/images.npy", "noisy/test/images.npy")
    )
    place = params["sweep"]["levels"].index(params["noise"]["level"])
    for index, image in zip(choose(labels, clean.shape[1:], 3), panel["images"], strict=True):
        assert (pixels(image["clean"]) == clean[index].squeeze()).all()
        shown = pixels(image["views"][place]["pictures"][0])
        assert (shown == np.rint(255 * as_float(noisy[index]).squeeze())).all()
        assert params["datasets"]["digits"]["source"]["classes"][labels[index]] in image["name"]
