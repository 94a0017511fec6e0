"""`params.yaml` as typed values: what is misspelt, of a wrong type or impossible stops a stage."""

from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from denoising.errors import UserError

NETWORKS = Path(__file__).parent / "networks"

Fraction = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]
Widths = Annotated[list[Count], Field(min_length=1)]
Hash = Annotated[str, Field(pattern=r"^(md5:[0-9a-f]{32}|sha256:[0-9a-f]{64})$")]
Url = Annotated[str, Field(pattern=r"^https?://.+/$")]


NoiseKind = Literal["gaussian", "speckle", "poisson", "salt_and_pepper"]


class Section(BaseModel):
    """A section of `params.yaml`: no unknown key, no silent conversion, no NaN."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Noise(Section):
    kind: NoiseKind
    level: NonNegative
    clip: bool

    @model_validator(mode="after")
    def _fraction_of_pixels(self):
        if self.kind == "salt_and_pepper" and self.level > 1:
            raise ValueError("level is the fraction of pixels hit: Expected a number from 0 to 1")
        return self


class Sweep(Section):
    levels: Annotated[list[NonNegative], Field(min_length=2)]
    kinds: Annotated[list[NoiseKind], Field(min_length=1)]
    images: Count

    @model_validator(mode="after")
    def _rising_levels(self):
        if sorted(set(self.levels)) != self.levels:
            raise ValueError("levels: Expected each level once, from the lowest to the highest")
        if len(set(self.kinds)) < len(self.kinds):
            raise ValueError("kinds: Expected each kind once")
        if "salt_and_pepper" in self.kinds and self.levels[-1] > 1:
            raise ValueError("levels: Expected at most 1 for salt_and_pepper, the fraction hit")
        return self


class Classical(Section):
    images: Count
    validation_images: Count


class Training(Section):
    noise: Literal["fresh", "fixed"]
    schedule: Literal["cosine", "plateau"]
    patience: Count


def network_names(kind: str) -> list[str]:
    """Return the names of the networks of a kind, as their files say, without importing them."""
    mark = f'KIND = "{kind}"'
    return sorted(path.stem for path in NETWORKS.glob("*.py") if mark in path.read_text("utf-8"))


def one_of(kind: str) -> AfterValidator:
    """Return a check that a name is that of a network of `kind`."""

    def check(name: str) -> str:
        if name not in network_names(kind):
            names = ", ".join(network_names(kind))
            raise ValueError(f"Expected a {kind} of denoising/networks: {names}")
        return name

    return AfterValidator(check)


class Classifier(Section):
    name: Annotated[str, one_of("classifier")]
    options: dict[str, Any]
    learning_rate: Positive
    weight_decay: NonNegative
    label_smoothing: Fraction


class Denoiser(Section):
    """What a denoiser is built with, and which levels of noise it is trained on."""

    options: dict[str, Any]
    loss: Literal[
        "mean_squared_error", "mean_absolute_error", "binary_crossentropy", "bce_and_ssim"
    ]
    learning_rate: Positive
    noise_range: Annotated[list[NonNegative], Field(min_length=2, max_length=2)] | None = None
    told: bool = False

    @model_validator(mode="after")
    def _lower_level_first(self):
        if self.noise_range and not self.noise_range[0] < self.noise_range[1]:
            raise ValueError("noise_range: Expected two levels, the lower one first")
        if "told" in self.options:
            raise ValueError("options.told: Expected it beside the options, not among them")
        if self.told and not self.noise_range:
            raise ValueError("told: Expected a noise_range: of one level there is nothing to tell")
        return self

    @property
    def all_options(self) -> dict[str, Any]:
        """The arguments of the network's ``build``."""
        return self.options | ({"told": True} if self.told else {})

    def check_noise(self, noise: Noise, training: str) -> None:
        """Raise `ValueError` where the range does not go with the noise of the other images."""
        if self.noise_range and not self.noise_range[0] <= noise.level <= self.noise_range[1]:
            raise ValueError(
                "noise_range: Expected one that holds noise.level, that of test images"
            )
        if self.noise_range and training == "fixed":
            raise ValueError("noise_range: Expected fresh training noise: its levels are drawn")
        if self.noise_range and noise.kind == "salt_and_pepper" and self.noise_range[1] > 1:
            raise ValueError("noise_range: Expected fractions of the pixels hit, from 0 to 1")


class Autoencoder(Denoiser):
    name: Annotated[str, one_of("autoencoder")]


class Joint(Section):
    classification_weight: Fraction
    learning_rate: Positive
    weight_decay: NonNegative
    label_smoothing: Fraction


class Detector(Section):
    source: Literal["rendered", "files"]
    training_patches: Annotated[int, Field(ge=100)]
    scored_patches: Annotated[int, Field(ge=100)]
    ground_truth: str
    outputs: str
    positive_label: Literal[0, 1]


class Roc(Section):
    resamples: Annotated[int, Field(ge=100)]


class DigitsSource(Section):
    format: Literal["digits"]
    size: Annotated[int, Field(ge=11, le=256)]
    test: Count
    validation: Count
    classes: Annotated[list[str], Field(min_length=10, max_length=10)]


class RemoteFile(Section):
    name: Annotated[str, Field(pattern=r"^[\w][\w.-]*$")]
    hashes: Annotated[list[Hash], Field(min_length=1)]


class IdxFiles(Section):
    train_images: RemoteFile
    train_labels: RemoteFile
    test_images: RemoteFile
    test_labels: RemoteFile


class IdxSource(Section):
    format: Literal["idx"]
    validation: Count
    urls: Annotated[list[Url], Field(min_length=1)]
    files: IdxFiles
    classes: Annotated[list[str], Field(min_length=2)]


class CifarSource(Section):
    format: Literal["cifar"]
    validation: Count
    urls: Annotated[list[Url], Field(min_length=1)]
    archive: RemoteFile
    classes: Annotated[list[str], Field(min_length=2)]


class Course(Section):
    epochs: Count
    batch_size: Count


class Augmentation(Section):
    flip: bool
    shift: Annotated[int, Field(ge=0)]


class DatasetTraining(Section):
    classifier: Course
    autoencoder: Course
    joint: Course
    precision: Literal["float32", "mixed_bfloat16", "auto"]
    augmentation: Augmentation


class Dataset(Section):
    source: Annotated[DigitsSource | IdxSource | CifarSource, Field(discriminator="format")]
    training: DatasetTraining


class Params(Section):
    """All of `params.yaml`."""

    seed: Annotated[int, Field(ge=0, lt=2**32)]
    dataset: str
    noise: Noise
    training: Training
    classifier: Classifier
    autoencoder: Autoencoder
    joint: Joint
    sweep: Sweep
    classical: Classical
    detector: Detector
    roc: Roc
    datasets: dict[str, Dataset]

    @model_validator(mode="after")
    def _known_dataset(self):
        if self.dataset not in self.datasets:
            known = ", ".join(self.datasets)
            raise ValueError(
                f"dataset: Expected an entry of `datasets`: {known}. Received: {self.dataset!r}"
            )
        return self

    @model_validator(mode="after")
    def _possible_range(self):
        self.autoencoder.check_noise(self.noise, self.training.noise)
        return self

    @model_validator(mode="after")
    def _swept_kind(self):
        if self.noise.kind not in self.sweep.kinds:
            raise ValueError(
                f"sweep.kinds: Expected noise.kind, {self.noise.kind}, among them, as the networks "
                f"are trained on it. Received: {', '.join(self.sweep.kinds)}"
            )
        if self.autoencoder.told and len(self.sweep.kinds) > 1:
            raise ValueError(
                "sweep.kinds: Expected noise.kind alone where the autoencoder is told the level: "
                "that of another kind means something else"
            )
        return self

    @property
    def data(self) -> Dataset:
        """The entry of `datasets` that `dataset` picks."""
        return self.datasets[self.dataset]


def read_params(path: Path | str = "params.yaml") -> Params:
    """Read and check the parameters; raise `UserError` with each key that is wrong."""
    return read_sections(path, Params)


Root = TypeVar("Root", bound=Section)


def read_sections(path: Path | str, root: type[Root]) -> Root:
    """Read a YAML file as `root`; raise `UserError` with each key that is wrong."""
    path = Path(path)
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(
            f"Expected the parameters in {path}. Received: {error.strerror}. "
            "Run it in the repository's root."
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"Expected YAML in UTF-8 in {path}. Received: {error}") from None
    try:
        return root.model_validate(values)
    except ValidationError as failure:
        wrong = "\n".join(f"  {_explain(error, root)}" for error in failure.errors())
        raise UserError(f"{path} has values that no stage can use:\n{wrong}") from None


def _explain(error: dict, root: type[Section]) -> str:
    """Say of one error of pydantic's: which key, what is accepted, what was received."""
    tags = ("digits", "idx", "cifar")
    place = list(error["loc"])
    keys = [
        str(part)
        for number, part in enumerate(place)
        if not (part in tags and number and place[number - 1] == "source")
    ]
    received = f"Received: {error['input']!r} (of type {type(error['input']).__name__})"
    match error["type"]:
        case "extra_forbidden":
            accepted = ", ".join(_section(place[:-1], root).model_fields)
            return f"{'.'.join(keys)}: unknown key. Expected one of: {accepted}. {received}"
        case "missing":
            return f"{'.'.join(keys)}: Expected this key. Received: nothing under that name"
        case "value_error":
            where = f"{'.'.join(keys)}: " if keys else ""
            return f"{where}{error['ctx']['error']}" + (f". {received}" if keys else "")
        case _:
            return f"{'.'.join(keys) or 'the file'}: Expected: {error['msg']}. {received}"


def _section(place: list, root: type[Section]) -> type[Section]:
    """Return the model of the section at `place`, seen from `root`."""
    sources = {"digits": DigitsSource, "idx": IdxSource, "cifar": CifarSource}
    kind = root
    for part in place:
        some = [one for one in get_args(kind) if one is not NoneType]
        if get_origin(kind) is UnionType and len(some) == 1:
            kind = some[0]
        if get_origin(kind) is dict:
            kind = get_args(kind)[1]
        elif isinstance(kind, type) and issubclass(kind, Section):
            kind = kind.model_fields[part].annotation
        else:
            kind = sources[part]
    return kind
