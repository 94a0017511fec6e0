"""Named random streams, and deterministic trainings on either backend of Keras."""

import hashlib
import os
from pathlib import Path

import numpy as np


def stream_key(*names: int | str) -> np.ndarray:
    """Return a Philox key, two ``uint64``, for the random stream called `names`.

    Streams with different names are independent; a stream depends on its names alone.
    """
    digest = hashlib.blake2b(repr(names).encode(), digest_size=16).digest()
    return np.frombuffer(digest, dtype="<u8").astype(np.uint64)


def generator(*names: int | str) -> np.random.Generator:
    """Return the random generator of the stream called `names`."""
    return np.random.Generator(np.random.Philox(key=stream_key(*names)))


def faster_precision() -> str:
    """Return ``mixed_bfloat16`` if the device that trains gains by it, otherwise ``float32``.

    That is the first GPU that the backend finds, of compute capability 8.0 or higher. Without a
    GPU it is the processor, on which TensorFlow gains and JAX does not.
    """
    import keras

    capable = _jax_is_faster() if keras.backend.backend() == "jax" else _tensorflow_is_faster()
    return "mixed_bfloat16" if capable else "float32"


def _tensorflow_is_faster() -> bool:
    import tensorflow as tf

    if gpus := tf.config.list_physical_devices("GPU"):
        details = tf.config.experimental.get_device_details(gpus[0])
        return details.get("compute_capability", (0, 0)) >= (8, 0)
    try:
        flags = set(Path("/proc/cpuinfo").read_text().split())
    except OSError:
        return False
    return bool(flags & {"avx512_bf16", "amx_bf16"})


def _jax_is_faster() -> bool:
    import jax

    capability = str(getattr(jax.local_devices()[0], "compute_capability", ""))
    major = capability.partition(".")[0]  # other vendors' have letters
    return major.isdecimal() and int(major) >= 8


def make_deterministic(seed: int, threads: int) -> None:
    """Fix Keras's seeds, kernels and thread counts, so that every run gives the same bytes.

    The number of threads sets the order of summation, and with it the last bits of a model. Call
    this before any computation: JAX ignores it once that has found its devices.

    Raises
    ------
    RuntimeError
        TensorFlow has already been initialised: the first tensor must come after this call.
    """
    import keras

    if keras.backend.backend() == "jax":
        os.environ["NPROC"] = str(threads)  # read by XLA
        flags = os.environ.get("XLA_FLAGS", "")
        os.environ["XLA_FLAGS"] = f"{flags} --xla_gpu_deterministic_ops=true"
    else:
        _set_up_tensorflow(threads)
    # A user's keras.json may set other values.
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_epsilon(1e-7)
    keras.utils.set_random_seed(seed)


def _set_up_tensorflow(threads: int) -> None:
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")  # hide its warning about repeated tracing by several models
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    tf.config.experimental.enable_op_determinism()
