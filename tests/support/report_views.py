"""The charts and the panel of the report, and the windows in which tests look at it."""

import json
import re
from typing import Any

CHARTS = ("accuracy", "psnr", "roc", "training")
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1000, "height": 800}
TALL_PHONE = {"width": 390, "height": 844}
TABLE = "#levels details summary"


def panel_of(html: str) -> dict[str, Any]:
    """Return the data of the panel on a page."""
    return json.loads(re.search(r'id="panel-data">(.*?)</script>', html)[1])
