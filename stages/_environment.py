"""Pin libraries to one thread, and keep freed memory; imported before NumPy."""

import ctypes
import os

# The last bits of a sum depend on the number of threads. Networks get the `threads` of params.yaml,
# BLAS and OpenMP one, which every machine has.
VARIABLES = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

# Options of glibc's mallopt, by their numbers in malloc.h. TensorFlow allocates and frees large
# buffers at every step; returning them to the system each time costs as much as the computation.
NEVER_TRIM, NO_MMAP, ONE_ARENA = (-1, 2**31 - 1), (-4, 0), (-8, 1)


def pin() -> None:
    """Set the variables that NumPy and TensorFlow read when they are imported."""
    os.environ |= VARIABLES
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def keep_memory() -> None:
    """Keep freed memory for the next step. Without glibc, do nothing."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        for option, value in (NEVER_TRIM, NO_MMAP, ONE_ARENA):
            mallopt(option, value)
