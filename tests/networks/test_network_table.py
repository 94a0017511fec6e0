"""The table of networks in the docs."""

from denoising.config.networks import network_names
from tests.support.dag import ROOT
from tools.complexity import table


def test_the_table_of_networks_is_up_to_date():
    """If it fails, run `python -m tools.tables`."""
    found = table()
    assert found in (ROOT / "docs/own_networks.md").read_text("utf-8")
    for name in (
        *network_names("classifier"),
        *network_names("autoencoder"),
        "branches",
        "cascade",
    ):
        assert f"| `{name}` |" in found
