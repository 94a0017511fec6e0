"""The `source` of an entry of `datasets`, one section per ``format``."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from denoising.config.yaml_schema import Count, ImpossibleError, Section

Hash = Annotated[str, Field(pattern=r"^(md5:[0-9a-f]{32}|sha256:[0-9a-f]{64})$")]
FileName = Annotated[str, Field(pattern=r"^[\w][\w.-]*$")]
Url = Annotated[str, Field(pattern=r"^https?://.+/$")]
Side = Annotated[int, Field(ge=11, le=1024)]
LARGEST_FILE = 2**30


def _each_once(names: list[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise ValueError("Expected each class once")
    return names


def _several_or_none(names: list[str]) -> list[str]:
    if len(names) == 1:
        raise ValueError("Expected at least two classes, or none for denoising alone: []")
    return _each_once(names)


Classes = Annotated[list[str], Field(min_length=2), AfterValidator(_each_once)]


class DigitsSource(Section):
    """The digits of scikit-learn, resampled to `size` squared; `test` of them for the test."""

    format: Literal["digits"]
    size: Annotated[int, Field(ge=11, le=256)]
    test: Count
    validation: Count
    classes: Annotated[list[str], Field(min_length=10, max_length=10)]


class File(Section):
    """A file to download, or in ``datasets/NAME/``; any one of its hashes must match."""

    name: FileName
    hashes: list[Hash] = Field(default_factory=list)


class FilesSource(Section):
    """Files downloaded from `urls`, or the user's own in ``datasets/NAME/`` if there are none.

    `largest_file` is in bytes: of a file that is downloaded, and of the content of a gzipped one.
    """

    validation: Count
    urls: Annotated[list[Url], Field(min_length=1)] | None = None
    classes: Classes
    largest_file: Annotated[int, Field(ge=1, le=2**50)] = LARGEST_FILE

    def check_hashes(self, files: dict[str, File]) -> None:
        """Raise `ImpossibleError` for a file to download that has no hash."""
        for key, file in files.items():
            if self.urls and not file.hashes:
                expected = "Expected the published hashes of a file that is downloaded"
                raise ImpossibleError(f"{key}.hashes", expected, file.hashes)


class IdxFiles(Section):
    """The four files of a data set in the IDX format."""

    train_images: File
    train_labels: File
    test_images: File
    test_labels: File


class IdxSource(FilesSource):
    """Files in the format of MNIST."""

    format: Literal["idx"]
    files: IdxFiles

    @model_validator(mode="after")
    def _checked_downloads(self):
        self.check_hashes({f"files.{key}": file for key, file in self.files})
        return self


class CifarSource(FilesSource):
    """Records in the format of CIFAR-10, in an `archive` or in ``.bin`` files in the folder."""

    format: Literal["cifar"]
    archive: File | None = None
    height: Side = 32
    width: Side = 32
    label_bytes: Annotated[int, Field(ge=1, le=2)] = 1

    @model_validator(mode="after")
    def _checked_downloads(self):
        if self.urls and not self.archive:
            raise ImpossibleError("archive", "Expected the archive to download", None)
        self.check_hashes({"archive": self.archive} if self.archive else {})
        return self


class FolderSource(Section):
    """Pictures in one folder per class; without `test`, inside folders ``train`` and ``test``.

    Without classes, pictures in the folder, at any depth, for denoising alone. Pictures with the
    same bytes are refused, or all but one of them are dropped. `white` is the value of white in
    pictures of more than 8 bits; it is found in them if omitted.
    """

    format: Literal["folder"]
    height: Side
    width: Side
    channels: Literal[1, 3]
    test: Count | None = None
    validation: Count
    white: Annotated[float, Field(gt=0)] | None = None
    classes: Annotated[list[str], AfterValidator(_several_or_none)]
    repeated: Literal["refuse", "drop"] = "refuse"


Source = Annotated[
    DigitsSource | IdxSource | CifarSource | FolderSource, Field(discriminator="format")
]
