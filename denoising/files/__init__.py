"""Atomic and byte-stable files, model files, pictures, and the errors of users."""
