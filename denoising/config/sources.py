"""The sources of images, as `params.yaml` has them: an entry's ``source``, by its ``format``."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from denoising.config.yaml_schema import Count, ImpossibleError, Section

Hash = Annotated[str, Field(pattern=r"^(md5:[0-9a-f]{32}|sha256:[0-9a-f]{64})$")]
FileName = Annotated[str, Field(pattern=r"^[\w][\w.-]*$")]
Url = Annotated[str, Field(pattern=r"^https?://.+/$")]
Side = Annotated[int, Field(ge=11, le=1024)]


def _each_once(names: list[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise ValueError("Expected each class once")
    return names


Classes = Annotated[list[str], Field(min_length=2), AfterValidator(_each_once)]


class DigitsSource(Section):
    format: Literal["digits"]
    size: Annotated[int, Field(ge=11, le=256)]
    test: Count
    validation: Count
    classes: Annotated[list[str], Field(min_length=10, max_length=10)]


class File(Section):
    name: FileName
    hashes: list[Hash] = Field(default_factory=list)


class FilesSource(Section):
    """Files that are downloaded from `urls`, or, without these, one's own in `datasets/NAME/`."""

    validation: Count
    urls: Annotated[list[Url], Field(min_length=1)] | None = None
    classes: Classes

    def check_hashes(self, files: dict[str, File]) -> None:
        """Raise `ImpossibleError` for a file to be downloaded that cannot be checked."""
        for key, file in files.items():
            if self.urls and not file.hashes:
                expected = "Expected the published hashes of a file that is downloaded"
                raise ImpossibleError(f"{key}.hashes", expected, file.hashes)


class IdxFiles(Section):
    train_images: File
    train_labels: File
    test_images: File
    test_labels: File


class IdxSource(FilesSource):
    format: Literal["idx"]
    files: IdxFiles

    @model_validator(mode="after")
    def _checked_downloads(self):
        self.check_hashes({f"files.{key}": file for key, file in self.files})
        return self


class CifarSource(FilesSource):
    """Without an `archive` the records are in files ending in ``.bin`` in the data set's folder."""

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
    """Pictures, a folder a class; without `test` in such folders within ``train`` and ``test``."""

    format: Literal["folder"]
    height: Side
    width: Side
    channels: Literal[1, 3]
    test: Count | None = None
    validation: Count
    classes: Classes


Source = Annotated[
    DigitsSource | IdxSource | CifarSource | FolderSource, Field(discriminator="format")
]
