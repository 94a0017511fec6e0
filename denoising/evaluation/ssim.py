"""Structural similarity of a batch of images, by matrix products.

Every local mean is a weighted sum over a window that is the same along both axes, so that a banded
matrix applied along each of them gives the means of all images at once.
"""

import numpy as np

K1, K2 = 0.01, 0.03
SIGMA, TRUNCATE = 1.5, 3.5  # of the Gaussian window; with these it has 11 weights
UNIFORM = 7  # pixels per side of the uniform window
BLOCK = 64  # local means per matrix: the cost of a dense product grows with its size
VALUES = 200_000  # computed at a time, which stay in the cache


def gaussian_window() -> np.ndarray:
    """Return the weights of the Gaussian window along one axis, (11,)."""
    radius = int(TRUNCATE * SIGMA + 0.5)
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / SIGMA) ** 2)
    return weights / weights.sum()


def uniform_window() -> np.ndarray:
    """Return the weights of the uniform window along one axis, (7,)."""
    return np.full(UNIFORM, 1 / UNIFORM)


def similarity(
    clean: np.ndarray,
    image: np.ndarray,
    window: np.ndarray,
    data_range: float,
    *,
    sample_covariance: bool,
) -> np.ndarray:
    """Return the structural similarity of each image, (N,), from -1 to 1, in ``float64``.

    The mean over channels and over the positions where the window lies within the image, as in
    scikit-image's `structural_similarity`.

    Parameters
    ----------
    clean, image : (N, H, W, C).
    window : weights along one axis, (K,), whose sum is 1.
    data_range : the range of the values.
    sample_covariance : divide by the number of pixels in the window minus one.

    Raises
    ------
    ValueError
        The shapes differ, or an image is smaller than the window.
    """
    if clean.shape != image.shape:
        raise ValueError(f"Expected images of one shape. Received: {clean.shape}, {image.shape}")
    number, height, width, channels = clean.shape
    if min(height, width) < len(window):
        raise ValueError(
            f"SSIM with this window needs images of at least {len(window)}×{len(window)} pixels. "
            f"Received: {height}×{width}"
        )
    pixels = len(window) ** 2
    norm = pixels / (pixels - 1) if sample_covariance else 1.0
    c1, c2 = (K1 * data_range) ** 2, (K2 * data_range) ** 2
    found = np.empty(number)
    size = max(1, VALUES // (height * width * channels))
    for start in range(0, number, size):
        x, y = (_planes(part[start : start + size]) for part in (clean, image))
        mean_x, mean_y = _local_means(x, window), _local_means(y, window)
        covariances = _local_means(x * y, window)
        variances = _local_means(_sum_of_squares(x, y), window)
        products = mean_x * mean_y
        squares = _sum_of_squares(mean_x, mean_y)
        covariances -= products
        variances -= squares
        ratios = _scaled(products, 2, c1) * _scaled(covariances, 2 * norm, c2)
        ratios /= _scaled(squares, 1, c1) * _scaled(variances, norm, c2)
        found[start : start + size] = ratios.reshape(-1, channels * products[0].size).mean(axis=1)
    return found


def _planes(images: np.ndarray) -> np.ndarray:
    """Return each channel of images, (N, H, W, C), as a plane, (N C, H, W), in ``float64``."""
    planes = np.moveaxis(images, -1, 1).reshape(-1, *images.shape[1:3])
    return planes.astype(np.float64)


def _sum_of_squares(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return x² + y², which takes the place of `x`; `y` is overwritten too."""
    x *= x
    y *= y
    x += y
    return x


def _scaled(values: np.ndarray, factor: float, constant: float) -> np.ndarray:
    """Return the values times a factor, plus a constant, in their place."""
    values *= factor
    values += constant
    return values


def _local_means(planes: np.ndarray, window: np.ndarray) -> np.ndarray:
    """Return the windowed means of planes, (M, H, W), as (M, H - K + 1, W - K + 1)."""
    return _along_rows(_along_rows(planes, window).swapaxes(1, 2), window).swapaxes(1, 2)


def _along_rows(planes: np.ndarray, window: np.ndarray) -> np.ndarray:
    """Return the windowed means along the last axis, (M, H, W - K + 1)."""
    means = planes.shape[-1] - len(window) + 1
    parts = []
    for start in range(0, means, BLOCK):
        columns = min(BLOCK, means - start)
        matrix = _banded(window, columns)
        parts.append(planes[..., start : start + len(matrix)] @ matrix)
    return np.concatenate(parts, axis=-1) if len(parts) > 1 else parts[0]


def _banded(window: np.ndarray, columns: int) -> np.ndarray:
    """Return a matrix whose column j holds the window from row j on, with K - 1 more rows."""
    matrix = np.zeros((columns + len(window) - 1, columns))
    for offset, weight in enumerate(window):
        matrix[np.arange(columns) + offset, np.arange(columns)] = weight
    return matrix
