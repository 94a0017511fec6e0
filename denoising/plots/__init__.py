"""Figures, tables for `dvc plots`, and the page on which DVC shows them."""
