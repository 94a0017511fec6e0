"""Scores, averages with intervals, the arms compared, calibration, break-even levels and ROC."""
