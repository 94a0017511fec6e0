"""Random streams that are named instead of shared, and a deterministic TensorFlow."""

import hashlib
from pathlib import Path

import numpy as np


def stream_key(*names: int | str) -> np.ndarray:
    """Hash what a random stream is for to a Philox key: two ``uint64``.

    Streams with different names are independent; a stream depends on nothing but its names.
    """
    digest = hashlib.blake2b(repr(names).encode(), digest_size=16).digest()
    return np.frombuffer(digest, dtype="<u8").astype(np.uint64)


def generator(*names: int | str) -> np.random.Generator:
    """Return the random generator of the stream called `names`."""
    return np.random.Generator(np.random.Philox(key=stream_key(*names)))


def faster_precision() -> str:
    """Return ``mixed_bfloat16`` where the processor computes bfloat16 itself, else ``float32``."""
    try:
        flags = set(Path("/proc/cpuinfo").read_text().split())
    except OSError:
        return "float32"
    return "mixed_bfloat16" if flags & {"avx512_bf16", "amx_bf16"} else "float32"


def make_deterministic(seed: int, threads: int) -> None:
    """Make Keras give the same bytes in every run: seeds, kernels and thread counts.

    The order of summation, and with it the last bits of a trained model, depends on the number of
    threads: it is pinned. Call it before the first tensor is made; TensorFlow refuses it later.
    """
    import keras
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")  # it warns of what one program with several models does
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    tf.config.experimental.enable_op_determinism()
    # A user's own keras.json may say otherwise.
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_epsilon(1e-7)
    keras.utils.set_random_seed(seed)
