"""Measure the clean-trained and the noise-trained classifier on clean and noisy test images."""

import pandas as pd

from denoising.config.params import Params
from denoising.evaluation.arms import ARMS
from denoising.evaluation.roc import one_vs_rest
from denoising.evaluation.scores import correct
from denoising.evaluation.summaries import average, classification
from denoising.files.tables import write_csv, write_json
from denoising.inference.predict import predict
from denoising.seeding import make_deterministic
from stages import THREADS
from stages._confusion import write_confusion
from stages._images import read_noisy
from stages._models import read_network
from stages._paths import METRICS, PLOTS
from stages._runner import run


def main(params: Params) -> None:
    make_deterministic(params.seed, THREADS)
    names = params.data.source.classes
    test = read_noisy("test", params.dataset)
    labels, metrics = test.labels, {}
    for arm, model in (("clean_trained", "clean"), ("noise_trained", "noisy")):
        classifier = read_network(f"classifier_{model}", test)
        logits = {
            "clean": predict(classifier, test.clean),
            "noisy": predict(classifier, test.noisy),
        }
        on_clean = correct(logits["clean"], labels)
        metrics[arm] = average("accuracy_clean", on_clean, params.seed)
        metrics[arm] |= classification(logits["noisy"], labels, params.seed)
        curves = [one_vs_rest(logits[seen], labels, names).assign(images=seen) for seen in logits]
        write_csv(PLOTS / "class_roc" / f"{arm}.csv", pd.concat(curves))
        for seen, found in logits.items():
            write_confusion(
                f"{arm}_{seen}", f"{ARMS[arm].label} on {seen} images", found, labels, names
            )
    write_json(METRICS / "classifier.json", metrics)


if __name__ == "__main__":
    run("evaluate_classifier", main)
