"""Random erasing: rectangles of images are painted over, so that no detail decides alone.

After Zhong et al. 2020 (doi:10.1609/aaai.v34i07.7000). Departure: a rectangle has one brightness,
not a random one in each pixel, which would look like noise.
"""

import numpy as np

SMALLEST, LARGEST = 0.02, 0.4  # of the image's area
NARROWEST = 0.3  # height over width, or width over height


def draw_rectangles(
    number: int, fraction: float, image_shape: tuple[int, ...], random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw a rectangle for each image, empty unless the image is among the `fraction` to erase.

    Parameters
    ----------
    image_shape : (H, W, …).

    Returns
    -------
    top, bottom, left and right of each, int, (number, 4), and its brightness, ``float32`` in
    [0, 1], (number,).
    """
    height, width = image_shape[:2]
    chosen = random.random(number) < fraction
    area = random.uniform(SMALLEST, LARGEST, number) * height * width
    ratio = np.exp(random.uniform(np.log(NARROWEST), -np.log(NARROWEST), number))
    places = random.random((number, 2))
    sides = np.stack([np.sqrt(area * ratio), np.sqrt(area / ratio)], axis=1)
    sides = np.clip(np.rint(sides), 1, [height, width]) * chosen[:, None]
    start = np.floor(places * (np.array([height, width]) - sides + 1))
    edges = np.stack([start, start + sides], axis=2).reshape(number, 4).astype(int)
    return edges, random.random(number, dtype=np.float32)


def erase(images: np.ndarray, edges: np.ndarray, brightness: np.ndarray) -> None:
    """Paint over a rectangle of each image, (N, H, W, C), in place."""
    for image, (top, bottom, left, right), value in zip(images, edges, brightness, strict=True):
        image[top:bottom, left:right] = value
