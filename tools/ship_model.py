"""Ship the trained denoiser for photographs with the package: `python -m tools.ship_model`.

It becomes the default model of `denoise image`. `dvc repro studies/photographs/dvc.yaml` trains it.
"""

import shutil

from denoising.files.atomic import replacing
from denoising.files.errors import UserError
from denoising.inference.pretrained import PHOTOS
from tools._program import ROOT, run

TRAINED = ROOT / "models" / "photographs" / "photos" / "denoiser.keras"


def main() -> None:
    if not TRAINED.is_file():
        raise UserError(
            f"There is no trained model at {TRAINED}. "
            "Train it with `dvc repro studies/photographs/dvc.yaml`."
        )
    with replacing(PHOTOS) as partial:
        shutil.copyfile(TRAINED, partial)
    print(f"Copied {TRAINED.relative_to(ROOT)} to {PHOTOS.relative_to(ROOT)}.")


if __name__ == "__main__":
    run(main)
