"""Run saved models: over batches, on pictures of any size, and with an unknown noise level."""
