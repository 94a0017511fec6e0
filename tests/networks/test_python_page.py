"""The examples of `docs/python.md`, run in order in a folder with models."""

import re

import denoising
from denoising.networks import joint, residual_unet
from tests.networks.conftest import CARD, write
from tests.support.dag import ROOT

PAGE = (ROOT / "docs/python.md").read_text("utf-8")
TABLE = dict(re.findall(r"^\| `(\w+)\(.*\| `([^`]+)` \|$", PAGE, re.MULTILINE))


def test_the_table_has_an_example_of_every_function():
    assert sorted(TABLE) == denoising.__all__
    assert all(f"{name}(" in example for name, example in TABLE.items())


def test_the_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()
    write(tmp_path / "models/autoencoder.onnx", residual_unet.build((None, None, 1), width=8))
    card = CARD.model_copy(update={"classes": ["cat", "dog"]})
    network = joint.build((None, None, 1), 2, residual_unet, {"width": 8})
    write(tmp_path / "models/joint.onnx", network, card)

    first, second = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    found = {}
    exec("\n".join([first, *TABLE.values()]), found)
    assert found["restored"].shape == found["noisy"].shape == found["image"].shape
    assert abs(found["level"] - 0.1) < 0.01
    assert found["chances"].shape == (2,)

    exec(second, found)
    assert found["denoised"].shape == (2, 28, 28, 1)
