"""Measure the clean-trained and the noise-trained classifier on clean and noisy test images."""

import pandas as pd

from denoising.config.params import Params
from denoising.evaluation.arms import ARMS
from denoising.evaluation.intervals import proportion
from denoising.evaluation.roc import one_vs_rest
from denoising.evaluation.scores import correct, ssim_uniform
from denoising.evaluation.summaries import Measures, classification, image_scores, restoration
from denoising.files.tables import write_csv
from denoising.inference.predict import predict
from stages._confusion import write_confusion
from stages._images import read_level, read_noisy
from stages._measures import ARM_PARTS, report_result, write_arms
from stages._models import read_network
from stages._paths import PLOTS
from stages._runner import run


def main(params: Params) -> None:
    names = params.data.source.classes
    test = read_noisy("test", params.dataset)
    level = read_level("test")
    measured: dict[str, Measures] = {}
    for arm, model in (("clean_trained", "clean"), ("noise_trained", "noisy")):
        classifier = read_network(f"classifier_{model}", test, params.threads)
        logits = {
            "clean": predict(classifier, test.clean, 0),
            "noisy": predict(classifier, test.noisy, level),
        }
        measured[arm] = {
            **classification(logits["noisy"], test.labels, params.seed),
            "accuracy_clean": proportion(correct(logits["clean"], test.labels)),
        }
        curves = [
            one_vs_rest(found, test.labels, names).assign(images=seen)
            for seen, found in logits.items()
        ]
        write_csv(PLOTS / "class_roc" / f"{arm}.csv", pd.concat(curves))
        for seen, found in logits.items():
            title = f"{ARMS[arm].label} on {seen} images"
            write_confusion(f"{arm}_{seen}", title, found, test.labels, names)
    scores = image_scores(test.clean, test.noisy, [ssim_uniform])
    measured["clean_trained"] |= restoration(scores, None, params.seed)
    write_arms(ARM_PARTS / "classifier.csv", measured)
    for arm, measures in measured.items():
        report_result(arm, measures)


if __name__ == "__main__":
    run("evaluate_classifier", main)
