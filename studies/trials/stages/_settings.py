"""The trials of the study: the network that each trains, and the parameters that it changes."""

from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError, model_validator

from denoising.config.params import Params
from denoising.config.yaml_reader import read_sections
from denoising.config.yaml_schema import Count, ImpossibleError, Section, explain
from denoising.files.errors import UserError
from stages._paths import MODELS

SETTINGS = Path("studies/trials/params.yaml")
TRAINED = MODELS / "trials"

BASES = {
    "classifier_clean": "clean",
    "classifier_noisy": "noisy",
    "autoencoder": "autoencoder",
    "classifier_denoised": "denoised",
    "joint": "joint",
}
"""The trial of each network that changes nothing, and from which others take that network."""

EVERY = (
    *("training.schedule", "training.patience", "training.epoch_factor"),
    *("training.weight_averaging", "datasets.{dataset}.training.augmentation"),
    "datasets.{dataset}.training.precision",
)
CLASSIFIER = (
    *("classifier.options", "classifier.learning_rate", "classifier.weight_decay"),
    *("classifier.label_smoothing", "datasets.{dataset}.training.classifier"),
)
AUTOENCODER = (
    *("autoencoder.options", "autoencoder.loss", "autoencoder.learning_rate"),
    "datasets.{dataset}.training.autoencoder",
)
NOISY = ("training.noise", "training.distillation")
CHANGEABLE = {
    "classifier_clean": (*EVERY, *CLASSIFIER),
    "classifier_noisy": (*EVERY, *CLASSIFIER, *NOISY),
    "autoencoder": (*EVERY, *AUTOENCODER, "training.noise"),
    "classifier_denoised": (*EVERY, *CLASSIFIER, *NOISY),
    "joint": (*EVERY, *NOISY, "joint", "datasets.{dataset}.training.joint"),
}
"""What a trial of each network may change: all that its training reads, but for what is measured,
and for names of networks, on whose code `dvc.yaml` lets a trial depend."""

Changes = dict[str, Any]


class Trial(NamedTuple):
    """A training of a network with changed parameters, by their dotted keys."""

    network: str
    name: str
    changes: Changes

    @property
    def key(self) -> str:
        """The key of the trial in the study's `params.yaml`."""
        return f"trials.{self.network}.{self.name}"


class Trials(Section):
    """For each network, the changes of its trials, by their names."""

    classifier_clean: dict[str, Changes]
    classifier_noisy: dict[str, Changes]
    autoencoder: dict[str, Changes]
    classifier_denoised: dict[str, Changes]
    joint: dict[str, Changes]

    @model_validator(mode="after")
    def _comparable(self):
        for network, base in BASES.items():
            trials = getattr(self, network)
            if next(iter(trials.items()), None) != (base, {}):
                expected = f"Expected `{base}: {{}}` first, with which the others are compared"
                raise ImpossibleError(network, expected, trials)
        return self


class Settings(Section):
    """All of the study's `params.yaml`.

    Attributes
    ----------
    dataset : an entry of `datasets` in the pipeline's parameters.
    images : number of training images, the first of the data set.
    """

    dataset: str
    images: Count
    trials: Trials

    def every(self) -> list[Trial]:
        """Return the trials, those of a network together and its base first."""
        return [
            Trial(network, name, changes)
            for network in BASES
            for name, changes in getattr(self.trials, network).items()
        ]

    def find(self, name: str) -> Trial:
        """Return a trial by its name; raise `UserError` if there is none."""
        found = {trial.name: trial for trial in self.every()}
        if name not in found:
            raise UserError(
                f"{SETTINGS} has no trial {name!r}. Expected one of: {', '.join(found)}"
            )
        return found[name]


def read_settings() -> Settings:
    """Read and check the study's `params.yaml`."""
    return read_sections(SETTINGS, Settings)


def changed(params: Params, trial: Trial, dataset: str) -> Params:
    """Return the parameters of a trial on a data set.

    Raises
    ------
    UserError
        A change is unknown, does nothing for the network, or has an impossible value.
    """
    values: Changes = params.model_dump() | {"dataset": dataset}
    known = [key.format(dataset=dataset) for key in CHANGEABLE[trial.network]]
    for key, value in trial.changes.items():
        if not any(f"{key}.".startswith(f"{one}.") for one in known):
            raise UserError(
                f"{SETTINGS}: {trial.key}: {key} is unknown, or does nothing for the network "
                f"{trial.network}. Expected one of these keys, or a key in one: {', '.join(known)}"
            )
        *above, last = key.split(".")
        section: Changes = values
        for part in above:
            if not isinstance(section.get(part), dict):
                section[part] = {}
            section = section[part]
        if last in section and section[last] == value:
            raise UserError(
                f"{SETTINGS}: {trial.key}: {key} is {value} in params.yaml, too. Change it to "
                "another value, or remove the trial."
            )
        section[last] = value
    try:
        return Params.model_validate(values)
    except ValidationError as failure:
        wrong = "; ".join(explain(error, Params) for error in failure.errors())
        raise UserError(f"{SETTINGS}: {trial.key}: {wrong}") from None
