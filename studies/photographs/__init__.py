"""A denoiser for photographs: the model that the command uses by default."""
