"""Settings of the tests of networks, which import Keras and TensorFlow."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def compute_as_stages_do(deterministic: None) -> None:
    """Make every test of this folder deterministic."""
