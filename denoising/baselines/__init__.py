"""Denoisers without training, for comparison."""
