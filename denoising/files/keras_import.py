"""Import Keras without start-up messages."""

import os

from denoising.files.stderr import held_back


def import_keras() -> None:
    """Import Keras on its backend, TensorFlow unless KERAS_BACKEND names another one.

    Messages of libraries are shown only if the import fails.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    with held_back():
        import keras  # noqa: F401
