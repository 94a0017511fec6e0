"""Import Keras without TensorFlow's start-up messages."""

import os
import tempfile


def import_keras() -> None:
    """Import Keras and TensorFlow; show their messages only if the import fails."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    try:
        terminal, messages = os.dup(2), tempfile.TemporaryFile()  # noqa: SIM115 closed below
    except OSError:  # stderr is closed, or there is no room for a temporary file
        return
    os.dup2(messages.fileno(), 2)
    try:
        import keras  # noqa: F401
    except Exception:
        messages.seek(0)
        os.write(terminal, messages.read())
        raise
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        messages.close()
