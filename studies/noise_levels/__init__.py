"""Noise levels that vary or are unknown: denoisers, and the arms of the pipeline."""
