"""One denoiser for all noise levels, beside a specialist for each."""
