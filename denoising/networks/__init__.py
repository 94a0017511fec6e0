"""Networks, one per file, and what they share; see `denoising.networks.registry`."""
