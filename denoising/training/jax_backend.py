"""JAX as Keras's backend: deterministic, and its faster precision; see also `denoising.seeding`."""

import os

import keras


def make_deterministic(seed: int, threads: int) -> None:
    """Fix Keras's seeds and JAX's kernels and threads, so that every run gives the same bytes.

    It has no effect on JAX once that has found its devices: call this before any computation.
    """
    os.environ["NPROC"] = str(threads)  # read by XLA
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_gpu_deterministic_ops=true"
    # A user's keras.json may set other values.
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_epsilon(1e-7)
    keras.utils.set_random_seed(seed)


def faster_precision() -> str:
    """Return ``mixed_bfloat16`` on a GPU of compute capability 8.0 or higher, else ``float32``.

    On processors, XLA gains nothing from their bfloat16 instructions.
    """
    import jax

    device = jax.local_devices()[0]
    capability = str(getattr(device, "compute_capability", "0"))
    capable = device.platform == "gpu" and float(capability) >= 8
    return "mixed_bfloat16" if capable else "float32"
