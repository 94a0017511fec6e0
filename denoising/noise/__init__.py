"""Noise: models, random streams, adding it to images, and estimating its level."""
