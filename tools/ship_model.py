"""Ship the trained denoiser for photographs with the package: `python -m tools.ship_model`.

Its ``.onnx`` file becomes the default model of `denoise image`; the ``.keras`` file is for training
it further. `dvc repro studies/photographs/dvc.yaml` trains it.
"""

import shutil

from denoising.files.atomic import replacing
from denoising.files.errors import UserError
from denoising.inference.pretrained import KERAS, PHOTOS
from studies.photographs.stages._settings import read_settings
from tools._program import ROOT, run


def main() -> None:
    trained = ROOT / read_settings().trained
    for suffix in (PHOTOS.suffix, KERAS):
        source, target = trained.with_suffix(suffix), PHOTOS.with_suffix(suffix)
        if not source.is_file():
            raise UserError(
                f"There is no trained model at {source}. "
                "Train it with `dvc repro studies/photographs/dvc.yaml`."
            )
        with replacing(target) as partial:
            shutil.copyfile(source, partial)
        print(f"Copied {source.relative_to(ROOT)} to {target.relative_to(ROOT)}.")


if __name__ == "__main__":
    run(main)
