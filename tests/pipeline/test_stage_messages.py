"""Messages of a stage: its own result, and none of TensorFlow's."""

import re
import sys

import pytest

from tests.support.workspace import run, succeed

FOREIGN = re.compile(
    r"absl|cuda|cuInit|cuDNN|cuBLAS|oneDNN|TF_|tensorflow|XLA|retracing|^[IWEF]\d{4} ",
    re.IGNORECASE | re.MULTILINE,
)


@pytest.mark.parametrize(
    ("stage", "result"),
    [
        ("download", r"digits: 177 train, 1,600 validation, 20 test images of 14×14 pixels, 10 .*"),
        ("add_noise", r"Gaussian noise of level 0\.2: added to the validation and test images"),
        ("run_detector", r"detector: 100 patches scored, 50 of them with a sign"),
        pytest.param(
            *("train_autoencoder", r"autoencoder: 1 epoch, best validation loss [\d.]+, \d+ s"),
            marks=pytest.mark.long,
        ),
        ("calibrate", r"temperatures: clean-trained [\d.]+, .*joint network [\d.]+"),
        ("evaluate_joint", r"joint network: [\d.]+% right on noisy test images, PSNR [\d.]+ dB"),
    ],
)
def test_a_stage_ends_with_its_result_and_is_silent_about_tensorflow(copy, stage, result):
    done = run(f"{sys.executable} -m stages.{stage}", copy)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(result, done.stdout.splitlines()[-1]), done.stdout
    assert not FOREIGN.findall(done.stdout + done.stderr)


def test_a_run_ends_with_its_four_answers(copy):
    lines = succeed("python -m tools.summary --since 0", copy).splitlines()
    assert sum("?  " in line for line in lines) == 4
    assert re.fullmatch(
        r"The run took \d+ min \d+ s\. Its report is report/index.html; .*", lines[-1]
    )
    assert (copy / "report/index.html").exists()
