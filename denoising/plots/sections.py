"""The sections of the page of `dvc plots`: which plots they show, and how to read each."""

from typing import Any, NamedTuple


class Section(NamedTuple):
    """Plots under a heading.

    Attributes
    ----------
    title, lead : the heading, and a line on what the section answers.
    plots : by the name of a plot or the path of a picture in dvc.yaml, how to read it.
    titles : those of pictures, by path; plots have theirs in dvc.yaml.
    folded : plots that are shown on demand, under the summary that is their value.
    """

    title: str
    lead: str
    plots: dict[str, str]
    titles: dict[str, str] = {}  # noqa: RUF012
    folded: dict[str, str] = {}  # noqa: RUF012


DENOISED, JOINT = "plots/pictures/denoised.png", "plots/pictures/joint.png"
PATCHES = "data/detector/patches.png"
METHOD_NOISE = "method noise (the removed part, which should look like noise)"
CHOOSE = "Click a name in the legend to highlight it; shift-click to add others."
AREAS = "The legend has the area under the curve."

SECTIONS = (
    Section(
        "Pictures",
        "The same test images, clean, noisy and denoised; wrong predictions are red.",
        {
            DENOISED: "Rows from top to bottom: clean, noisy, denoised, each with the prediction "
            f"of the clean-trained classifier; {METHOD_NOISE}.",
            JOINT: "Rows from top to bottom: clean, noisy, denoised by the joint network with its "
            f"prediction; {METHOD_NOISE}.",
        },
        {DENOISED: "Denoised by the autoencoder", JOINT: "Denoised by the joint network"},
    ),
    Section(
        "Arms",
        "Which way to classify noisy images works best at the noise level of the run.",
        {
            "arms": "One row for each arm: the value and its 95% interval. Above the plot, choose "
            "another measure."
        },
    ),
    Section(
        "Noise levels",
        "How each arm fares as the noise grows; no network is trained again for a level.",
        {
            "accuracy_by_level": "Fraction of the test images classified correctly; higher is "
            f"better. {CHOOSE}",
            "psnr_by_level": "How close the images that are classified are to the clean ones. "
            "Level 0 is left out where they are identical.",
            "reference": "The posterior mean is the output of a denoiser that has only memorised "
            "the training images.",
        },
    ),
    Section(
        "Distributions",
        "How the quality of single test images is spread, before and after the autoencoder.",
        {
            "psnr_of_test_images": "Further right is better. Denoising should move all of the "
            "distribution, not only its average.",
            "ssim_of_test_images": "Structural similarity with the clean image; further right is "
            "better.",
        },
    ),
    Section(
        "Confusion",
        "Which classes are confused with which.",
        {
            "confusion": "Each row is an actual class, and its cells are the percentages predicted "
            "as each class; a perfect classifier has 100 on the diagonal. Choose one matrix to "
            "compare revisions."
        },
    ),
    Section(
        "ROC curves of the classifiers",
        "How well the scores of a classifier separate each class from the rest.",
        {
            "roc_of_classifiers": "Upper left quarter of the diagram; nearer to the corner is "
            "better. Every class counts equally.",
            "class_roc_clean_trained": "Upper left quarter of the diagram, a panel for each class.",
            "class_roc_noise_trained": "Upper left quarter of the diagram, a panel for each class.",
        },
        folded={
            "class_roc_clean_trained": "Each class by itself, clean-trained",
            "class_roc_noise_trained": "Each class by itself, noise-trained",
        },
    ),
    Section(
        "Traffic-sign detector",
        "How well a detector separates signs from other patches of noisy scenes.",
        {
            PATCHES: "Patches, or the distribution of the outputs if these come from your files. "
            "A positive output means a sign; wrong ones are red.",
            "detector_roc": f"Nearer to the upper left corner is better; dashed: chance. {AREAS}",
            "detector_precision_recall": "Nearer to the upper right corner is better. The legend "
            "has the average precision.",
        },
        {PATCHES: "Outputs of the detector"},
    ),
    Section(
        "Calibration",
        "Whether a classifier that is 90% confident is right 90% of the time.",
        {
            "reliability": "Points on the dashed line are calibrated, points below it are too "
            "confident. Larger points stand for more images.",
            "ece_by_level": f"Lower is better. {CHOOSE}",
            "ece_calibrated_by_level": "After temperature scaling at the noise level of the run; "
            "lower is better.",
        },
    ),
    Section(
        "Training",
        "Whether the networks were trained long enough, and not too long.",
        {
            "training_classifier_clean": "Lower is better. The labels are smoothed, so the loss "
            "does not reach 0.",
            "training_classifier_noisy": "The same on noisy images.",
            "training_classifier_denoised": "The same on images that the autoencoder has denoised.",
            "training_autoencoder": "A validation curve that rises while training falls is "
            "overfitting.",
            "training_joint": "The weighted sum of the losses of denoising and classification.",
        },
    ),
)
"""In the order in which a reader asks."""


def as_json() -> list[dict[str, Any]]:
    """Return the sections as values that JSON can hold."""
    return [section._asdict() for section in SECTIONS]
