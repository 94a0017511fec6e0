"""Published denoising systems, trained and scored on the same data, beside ours."""
