"""One denoiser for all levels of noise, beside one for each."""
