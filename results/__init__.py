"""Runs that are kept in Git to be looked at, and the tables made of them."""
