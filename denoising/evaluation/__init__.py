"""Scores, their averages with intervals, the arms that are compared, and what follows from them."""
