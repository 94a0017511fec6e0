"""Data sets in the formats IDX and CIFAR, and the digits: read, or refused."""

import gzip
import hashlib
import io
import tarfile

import numpy as np
import pytest

from denoising.config.sources import CifarSource, DigitsSource, IdxSource
from denoising.datasets import cifar, fetch
from denoising.datasets.idx import labelled, read_idx
from denoising.datasets.registry import load
from denoising.files.errors import UserError
from tests.support.idx import CLASSES, idx_header


def idx_bytes(array: np.ndarray) -> bytes:
    return gzip.compress(idx_header(*array.shape) + array.tobytes(), mtime=0)


def random_images(number: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (number, *shape), dtype=np.uint8)


def labels(number: int) -> np.ndarray:
    return np.arange(number, dtype=np.uint8) % 10


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.fixture
def raw(tmp_path, monkeypatch):
    """Return the folder of downloaded files of the data set ``some``."""
    monkeypatch.setenv(fetch.RAW_DIR_VARIABLE, str(tmp_path))
    folder = tmp_path / "some"
    folder.mkdir()
    return folder


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Return the folder of the user's files of the data set ``some``."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "datasets/some"
    folder.mkdir(parents=True)
    return folder


def idx_source(folder, test: int = 20) -> IdxSource:
    files = {}
    for part, number in (("train", 40), ("test", test)):
        for kind, array in (("images", random_images(number, 12, 11)), ("labels", labels(number))):
            content = idx_bytes(array)
            (folder / f"{part}-{kind}.gz").write_bytes(content)
            files[f"{part}_{kind}"] = {"name": f"{part}-{kind}.gz", "hashes": [sha256(content)]}
    return IdxSource(
        format="idx", validation=10, urls=["http://127.0.0.1:9/"], files=files, classes=CLASSES
    )


def test_digits_are_divided_by_class():
    source = DigitsSource(format="digits", size=28, test=300, validation=150, classes=CLASSES)
    splits = load(source, "digits", seed=0)
    assert {name: len(split.labels) for name, split in splits.items()} == {
        "train": 1347,
        "validation": 150,
        "test": 300,
    }
    for split in splits.values():
        assert split.images.shape[1:] == (28, 28, 1)
        assert split.images.dtype == np.uint8
    assert np.ptp(np.bincount(splits["test"].labels)) <= 2
    everything = np.concatenate([split.images for split in splits.values()])
    assert len(np.unique(everything.reshape(1797, -1), axis=0)) == 1797
    other = load(source, "digits", seed=1)
    assert not np.array_equal(splits["test"].images, other["test"].images)


def test_idx_files_are_read_and_the_test_set_stays_whole(raw):
    splits = load(idx_source(raw), "some", seed=0)
    assert splits["train"].images.shape == (30, 12, 11, 1)
    assert splits["validation"].images.shape == (10, 12, 11, 1)
    assert np.array_equal(splits["test"].images[..., 0], random_images(20, 12, 11))
    assert np.array_equal(splits["test"].labels, labels(20))


def archive(path, batches: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in batches.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def records(images: np.ndarray) -> bytes:
    planes = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
    return np.c_[labels(len(images)), planes].astype(np.uint8).tobytes()


def test_cifar_archives_are_read_in_the_order_of_their_names(raw):
    images = random_images(60, 32, 32, 3)
    path = raw / "cifar.tar.gz"
    batches = {
        "data_batch_2.bin": records(images[20:40]),
        "data_batch_1.bin": records(images[:20]),
        "batches.meta.txt": b"airplane\n",
        "test_batch.bin": records(images[40:]),
    }
    archive(path, batches)
    archive_file = {"name": path.name, "hashes": [sha256(path.read_bytes())]}
    source = CifarSource(
        format="cifar", validation=10, urls=["http://x/"], archive=archive_file, classes=CLASSES
    )
    train, test = cifar.read(source, "some", 0)
    assert np.array_equal(train.images, images[:40])
    assert np.array_equal(test.images, images[40:])
    assert np.array_equal(train.labels[:12], [*range(10), 0, 1])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not gzip at all", id="foreign"),
        pytest.param(idx_bytes(random_images(9, 5, 5))[:-30], id="truncated"),
        pytest.param(gzip.compress(b"\0\0\x08\x03\0\0"), id="header cut"),
        pytest.param(idx_bytes(random_images(9, 5)), id="two dimensions"),
        pytest.param(
            gzip.compress(gzip.decompress(idx_bytes(random_images(2, 3, 3))) + b"x"), id="too long"
        ),
        pytest.param(gzip.compress(b"\0\0\x08\x03" + b"\xff" * 12 + b"abc"), id="terabytes"),
    ],
)
def test_other_files_than_idx_files_are_refused(content, tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"images\.gz is not .*IDX file"):
        read_idx(path, 3)


def test_images_and_labels_must_match_in_number(tmp_path):
    images, tags = tmp_path / "images.gz", tmp_path / "labels.gz"
    images.write_bytes(idx_bytes(random_images(4, 5, 5)))
    tags.write_bytes(idx_bytes(labels(3)))
    with pytest.raises(UserError, match=r"4 images .* 3 labels"):
        labelled(images, tags)


def test_labels_out_of_range_are_refused(raw):
    source = idx_source(raw).model_copy(update={"classes": CLASSES[:4]})
    with pytest.raises(UserError, match=r"datasets.some.source.classes.*from 0 to 3.*: 0 to 9"):
        load(source, "some", seed=0)


def test_a_class_without_images_in_a_split_is_named(raw):
    source = idx_source(raw, test=8)
    with pytest.raises(UserError, match=r"no test images of 8, 9\. Expected .* 10 classes"):
        load(source, "some", seed=0)


@pytest.mark.parametrize(
    "batches",
    [
        {"data_batch_1.bin": b"\0" * 3073},
        {"data_batch_1.bin": b"\0" * 3072, "test_batch.bin": b"\0" * 3073},
        {"readme.txt": b"nothing"},
    ],
)
def test_other_files_than_cifar_archives_are_refused(batches, own):
    path = own / "cifar.tar.gz"
    archive(path, batches)
    source = CifarSource(
        format="cifar", validation=10, archive={"name": path.name}, classes=CLASSES
    )
    with pytest.raises(UserError, match="Expected"):
        cifar.read(source, "some", 0)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(UserError, match=r"complete \.tar\.gz"):
        cifar.read(source, "some", 0)


def test_custom_cifar_files_may_have_another_size_and_two_labels(own):
    images = random_images(60, 12, 11, 3)
    content = np.frombuffer(records(images), np.uint8).reshape(60, -1)
    content = np.c_[np.full(60, 99, np.uint8), content]
    (own / "train.bin").write_bytes(content[:40].tobytes())
    (own / "test.bin").write_bytes(content[40:].tobytes())
    size = {"height": 12, "width": 11, "label_bytes": 2}
    source = CifarSource(format="cifar", validation=10, classes=CLASSES, **size)
    train, test = cifar.read(source, "some", 0)
    assert np.array_equal(train.images, images[:40])
    assert np.array_equal(test.images, images[40:])
    assert np.array_equal(test.labels, labels(20))
    other = source.model_copy(update={"label_bytes": 1})
    with pytest.raises(UserError, match=r"datasets/some/test.bin has 7,960 bytes.*of 397 bytes"):
        cifar.read(other, "some", 0)


@pytest.mark.parametrize("pack", [gzip.decompress, bytes], ids=["plain", "gzipped"])
def test_custom_idx_files_need_no_address_and_no_hash(pack, own):
    source = idx_source(own).model_dump() | {"urls": None}
    for file in source["files"].values():
        path = own / file["name"]
        path.write_bytes(pack(path.read_bytes()))
        del file["hashes"]
    splits = load(IdxSource(**source), "some", seed=0)
    assert np.array_equal(splits["test"].images[..., 0], random_images(20, 12, 11))


def test_missing_and_changed_custom_files_are_named(own):
    source = IdxSource(**idx_source(own).model_dump() | {"urls": None})
    (own / "test-images.gz").write_bytes(b"other")
    with pytest.raises(UserError, match=r"some/test-images.gz is truncated .*expected sha"):
        load(source, "some", seed=0)
    (own / "test-images.gz").unlink()
    with pytest.raises(UserError, match=r"missing from datasets/some: test-images.gz.*`urls`"):
        load(source, "some", seed=0)
