"""Files that appear whole or not at all, and that hold the same bytes in every run."""
