"""Traffic signs: rendered scenes, the detector, and files of other detectors."""

import io
from pathlib import Path

import numpy as np
import pytest

from denoising.files.errors import UserError
from denoising.noise.apply import add_noise
from denoising.noise.keys import noise_keys
from denoising.plots.figures import distributions
from denoising.traffic_signs import scenes
from denoising.traffic_signs.detector import detect, features, train
from denoising.traffic_signs.detector_files import read_pair, read_values


@pytest.fixture(scope="module")
def scored() -> tuple[np.ndarray, np.ndarray]:
    return scenes.render(0, "test", 200)


def test_patches_are_colour_images_half_of_them_with_a_sign(scored):
    patches, labels = scored
    assert patches.shape == (200, scenes.SIDE, scenes.SIDE, 3)
    assert patches.dtype == np.float32
    assert 0 <= patches.min() < patches.max() <= 1
    assert labels.mean() == 0.5
    assert patches.std(axis=(1, 2, 3)).min() > 0


def test_a_patch_depends_only_on_seed_split_and_index(scored):
    fewer, _ = scenes.render(0, "test", 10)
    assert np.array_equal(fewer, scored[0][:10])
    for other in (scenes.render(1, "test", 10)[0], scenes.render(0, "train", 10)[0]):
        assert not (other == fewer).all(axis=(1, 2, 3)).any()


def test_training_and_scoring_share_no_photograph():
    assert not set(scenes.PHOTOGRAPHS["train"]) & set(scenes.PHOTOGRAPHS["test"])
    assert all(photograph[0].shape[2] == 3 for photograph in scenes._photographs("test"))


@pytest.mark.parametrize("sign", scenes.SIGNS)
def test_a_sign_stands_out_from_an_empty_scene(sign):
    grey = np.full((scenes.SIDE, scenes.SIDE, 3), 0.5)
    random = np.random.default_rng(0)
    drawn = [scenes._paste(random, grey, sign(random)) for _ in range(20)]
    changed = [(np.abs(scene - grey).max(axis=-1) > 0.05).mean() for scene in drawn]
    assert np.min(changed) > 0.03
    assert np.max(changed) < 0.9


def test_features_do_not_depend_on_the_other_patches(scored):
    described = features(scored[0][:6])
    assert described.shape == (6, 468)
    assert np.isfinite(described).all()
    assert np.array_equal(described[2:4], features(scored[0][2:4]))


def test_features_distinguish_colours_and_black_has_none():
    patches = np.zeros((3, scenes.SIDE, scenes.SIDE, 3), np.float32)
    patches[0, ..., 0] = patches[1, ..., 2] = 0.8
    cells = features(patches)[:, -144:].reshape(3, 16, 9)
    assert cells[0, :, 1:].argmax(axis=1).tolist() != cells[1, :, 1:].argmax(axis=1).tolist()
    assert not cells[2].any()


def test_the_detector_finds_signs_and_noise_makes_it_worse(scored):
    patches, labels = scored
    detector = train(*scenes.render(0, "train", 600))

    def chance(level: float) -> float:
        noisy = add_noise(patches, level, noise_keys(0, "detector", "gaussian", range(200)))
        outputs = detect(detector, noisy)
        return (outputs[labels == 1][:, None] > outputs[labels == 0]).mean()

    assert chance(0) > 0.85
    assert 0.5 < chance(0.4) < chance(0)


def written(folder: Path, name: str, content: bytes | np.ndarray) -> Path:
    path = folder / name
    if isinstance(content, np.ndarray):
        np.save(path, content)
    else:
        path.write_bytes(content)
    return path


def claiming(number: int) -> bytes:
    """Return an `.npy` file whose header promises more than there is."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": "<f8", "fortran_order": False, "shape": (number,)}
    )
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("values.TXT", b"0\n1.5\n-0.002\n"),
        ("values.txt", b"0\n1.5\n-2e-3\n"),
        ("values.txt", b"\xef\xbb\xbf 0.0 \r\n1.5\r\n-0.002\r\n\r\n"),
        ("values.csv", b"score\n0\n1.5\n-0.002\n"),
        ("values.csv", b"0\n1.5\n-0.002\n"),
        ("values.npy", np.array([0, 1.5, -0.002])),
        ("values.npy", np.array([[0], [1.5], [-0.002]])),
    ],
)
def test_values_are_read_from_every_kind_of_file(name, content, tmp_path):
    assert read_values(written(tmp_path, name, content)).tolist() == [0, 1.5, -0.002]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("values.txt", b"", "is empty"),
        ("values.txt", b"\n\n", "is empty"),
        ("values.csv", b"score\n", "is empty"),
        ("values.txt", b"1\nnan\n", "nan as value 2.*a number for every patch"),
        ("values.npy", np.array([1, np.nan]), "nan as value 2.*a number for every patch"),
        ("values.txt", b"score\n1\n", "'score' in line 1"),
        ("values.csv", b"a,b\n1,2\n", "'1,2' in line 2"),
        ("values.csv", b"3,2,1\n", "'3,2,1' in line 1"),
        ("values.csv", b"0.9x\n2\n", "'0.9x' in line 1"),
        ("values.txt", b"1\n\n2\n", "'' in line 2"),
        ("values.txt", b"\xff\xfe\x00", "UTF-8"),
        ("values.xlsx", b"1", r"ending in .txt, .csv, .npy"),
        ("values.npy", b"no array", "array of numbers"),
        ("values.npy", b"", "array of numbers"),
        ("values.npy", b"PK\x03\x04 no archive", "array of numbers"),
        ("values.npy", b"\x93NUMPY\x01\x00\x04\x00((((", "array of numbers"),
        ("values.npy", claiming(10**12), "array of numbers"),
        ("values.npy", np.array([]), "is empty"),
        ("values.npy", np.ones((2, 2)), r"\(2, 2\).*one column"),
        ("values.npy", np.array(["a"]), "array of numbers"),
        ("values.npy", np.array([{}], dtype=object), "array of numbers"),
    ],
)
def test_values_that_cannot_be_used_are_refused(name, content, message, tmp_path):
    with pytest.raises(UserError, match=message):
        read_values(written(tmp_path, name, content))


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(UserError, match=r"absent.txt.*detector.outputs"):
        read_values(tmp_path / "absent.txt")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UserError, match=r"folder.csv"):
        read_values(tmp_path / "folder.csv")


def test_the_positive_label_marks_signs(tmp_path):
    truth = written(tmp_path, "truth.csv", b"0\n1\n1\n")
    outputs = written(tmp_path, "outputs.txt", b"3\n2\n1\n")
    labels, values = read_pair(truth, outputs, positive_label=0)
    assert labels.tolist() == [1, 0, 0]
    assert values.tolist() == [3, 2, 1]
    assert read_pair(truth, outputs, positive_label=1)[0].tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("truth", "positive", "expected"),
    [(b"-1\n1\n1\n", 1, [0, 1, 1]), (b"-1\n1\n1\n", -1, [1, 0, 0]), (b"7\n3\n7\n", 7, [1, 0, 1])],
)
def test_any_two_labels_can_be_used(truth, positive, expected, tmp_path):
    outputs = written(tmp_path, "outputs.txt", b"3\n2\n1\n")
    labels, _ = read_pair(written(tmp_path, "truth.txt", truth), outputs, positive)
    assert labels.tolist() == expected


def test_infinite_outputs_are_read_and_drawn(tmp_path):
    truth = written(tmp_path, "truth.txt", b"0\n0\n1\n1\n")
    outputs = written(tmp_path, "outputs.txt", b"-inf\n0.5\n1\ninf\n")
    labels, values = read_pair(truth, outputs, positive_label=1)
    assert values.tolist() == [-np.inf, 0.5, 1, np.inf]
    figure = distributions({"signs": values[labels == 1], "others": values[labels == 0]})
    shown = [text.get_text() for text in figure.legends[0].get_texts()]
    assert shown == ["signs (2, 1 infinite)", "others (2, 1 infinite)"]


def test_outputs_that_are_all_infinite_are_drawn():
    assert distributions({"signs": np.array([np.inf]), "others": np.array([-np.inf])}).axes


@pytest.mark.parametrize(
    ("truth", "message"),
    [
        (b"0\n1\n", "2 labels and 3 outputs"),
        (b"1\n1\n1\n", r"the labels 1 in 3 values\. Expected two different ones"),
        (b"0\n1\n2\n", r"the labels 0, 1, 2 in 3 values\. .*positive_label names"),
        (b"-1\n0\n0\n", r"labels -1, 0, but detector.positive_label is 1\. Set it to"),
        (b"0\nnan\n1\n", "a number for every patch"),
        (b"", "empty"),
    ],
)
def test_truth_that_cannot_be_used_is_refused(truth, message, tmp_path):
    outputs = written(tmp_path, "outputs.txt", b"3\n2\n1\n")
    with pytest.raises(UserError, match=message):
        read_pair(written(tmp_path, "truth.txt", truth), outputs, positive_label=1)
