"""Run saved models: over batches, over pictures of any size, and with an unknown noise level."""
