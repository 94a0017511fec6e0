"""The stages of `dvc.yaml`: parameters and paths in, a few library calls, outputs out.

A stage has ``main(params)`` and is run as ``python -m stages.NAME`` in the repository's root.
"""

import ctypes
import os

# The bits of a sum depend on the number of threads that share it. TensorFlow keeps to the number it
# is told, BLAS and OpenMP take no more than there are cores: one is what each machine has. They
# read it when they are loaded, so it is set before NumPy is imported.
THREADS = 2
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

# glibc's mallopt options, by their numbers in malloc.h. TensorFlow asks for large buffers and gives
# them back at every step; returning them to the system each time costs as much as computing.
NEVER_TRIM, NO_MMAP, ONE_ARENA = (-1, 2**31 - 1), (-4, 0), (-8, 1)


def keep_memory() -> None:
    """Have freed memory kept for the next step; nothing happens where the C library is no glibc."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        for option, value in (NEVER_TRIM, NO_MMAP, ONE_ARENA):
            mallopt(option, value)


keep_memory()
