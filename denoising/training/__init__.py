"""Train a network: batches, losses, schedule, the loop, checkpoints, and the files written."""
