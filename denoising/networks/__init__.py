"""Networks, one per file, and the parts they share; see `denoising.networks.registry`."""
