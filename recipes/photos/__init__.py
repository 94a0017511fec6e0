"""A denoiser for photographs, the default of `denoise image`."""
