"""The charts of the report, and the windows in which tests look at it."""

CHARTS = ("accuracy", "psnr", "roc", "training")
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1000, "height": 800}
TALL_PHONE = {"width": 390, "height": 844}
TABLE = "#levels details summary"
