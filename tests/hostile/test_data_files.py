"""Damaged and hostile image files: read or refused, in bounded memory."""

import gzip
import io
import tarfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denoising.config.sources import CifarSource
from denoising.datasets import cifar
from denoising.datasets.idx import labelled, read_idx
from denoising.datasets.splits import Split
from denoising.files.errors import UserError
from tests.support.cases import fuzz
from tests.support.damage import damaged, explained
from tests.support.disk import largest_file
from tests.support.idx import idx_header

PIXELS = np.random.default_rng(0).integers(0, 256, (3, 4, 5), dtype=np.uint8)
IDX = idx_header(3, 4, 5) + PIXELS.tobytes()


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    """Return a file that every case overwrites."""
    return tmp_path_factory.mktemp("files") / "some.gz"


@fuzz("damaged IDX files")
@given(st.data(), st.booleans())
def test_any_bytes_of_an_idx_file_are_read_or_refused(path, data, inside):
    """Damage is done to the content, or to its gzip stream."""
    if inside:
        path.write_bytes(gzip.compress(data.draw(damaged(IDX)), 1))
    else:
        path.write_bytes(data.draw(damaged(gzip.compress(IDX, mtime=0))))
    found = explained(read_idx, path, 3)
    assert found is None or (found.dtype == np.uint8 and found.ndim == 3 and found.size)


@fuzz("IDX files with lying headers")
@given(st.lists(st.integers(0, 2**32 - 1), max_size=4), st.integers(0, 255), st.binary(max_size=40))
def test_headers_of_idx_files_that_lie_are_refused(path, dimensions, kind, content):
    header = idx_header(*dimensions, kind=kind)
    path.write_bytes(gzip.compress(header + content, 1))
    found = explained(labelled, path, path)
    assert found is None


@pytest.mark.parametrize("cut", range(len(idx_header(3, 4, 5)) + 1))
def test_an_idx_file_cut_in_its_header_is_refused(path, cut):
    path.write_bytes(gzip.compress(IDX[:cut]))
    with pytest.raises(UserError, match=r"is not .*IDX file"):
        read_idx(path, 3)


def test_a_header_that_promises_more_than_gzip_can_pack_is_refused_unread(path):
    path.write_bytes(gzip.compress(idx_header(10**6, 28, 28) + bytes(1000)))
    with pytest.raises(
        UserError, match=r"promises 784,000,000 bytes.*at\s+most \d\d,\d{3}, as gzip"
    ):
        read_idx(path, 3)


def test_a_gzipped_file_beyond_the_limit_names_the_parameter(path):
    path.write_bytes(gzip.compress(idx_header(100, 100, 1) + bytes(10**4)))
    with pytest.raises(UserError, match=r"unpacks to 10,000 bytes.* most 9,999\..*`largest_file`"):
        read_idx(path, 3, largest=9_999)
    assert read_idx(path, 3, largest=10_000).shape == (100, 100, 1)


def test_a_plain_file_may_have_any_size_and_is_not_read(path):
    images = 2_000_000
    with path.open("wb") as file:  # sparse
        file.write(idx_header(images, 28, 28))
        file.truncate(len(idx_header(images, 28, 28)) + images * 784)
    tracemalloc.start()
    try:
        found = read_idx(path, 3)
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()
        path.unlink()
    assert found.shape == (images, 28, 28)
    assert not found[-1].any()


CIFAR_IMAGES = 2
BATCH = (b"\3" + bytes(range(256)) * 12) * CIFAR_IMAGES


def tar_of(*members: tuple[tarfile.TarInfo | str, bytes], form=tarfile.PAX_FORMAT) -> bytes:
    """Return the bytes of an archive; a name stands for a plain file."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for member, content in members:
            if isinstance(member, str):
                member = tarfile.TarInfo(member)
                member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


SOURCE = CifarSource(
    format="cifar", validation=1, classes=["cat", "dog"], archive={"name": "some.gz"}
)


def read_archive(path: Path, source: CifarSource = SOURCE) -> tuple[Split, Split]:
    """Read an archive as a data set with this source."""
    return cifar.read_batches(source, path, cifar._members(source, path))


GOOD_TAR = tar_of(
    ("cifar/data_batch_1.bin", BATCH),
    ("cifar/readme.html", b"<p>"),
    ("cifar/test_batch.bin", BATCH),
)


@fuzz("damaged CIFAR archives")
@given(st.data(), st.booleans())
def test_any_bytes_of_a_cifar_archive_are_read_or_refused(path, data, inside):
    if inside:
        path.write_bytes(gzip.compress(data.draw(damaged(GOOD_TAR)), 1))
    else:
        path.write_bytes(data.draw(damaged(gzip.compress(GOOD_TAR, mtime=0))))
    found = explained(read_archive, path)
    assert found is None or all(part.images.shape[1:] == (32, 32, 3) for part in found)


@st.composite
def lying_headers(draw) -> bytes:
    """Draw an archive with a false header whose checksum is valid."""
    content = bytearray(GOOD_TAR)
    start = draw(st.sampled_from([0, 512 + 13 * 512, 2 * 512 + 14 * 512]))
    field, length = draw(
        st.sampled_from([(0, 100), (100, 8), (108, 8), (124, 12), (156, 1), (157, 100), (345, 155)])
    )
    kinds = st.sampled_from(b"\001234567xgLKSVNXDM9").map(lambda one: bytes([one]))
    numbers = st.integers(-(2**90), 2**90).map(
        lambda one: b"\x80" + one.to_bytes(12, "big", signed=True)[1:]
    )
    octal = st.integers(0, 8**11 - 1).map(lambda one: b"%011o\0" % one)
    anything = st.binary(max_size=length)
    value = draw({124: st.one_of(numbers, octal, anything), 156: kinds}.get(field, anything))
    content[start + field : start + field + length] = value[:length].ljust(length, b"\0")
    content[start + 148 : start + 156] = b" " * 8
    content[start + 148 : start + 156] = b"%06o\0 " % sum(content[start : start + 512])
    return bytes(content)


@fuzz("CIFAR archives with lying headers")
@given(lying_headers())
def test_headers_of_archives_that_lie_are_read_or_refused(path, content):
    path.write_bytes(gzip.compress(content, 1))
    explained(read_archive, path)


def link(kind: bytes, name: str, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def sized(name: str, size: int, kind: bytes = tarfile.REGTYPE, **headers: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.type, member.pax_headers = size, kind, headers
    return member


def before_good(member: tarfile.TarInfo) -> bytes:
    """Return an archive with a member of this header before those of a good archive."""
    return member.tobuf(tarfile.GNU_FORMAT) + GOOD_TAR


RECORDS = ("data_batch_1.bin", BATCH), ("test_batch.bin", BATCH)
REFUSED = {
    "link": (
        before_good(link(tarfile.SYMTYPE, "data_batch_9.bin", "/etc/passwd")),
        "whole records",
    ),
    "hard link": (before_good(link(tarfile.LNKTYPE, "data_batch_9.bin", "x")), "whole records"),
    "device": (before_good(link(tarfile.CHRTYPE, "data_batch_9.bin", "")), "whole records"),
    "folder": (before_good(link(tarfile.DIRTYPE, "data_batch_9.bin", "")), "whole records"),
    "thousand times": (
        before_good(sized("data_batch_9.bin", 10**7 * 3073)),
        "30,730,000,000 bytes. Expected at most 1,073,741,824.*`largest_file`",
    ),
    "more than gzip can pack": (
        before_good(sized("data_batch_9.bin", 10**5 * 3073)),
        "a file of 307,300,000 bytes in it",
    ),
    "terabytes": (before_good(sized("readme.html", 2**43)), "header promises more than"),
    "duplicate": (
        tar_of(*RECORDS, ("other/test_batch.bin", BATCH)),
        "contains test_batch.bin twice",
    ),
    "many": (tar_of(*[(f"{n}.txt", b"") for n in range(5000)], *RECORDS), "more than 100 members"),
    "long header": (before_good(sized("pax", 2**40, tarfile.XHDTYPE)), "a header or folder of"),
    "long name": (before_good(sized("name", 2**30, tarfile.GNUTYPE_LONGNAME)), "a header or"),
    "negative": (before_good(sized("readme.html", -512)), "a header or folder of -512"),
    "short record": (tar_of(("data_batch_1.bin", BATCH[:-1]), RECORDS[1]), "whole records"),
    "no test images": (tar_of(RECORDS[0]), "no test images.*: data_batch_1.bin"),
    "behind the end": (GOOD_TAR + bytes(10240) + b"x", "after the end"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_archive_unlike_the_published_one_is_refused(name, path):
    content, message = REFUSED[name]
    path.write_bytes(gzip.compress(content, 1))
    with pytest.raises(UserError, match=message):
        read_archive(path)


def test_an_archive_beyond_the_limit_as_a_whole_names_the_parameter(path, monkeypatch):
    monkeypatch.setattr(cifar, "MARGIN", 0)
    extra = ("readme.html", bytes(2**20))
    path.write_bytes(gzip.compress(tar_of(extra, *RECORDS)))
    with pytest.raises(UserError, match=r"to more than 1,000,000 bytes\. .*`largest_file`"):
        read_archive(path, SOURCE.model_copy(update={"largest_file": 10**6}))
    train, _ = read_archive(path, SOURCE.model_copy(update={"largest_file": 2 * 10**6}))
    assert len(train.labels) == len(BATCH) // 3073


def test_a_full_disk_is_no_damaged_archive(path):
    path.write_bytes(gzip.compress(GOOD_TAR, 1))
    with largest_file(1000), pytest.raises(OSError, match="File too large"):
        read_archive(path)


def test_a_member_may_have_any_path_as_no_file_gets_its_name(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path.write_bytes(
        gzip.compress(tar_of(("/data_batch_1.bin", BATCH), ("../../test_batch.bin", BATCH)))
    )
    train, test = read_archive(path)
    assert np.array_equal(train.images, test.images)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("read", [read_idx, read_archive])
def test_a_gzip_bomb_costs_no_memory(read, path):
    """Half a gibibyte of zeros behind a header that promises a few bytes, or none of it."""
    header = idx_header(3, 4, 5) if read is read_idx else b""
    path.write_bytes(gzip.compress(header + bytes(2**29), 1))
    tracemalloc.start()
    try:
        with pytest.raises(UserError):
            read(path, *([3] if read is read_idx else []))
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()
