"""Published systems, run again on the library's own data, noise, training and scores."""
