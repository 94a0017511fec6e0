"""The command `denoise`."""
