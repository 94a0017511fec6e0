"""The networks of all arms, and their temperatures."""

from denoising.evaluation.arms import NETWORKS
from denoising.files.tables import read_json
from denoising.inference.engine import Network
from stages._images import Images, NoisyImages
from stages._models import read_network
from stages._paths import TEMPERATURES


def read_networks(images: Images | NoisyImages, threads: int) -> dict[str, Network]:
    """Open every network of the arms; raise `UserError` if one does not fit the images."""
    return {name: read_network(name, images, threads) for name in NETWORKS}


def read_temperatures() -> dict[str, float]:
    """Return the temperature of each arm, as `calibrate` fitted it."""
    return read_json(TEMPERATURES)
