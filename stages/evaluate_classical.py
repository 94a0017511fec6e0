"""Measure denoisers that need no training, before the clean-trained classifier, level by level.

The parameter of each is chosen on validation images, for each level anew.
"""

import keras
import pandas as pd
from tqdm import tqdm

from denoising.artifacts import write_csv, write_json
from denoising.classical import DENOISERS, choose, denoise
from denoising.evaluation import image_scores
from denoising.inference import as_float, predict
from denoising.noise import add_noise, noise_keys
from denoising.params import Params
from denoising.scores import correct
from denoising.seeding import make_deterministic
from denoising.study import measures
from stages import THREADS
from stages.inputs import Images, read_images, read_network
from stages.running import CLASSICAL, METRICS, run


def main(params: Params) -> None:
    make_deterministic(params.seed, THREADS)
    settings = params.classical
    test = read_images("test", params.dataset, noisy=False)
    classifier = read_network("classifier_clean", test)
    levels = sorted({*params.sweep.levels, params.noise.level})
    rows, chosen = [], dict.fromkeys(DENOISERS, 0)
    with tqdm(total=len(levels) * len(DENOISERS), desc="classical denoisers") as progress:
        for level in levels:
            validation = first("validation", settings.validation_images, level, params)
            test = first("test", settings.images, level, params)
            for name in DENOISERS:
                chosen[name] = choose(name, validation.clean, validation.noisy, chosen[name])
                found = measure(name, chosen[name], test, classifier, params.seed)
                rows.append(found | {"kind": params.noise.kind, "level": level})
                progress.update()
    table = pd.DataFrame(rows)
    write_csv(CLASSICAL, table[table["level"].isin(params.sweep.levels)])
    here = table[table["level"] == params.noise.level].drop(columns=["kind", "level"])
    write_json(METRICS / "classical.json", here.set_index("arm").to_dict("index"))


def first(split: str, number: int, level: float, params: Params) -> Images:
    """Return the first images of a split, clean ones as floats, with noise of this level."""
    images = read_images(split, params.dataset, noisy=False)
    clean = as_float(images.clean[:number])
    noise = params.noise
    keys = noise_keys(params.seed, split, noise.kind, range(len(clean)))
    noisy = add_noise(clean, level, keys, noise.kind, noise.clip)
    return Images(clean, images.labels[:number], noisy)


def measure(
    name: str, parameter: float, test: Images, classifier: keras.Model, seed: int
) -> dict[str, float]:
    """Return what a denoiser reaches with this parameter on test images."""
    denoised = denoise(name, test.noisy, parameter)
    before = correct(predict(classifier, test.noisy), test.labels)
    logits = predict(classifier, denoised)
    scores = image_scores(test.clean, denoised)
    found = measures(scores, logits, test.labels, before, seed)
    return {"arm": name, "parameter": float(parameter)} | found


if __name__ == "__main__":
    run("evaluate_classical", main)
