"""Measure both classifiers on clean and on noisy test images."""

from denoising.artifacts import read_model, write_json
from denoising.evaluation import average, classification
from denoising.inference import predict
from denoising.params import Params
from denoising.scores import correct
from denoising.seeding import make_deterministic
from stages import THREADS
from stages.running import METRICS, MODELS, read_images, run


def main(params: Params) -> None:
    make_deterministic(params.seed, THREADS)
    test = read_images("test")
    metrics = {}
    for arm, model in (("clean_trained", "clean"), ("noise_trained", "noisy")):
        classifier = read_model(MODELS / f"classifier_{model}.keras")
        on_clean = correct(predict(classifier, test.clean), test.labels)
        on_noisy = predict(classifier, test.noisy)
        metrics[arm] = average("accuracy_clean", on_clean, params.seed)
        metrics[arm] |= classification(on_noisy, test.labels, params.seed)
    write_json(METRICS / "classifier.json", metrics)


if __name__ == "__main__":
    run("evaluate_classifier", main)
