"""Programs that write pages, keep runs, verify and measure; no part of the pipeline."""
