"""The panel of the report: test images at every noise level, with each arm's prediction."""

from typing import Any, NamedTuple

from denoising.evaluation.arms import ARMS
from denoising.report.numbers import confidence_text, level_text
from denoising.report.states import STATES

LABEL = 0.08  # least distance of two labels, of the length of the slider on a phone


class Prediction(NamedTuple):
    """An arm's prediction for an image.

    Attributes
    ----------
    label : name of the predicted class.
    confidence : calibrated, 0 to 1.
    right : whether the prediction is correct.
    """

    label: str
    confidence: float
    right: bool

    @property
    def text(self) -> str:
        """The confidence as text."""
        return confidence_text(self.confidence)


class View(NamedTuple):
    """An image at one noise level.

    Attributes
    ----------
    pictures : data URLs, by the keys of `STATES`.
    psnr : in dB, by the keys of `STATES`; None for an image identical to the clean one.
    predictions : by arm.
    """

    pictures: dict[str, str]
    psnr: dict[str, float | None]
    predictions: dict[str, Prediction]

    def summary(self) -> str:
        """Return the number of arms that are right."""
        right = sum(found.right for found in self.predictions.values())
        return f"{right} of {len(self.predictions)} arms are right."


class Example(NamedTuple):
    """A test image.

    Attributes
    ----------
    label : name of its class.
    turn : its number among the panel's images of that class, from 1.
    clean : data URL of the clean image.
    views : by noise level.
    """

    label: str
    turn: int
    clean: str
    views: dict[float, View]

    @property
    def name(self) -> str:
        """The class, with a number from its second image on."""
        return self.label if self.turn == 1 else f"{self.label} ({self.turn})"


class Step(NamedTuple):
    """A noise level on the slider: its text, its place from 0 to 1, and whether it is labelled."""

    text: str
    place: float
    labelled: bool


def steps(levels: list[float]) -> list[Step]:
    """Return the steps of the slider; levels too near to another one have no label."""
    found, last = [], -1.0
    for level in levels:
        place = (level - levels[0]) / ((levels[-1] - levels[0]) or 1)
        labelled = place - last >= LABEL
        last = place if labelled else last
        found.append(Step(level_text(level), round(place, 4), labelled))
    return found


def panel_data(examples: list[Example], levels: list[float]) -> dict[str, Any]:
    """Return the data of the panel's script, with the views in the order of the levels."""
    return {
        "levels": [level_text(level) for level in levels],
        "states": {name: state.label for name, state in STATES.items()},
        "images": [
            {
                "name": example.name,
                "clean": example.clean,
                "views": [_view_data(example.views[level]) for level in levels],
            }
            for example in examples
        ],
    }


def _view_data(view: View) -> dict[str, Any]:
    return {
        "summary": view.summary(),
        "pictures": [view.pictures[state] for state in STATES],
        "psnr": [view.psnr[state] for state in STATES],
        "predictions": [[*view.predictions[arm], view.predictions[arm].text] for arm in ARMS],
    }
