"""Noise: its models, its random streams, how it is added, and estimates of its level."""
