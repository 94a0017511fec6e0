"""What was run, so that a reader knows what the numbers are of."""

from denoising.config.networks import Autoencoder, Classifier, Joint
from denoising.config.noise import Noise
from denoising.evaluation.arms import NETWORKS
from denoising.noise.kinds import KINDS
from denoising.report.numbers import level_text

SOURCES = {
    "rendered": "rendered road scenes, and a detector that is trained here",
    "files": "the outputs of another detector",
}


def noise_name(noise: Noise) -> str:
    """Say which noise: ``Gaussian noise of level 0.2``."""
    return f"{KINDS[noise.kind].label} noise of level {level_text(noise.level)}"


def data_facts(data: dict, seed: int) -> list[tuple[str, str]]:
    """Return what was learned from and measured on; `data` is `metrics/data.json`."""
    colours = {1: "grey", 3: "colour"}[data["channels"]]
    return [
        ("Data set", data["dataset"]),
        ("Images", f"{data['height']} × {data['width']} pixels, {colours}"),
        ("Classes", str(data["classes"])),
        ("Training images", f"{data['train']:,}"),
        ("Validation images", f"{data['validation']:,}"),
        ("Test images", f"{data['test']:,}"),
        ("Seed", str(seed)),
    ]


def noise_facts(noise: Noise, training_noise: str, autoencoder: Autoencoder) -> list[tuple]:
    """Return what the noise is, and which of it the networks saw."""
    fresh = {"fresh": "drawn anew in every epoch", "fixed": "the same in every epoch"}
    seen = f"level {level_text(noise.level)}"
    if autoencoder.noise_range:
        low, high = (level_text(level) for level in autoencoder.noise_range)
        given = "with the level as an input" if autoencoder.level_input else "blind"
        if autoencoder.level_known < 1:
            given += f" for {autoencoder.level_known:.0%} of the images"
        seen = f"levels {low} to {high}, {given}"
    return [
        ("Noise", noise_name(noise)),
        ("Level", KINDS[noise.kind].unit),
        (
            "Noisy images",
            "cut to the range from black to white" if noise.clip else "not cut to any range",
        ),
        ("Training noise", fresh[training_noise]),
        ("The autoencoder learned from", seen),
    ]


def network_facts(
    classifier: Classifier,
    autoencoder: Autoencoder,
    joint: Joint,
    parameters: dict[str, int],
    epochs: dict[str, int],
) -> list[tuple[str, str, str, str]]:
    """Return of each network its name, what it is made with, its parameters, its epochs."""
    sections = {"classifier": classifier, "autoencoder": autoencoder, "joint": joint}
    made = {name: _made(section) for name, section in sections.items()}
    return [
        (label, made[name.partition("_")[0]], f"{parameters[name]:,}", str(epochs[name]))
        for name, label in NETWORKS.items()
    ]


def _made(section: Classifier | Autoencoder | Joint) -> str:
    """Say with which settings a network was made and trained, but for the levels of its noise."""
    settings = section.model_dump(
        exclude={"name", "options", "noise_range", "level_input", "level_known"}
    )
    settings = getattr(section, "options", {}) | settings
    said = [f"{key} {value}".replace("_", " ") for key, value in settings.items()]
    return ", ".join([getattr(section, "name", "encoder and decoder of the autoencoder"), *said])
