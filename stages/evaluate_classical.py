"""Measure denoisers without training, before the clean-trained classifier, at every level.

The parameter of each is chosen on validation images, separately for each level.
"""

from typing import Any

import keras
import pandas as pd
from tqdm import tqdm

from denoising.baselines.filters import DENOISERS, denoise
from denoising.config.params import Params
from denoising.evaluation.break_even import measures
from denoising.evaluation.filter_choice import choose
from denoising.evaluation.scores import correct
from denoising.evaluation.summaries import image_scores
from denoising.files.tables import write_csv, write_json
from denoising.inference.predict import predict
from denoising.seeding import make_deterministic
from stages import THREADS
from stages._images import NoisyImages, read_clean, with_noise
from stages._models import read_network
from stages._paths import CLASSICAL, METRICS
from stages._runner import run


def main(params: Params) -> None:
    make_deterministic(params.seed, THREADS)
    settings = params.classical
    splits = {split: read_clean(split, params.dataset) for split in ("validation", "test")}
    classifier = read_network("classifier_clean", splits["test"])
    levels = sorted({*params.sweep.levels, params.noise.level})
    numbers = settings.validation_images, settings.images
    rows, chosen = [], dict.fromkeys(DENOISERS, 0.0)
    with tqdm(total=len(levels) * len(DENOISERS), desc="classical denoisers") as progress:
        for level in levels:
            validation, test = (
                with_noise(images, split, params.noise.at(level), params.seed, number)
                for (split, images), number in zip(splits.items(), numbers, strict=True)
            )
            for name in DENOISERS:
                chosen[name] = choose(name, validation.clean, validation.noisy, chosen[name])
                found = measure(name, chosen[name], test, classifier, params.seed)
                rows.append(found | {"kind": params.noise.kind, "level": level})
                progress.update()
    table = pd.DataFrame(rows)
    write_csv(CLASSICAL, table.loc[table["level"].isin(params.sweep.levels)])
    here = table.loc[table["level"] == params.noise.level].drop(columns=["kind", "level"])
    write_json(METRICS / "classical.json", here.set_index("arm").to_dict("index"))


def measure(
    name: str, parameter: float, test: NoisyImages, classifier: keras.Model, seed: int
) -> dict[str, Any]:
    """Return the measures of a denoiser with this parameter on test images."""
    denoised = denoise(name, test.noisy, parameter)
    before = correct(predict(classifier, test.noisy), test.labels)
    logits = predict(classifier, denoised)
    scores = image_scores(test.clean, denoised)
    found = measures(scores, logits, test.labels, before, seed)
    return {"arm": name, "parameter": float(parameter)} | found


if __name__ == "__main__":
    run("evaluate_classical", main)
